require 'active_model'
require 'active_record'
require 'aws-sdk-kms'
require 'aws-sdk-s3'
require 'bunny'
require 'connection_pool'
require 'dry-types'
require 'excon'
require 'faraday'
require 'google/protobuf'
require 'grpc'
require 'http'
require 'httparty'
require 'json-schema'
require 'jwt'
require 'msgpack'
require 'mysql2'
require 'net/http'
require 'net/ldap'
require 'net/smtp'
require 'nokogiri'
require 'oauth2'
require 'oj'
require 'openssl'
require 'pg'
require 'redis'
require 'rest-client'
require 'sequel'
require 'socket'
require 'typhoeus'
require 'yaml'
require 'zlib'

# --- short ways to the other side ---------------------------------------------------------------------------------------------

def port(name) = Integer(ENV[name])
def url(path) = "#{ENV['HTTP']}/#{path}"
def pg(user: 'shop', password: 'right', at: 'PG_PORT', **more) = PG.connect(host: '127.0.0.1', port: port(at), user: user, password: password, dbname: 'shop', **more)
def mysql(user: 'shop', password: 'right', at: 'MYSQL_PORT', **more) = Mysql2::Client.new(host: '127.0.0.1', port: port(at), username: user, password: password, database: 'shop', **more)
def redis(at, **more) = Redis.new(host: '127.0.0.1', port: port(at), reconnect_attempts: 0, timeout: 0.3, **more)
def s3(path) = Aws::S3::Client.new(region: 'eu-central-1', endpoint: url(path), access_key_id: 'AKID', secret_access_key: 's', force_path_style: true, retry_limit: 0).get_object(bucket: 'shop-orders-prod', key: 'orders/8812.json')
def kms(path) = Aws::KMS::Client.new(region: 'eu-central-1', endpoint: url(path), access_key_id: 'AKID', secret_access_key: 's', retry_limit: 0).decrypt(ciphertext_blob: 'x')
def faraday(path, **options) = Faraday.new(url: ENV['HTTP'], request: { timeout: 0.3 }, **options) { |f| f.response(:raise_error) }.get("/#{path}")
def https(at, **options)
  Net::HTTP.start('localhost', port(at), use_ssl: true, ca_file: ENV['CA'], open_timeout: 1, read_timeout: 1, **options) { |http| http.get('/v1/orders/401') }
end

class Order < ActiveRecord::Base; end
class Coupon < ActiveRecord::Base; end

def record(**more)
  ActiveRecord::Base.establish_connection({ adapter: 'postgresql', host: '127.0.0.1', port: port('PG_PORT'), username: 'shop', password: 'right', database: 'shop' }.merge(more))
  yield
ensure
  ActiveRecord::Base.remove_connection
end

class Coupon2
  include ActiveModel::Validations
  attr_accessor :token, :timeout, :connection
  validates :token, length: { maximum: 8 }
  validates :timeout, numericality: { less_than_or_equal_to: 30 }
  def initialize(**values) = values.each { |key, value| public_send("#{key}=", value) }
end

# A gRPC service that answers with the status that it is sent.
class Text < Struct.new(:value)
  def self.encode(text) = text.value
  def self.decode(bytes) = new(bytes)
end
class Service
  include GRPC::GenericService
  self.marshal_class_method = :encode
  self.unmarshal_class_method = :decode
  self.service_name = 'shop.Orders'
  rpc :Place, Text, Text
end
class Handler < Service
  def place(text, _call)
    code, detail = text.value.split('|', 2)
    code == 'slow' ? sleep(2) : raise(GRPC::BadStatus.new_status_exception(code.to_i, detail))
  end
end
def grpc(text, address = nil)
  address ||= $grpc ||= begin
    server = GRPC::RpcServer.new
    at = server.add_http2_port('127.0.0.1:0', :this_port_is_insecure)
    server.handle(Handler)
    Thread.new { server.run }
    server.wait_till_running
    "127.0.0.1:#{at}"
  end
  Service.rpc_stub_class.new(address, :this_channel_is_insecure, timeout: 0.7).place(Text.new(text))
end

Google::Protobuf::DescriptorPool.generated_pool.build do
  add_file('order.proto', syntax: :proto3) do
    add_message('OrderPlaced') { optional :id, :int32, 1; optional :token, :string, 2 }
  end
end
OrderPlaced = Google::Protobuf::DescriptorPool.generated_pool.lookup('OrderPlaced').msgclass

# --- the log-in ---------------------------------------------------------------------------------------------------------------

scenario('pg-password', :auth, 'the password of the database user is wrong', wraps: 'typed order', misleading: true) { pg(password: 'wrong') }
scenario('pg-hba', :auth, 'the user may connect with TLS only', wraps: 'message', misleading: true) { pg(user: 'tlsonly', sslmode: 'disable') }
scenario('mysql-password', :auth, 'the password of the MariaDB user is wrong', wraps: 'class sidekiq') { mysql(password: 'wrong') }
scenario('mysql-locked', :auth, 'the account is locked', wraps: 'typed') { mysql(user: 'locked') }
scenario('redis-noauth', :auth, 'the Redis server wants a password and none was sent', wraps: 'inspect lambda') { redis('REDIS_AUTH_PORT').get('a') }
scenario('redis-wrongpass', :auth, 'the Redis password is wrong', wraps: 'full') { redis('REDIS_AUTH_PORT', password: 'wrong').get('a') }
scenario('amqp-password', :auth, 'the password of the RabbitMQ user is wrong', wraps: 'typed message') { Bunny.new(host: '127.0.0.1', port: port('AMQP_PORT'), user: 'shop', password: 'wrong', logger: Logger.new(nil)).start }
scenario('ldap-bind', :auth, 'the LDAP password is wrong', wraps: 'message') do
  ldap = Net::LDAP.new(host: '127.0.0.1', port: port('LDAP_PORT'), auth: { method: :simple, username: 'cn=admin,dc=shop', password: 'wrong' })
  ldap.bind or raise "LDAP bind for order 503 failed: #{ldap.get_operation_result}"
end
scenario('jwt-expired', :auth, 'the token expired an hour ago', wraps: 'typed order') { JWT.decode(JWT.encode({ exp: Time.now.to_i - 3600 }, 'k', 'HS256'), 'k', true, algorithm: 'HS256') }
scenario('jwt-verify', :auth, 'the token is signed with another key', wraps: 'lambda') { JWT.decode(JWT.encode({ id: 1 }, 'other', 'HS256'), 'k', true, algorithm: 'HS256') }
scenario('oauth2-client', :auth, 'the client secret was rotated', wraps: 'typed') { OAuth2::Client.new('shop', 'x', site: ENV['HTTP'], token_url: '/client401').client_credentials.get_token }
scenario('oauth2-grant-400', :auth, 'the token endpoint answers 400 since the refresh token was revoked', wraps: 'class', misleading: true) { OAuth2::Client.new('shop', 'x', site: ENV['HTTP'], token_url: '/grant400').client_credentials.get_token }
scenario('s3-expired', :auth, 'S3 answers 400 ExpiredToken', wraps: 'typed message', misleading: true) { s3('s3expired') }
scenario('s3-signature', :auth, 'the secret key is wrong', wraps: 'typed') { s3('s3signature') }
scenario('rest-client-401', :auth, 'the API answers 401 with an expired token', wraps: 'body message') { RestClient.get(url('unauthorized')) }
scenario('faraday-apikey-400', :auth, 'the API answers 400 for an invalid API key', wraps: 'body', misleading: true) { faraday('apikey400') }
scenario('tls-client', :auth, 'the server wants a client certificate', wraps: 'typed full', misleading: true) { https('TLS_MUTUAL_PORT') }
scenario('grpc-denied', :auth, 'the gRPC service denies the call', wraps: 'message') { grpc('7|caller lacks scope orders.write') }

# --- the data -----------------------------------------------------------------------------------------------------------------

scenario('active-model', :valid, 'token and timeout break the model\'s rules', wraps: 'typed message', misleading: true) { Coupon2.new(token: '0123456789', timeout: 60).validate! }
scenario('active-record-unique', :valid, 'the reference exists already', wraps: 'typed order') { record { Order.create!(id: 9, customer_id: 1, email: 'x@y.example', reference: 'R-429') } }
scenario('active-record-foreign', :valid, 'the customer does not exist', wraps: 'sidekiq') { record { Order.create!(id: 9, customer_id: 404, email: 'x@y.example') } }
scenario('active-record-not-found', :valid, 'the order that the message names does not exist', wraps: 'class') { record { Order.find(404) } }
scenario('pg-check', :valid, 'the coupon\'s timeout breaks the constraint', wraps: 'message', misleading: true) { pg.exec("insert into coupons values ('A', 503)") }
scenario('pg-null', :valid, 'the e-mail is missing', wraps: 'typed') { pg.exec_params('insert into orders (id, customer_id) values ($1, 1)', [503]) }
scenario('mysql-too-long', :valid, 'the name is too long for its column', wraps: 'log') { mysql.query("insert into customers values (503, '#{'x' * 30}')") }
scenario('json-schema', :valid, 'the message does not fit its schema', wraps: 'typed full') { JSON::Validator.validate!({ type: 'object', required: ['order_id'], properties: { retry_limit: { type: 'integer' } } }, { 'order_id' => 1, 'retry_limit' => 'many' }) }
scenario('dry-types', :valid, 'the quantity is no whole number', wraps: 'typed') { Dry.Types::Strict::Integer['two'] }
scenario('integer', :valid, 'the field quantity holds a word', wraps: 'full', misleading: true, accept: [:bad]) do
  quantity = JSON.parse('{"quantity": "two"}')['quantity']
  Integer(quantity)
end
scenario('date', :valid, 'the field delivery_date holds no date', wraps: 'order', misleading: true) { require 'date'; Date.iso8601('31.12.2023') }
scenario('rest-client-422', :valid, 'the API refuses the field timeout', wraps: 'body', misleading: true) { RestClient.post(url('invalid422'), '{}') }
scenario('faraday-409', :valid, 'the order was shipped already', wraps: 'typed body') { faraday('conflict409') }
scenario('inner-validation', :valid, 'the API answers 500 around a failed validation', wraps: 'body', misleading: true) { RestClient.get(url('inner500validation')) }
scenario('s3-no-key', :valid, 'the object that the message names does not exist', wraps: 'typed') { s3('s3nokey') }
scenario('s3-parameter', :valid, 'the message gives an empty key', wraps: 'typed', accept: [:bug]) { Aws::S3::Client.new(region: 'eu-central-1', endpoint: ENV['HTTP'], access_key_id: 'a', secret_access_key: 'b', force_path_style: true).get_object(bucket: 'shop', key: '') }
scenario('grpc-argument', :valid, 'the gRPC service refuses the timeout', wraps: 'message', misleading: true) { grpc('3|deadline must not lie more than 30 days ahead') }
scenario('fetch-field', :valid, 'the message has no order_id', wraps: 'typed', misleading: true, accept: [:bug]) { JSON.parse('{"event": "order.placed", "timeout": 429}').fetch('order_id') }
scenario('multi', :valid, 'the cache is down, and the row breaks a constraint', wraps: 'message', misleading: true) do
  errors = [-> { redis('CLOSED_PORT').get('a') }, -> { pg.exec("insert into orders values (9, 1, -5, 'x@y.example', 'R-9')") }].filter_map { |step| step.call && nil rescue "#{$!.class}: #{$!.message.strip}" }
  raise "2 steps of order 429 failed: #{errors.join('; ')}"
end

# --- the body -----------------------------------------------------------------------------------------------------------------

scenario('json', :bad, 'the body is no JSON', wraps: 'typed message') { JSON.parse('order=503&quantity=2') }
scenario('json-empty', :bad, 'the body is empty', wraps: 'full') { JSON.parse('') }
scenario('json-html', :bad, 'the queue message\'s body is HTML', wraps: 'message', misleading: true) do
  body = '<p>Order 8812</p>'
  JSON.parse(body)
rescue JSON::ParserError => e
  raise JSON::ParserError, "cannot parse body of SQS message 8812: #{e.message}"
end
scenario('json-token', :bad, 'a bracket is missing at the end of the body', wraps: 'order', misleading: true) { JSON.parse('{"token": "abc", "lines": [1, 2') }
scenario('oj', :bad, 'the body is cut', wraps: 'typed') { Oj.load('{"id": 429, "email": "ada@exa') }
scenario('nokogiri', :bad, 'an element of the XML body is not closed', wraps: 'typed lambda') { Nokogiri::XML('<order><id>503</id><lines></order>') { |config| config.strict } }
scenario('msgpack', :bad, 'the MessagePack body is cut', wraps: 'typed', misleading: true) { MessagePack.unpack({ id: 503, sku: 'abc' }.to_msgpack[0..8]) }
scenario('protobuf', :bad, 'the body is JSON and not protobuf', wraps: 'typed full') { OrderPlaced.decode('{"id": 401}') }
scenario('base64', :bad, 'the body is not base64', wraps: 'typed') { 'not base64: *'.unpack1('m0') }
scenario('gzip', :bad, 'the body is not gzip', wraps: 'message') { Zlib::GzipReader.new(StringIO.new('order 8812, two pieces')).read }
scenario('inflate-cut', :bad, 'the deflated body is cut', wraps: 'inspect', misleading: true) { Zlib::Inflate.inflate(Zlib::Deflate.deflate('order' * 100)[0..10]) }
scenario('encoding', :bad, 'the body is Latin-1 and not UTF-8', wraps: 'typed') { "M\xfcller".dup.force_encoding('UTF-8').encode('UTF-16') }
scenario('utf8-match', :bad, 'the body holds bytes that are not UTF-8', wraps: 'typed', misleading: true) { "caf\xe9 503".dup.force_encoding('UTF-8') =~ /\d+/ }
scenario('decrypt', :bad, 'the encrypted body was damaged on its way', wraps: 'full', misleading: true, accept: [:auth]) do
  decipher = OpenSSL::Cipher.new('aes-256-cbc').decrypt
  decipher.key = 'k' * 32
  decipher.iv = 'i' * 16
  body = 'x' * 17
  decipher.update(body) + decipher.final
end
scenario('yaml', :bad, 'the YAML body mixes tabs and blanks', wraps: 'message') { YAML.safe_load("order: 503\n\tsku: a") }
scenario('kms-cipher', :bad, 'the ciphertext of the message was never made by this key', wraps: 'typed', misleading: true, accept: [:auth]) { kms('kmscipher') }

# --- the time -----------------------------------------------------------------------------------------------------------------

scenario('net-http-read', :timeout, 'the server does not answer', wraps: 'typed lambda') { Net::HTTP.start('127.0.0.1', port('HTTP_PORT'), read_timeout: 0.3, max_retries: 0) { |http| http.get('/slow') } }
scenario('net-http-open', :timeout, 'the server\'s backlog is full', wraps: 'message order') { Net::HTTP.start('127.0.0.1', port('FULL_PORT'), open_timeout: 0.4) { |http| http.get('/') } }
scenario('faraday', :timeout, 'the server does not answer', wraps: 'class') { faraday('slow') }
scenario('rest-client', :timeout, 'the server does not answer', wraps: 'typed') { RestClient::Request.execute(method: :get, url: url('slow'), timeout: 0.3) }
scenario('timeout-block', :timeout, 'the block ran out of time', wraps: 'full sidekiq') { Timeout.timeout(0.1) { sleep 2 } }
scenario('excon', :timeout, 'the server stops in the middle of its answer', wraps: 'typed') { Excon.get(url('slowbody'), read_timeout: 0.3) }
scenario('http-rb', :timeout, 'the server does not answer', wraps: 'message') { HTTP.timeout(read: 0.3).get(url('slow')).to_s }
scenario('typhoeus', :timeout, 'curl ran out of time', wraps: 'message') { r = Typhoeus.get(url('slow'), timeout_ms: 300); raise "GET /v1/orders/401: #{r.return_message} (code #{r.code}, total_time #{r.total_time.round(1)})" if r.timed_out? }
scenario('redis', :timeout, 'the Redis server does not answer', wraps: 'typed message') { redis('SILENT_PORT').get('a') }
scenario('pg-statement', :timeout, 'the statement took longer than statement_timeout', wraps: 'typed') { pg(options: '-c statement_timeout=200').exec('select pg_sleep(3)') }
scenario('active-record-lock', :timeout, 'a row lock was not had in time', wraps: 'order') do
  holder = pg
  holder.exec('begin; update orders set amount = 11 where id = 1')
  record(variables: { lock_timeout: '200ms' }) { Order.where(id: 1).update_all(amount: 12) }
ensure
  holder.close
end
scenario('mysql-lock', :timeout, 'a row lock was not had in time', wraps: 'typed') do
  holder = mysql
  holder.query('begin')
  holder.query('update orders set amount = 11 where id = 1')
  mysql.query('update orders set amount = 12 where id = 1')
end
scenario('mysql-statement', :timeout, 'the statement took longer than max_statement_time', wraps: 'typed', misleading: true) { mysql.query('set statement max_statement_time=0.2 for select * from orders a, orders b, orders c where sleep(1) = 0') }
scenario('grpc', :timeout, 'the gRPC service is slower than the deadline', wraps: 'typed') { grpc('slow|') }
scenario('s3-request', :timeout, 'S3 answers 400 RequestTimeout', wraps: 'typed', misleading: true) { s3('s3timeout') }
scenario('httparty-504', :timeout, 'the gateway answers 504', wraps: 'message') { r = HTTParty.get(url('timeout504')); raise "orders API: #{r.code} #{r.message}: #{r.body}" }

# --- the pace -----------------------------------------------------------------------------------------------------------------

scenario('rest-client-429', :slow, 'the API answers 429', wraps: 'typed body') { RestClient.get(url('limit429')) }
scenario('faraday-429', :slow, 'the API answers 429', wraps: 'message sidekiq') { faraday('limit429') }
scenario('rest-client-403', :slow, 'the API answers 403 for a rate limit', wraps: 'body', misleading: true) { RestClient.get(url('limit403')) }
scenario('faraday-quota-403', :slow, 'the API answers 403 for a user rate limit', wraps: 'body', misleading: true) { faraday('quota403') }
scenario('httparty-503', :slow, 'the API answers 503 ServerBusy for the request rate', wraps: 'message order', misleading: true) { r = HTTParty.get(url('throttle503')); raise "orders API: #{r.code} #{r.message}: #{r.body}" }
scenario('inner-429', :slow, 'the API answers 500 around a 429', wraps: 'body', misleading: true) { RestClient.get(url('throttle500')) }
scenario('s3-slowdown', :slow, 'S3 answers 503 SlowDown', wraps: 'typed message', misleading: true) { s3('s3slowdown') }
scenario('kms-rate', :slow, 'KMS answers ThrottlingException with status 400', wraps: 'typed order') { kms('kmslimit') }
scenario('grpc-quota', :slow, 'the gRPC service\'s quota is used up', wraps: 'class') { grpc('8|quota of 100 requests per minute exceeded') }
scenario('mysql-hourly', :slow, 'the user used up its queries per hour', wraps: 'typed', misleading: true, accept: [:full]) { 6.times { mysql(user: 'hourly').query('select 1') } }
scenario('retries-429', :slow, 'three attempts ended in 429 each', wraps: 'full', misleading: true) do
  attempts = 0
  begin
    RestClient.get(url('limit429'))
  rescue RestClient::Exception
    retry if (attempts += 1) < 3
    raise OrderFailed, 'giving up after 3 attempts: connection to the payment gateway failed'
  end
end

# --- the others ---------------------------------------------------------------------------------------------------------------

scenario('pg-refused', :dep, 'nothing listens on the database\'s port', wraps: 'typed') { pg(at: 'CLOSED_PORT') }
scenario('pg-shutdown', :dep, 'the database is shutting down', wraps: 'message order') { pg(at: 'PG_CLOSING_PORT') }
scenario('pg-terminated', :dep, 'an administrator ends the session', wraps: 'typed') { c = pg(user: 'postgres'); c.exec('select pg_terminate_backend(pg_backend_pid())') }
scenario('active-record-deadlock', :dep, 'two transactions lock each other out', wraps: 'class') do
  other = pg(user: 'postgres') # may set that it notices later, so that the consumer is the one to go
  other.exec('set deadlock_timeout = 10000; begin; update orders set amount = 1 where id = 2')
  record do
    Order.transaction do
      Order.where(id: 1).update_all(amount: 1)
      waiting = Thread.new { other.exec('update orders set amount = 2 where id = 1') rescue sleep }
      sleep 0.05
      Order.where(id: 2).update_all(amount: 2)
      waiting.kill
    end
  end
ensure
  other.close rescue nil
end
scenario('mysql-refused', :dep, 'nothing listens on the database\'s port', wraps: 'sidekiq') { mysql(at: 'CLOSED_PORT') }
scenario('mysql-gone', :dep, 'the session is killed on the server', wraps: 'typed') { c = mysql; mysql.query("kill #{c.thread_id}"); sleep 0.2; c.query('select 1') }
scenario('redis-refused', :dep, 'nothing listens on the cache\'s port', wraps: 'typed lambda') { redis('CLOSED_PORT').get('a') }
scenario('redis-replica', :dep, 'after a failover the client writes to the replica', wraps: 'typed', accept: [:bug]) { redis('REDIS_REPLICA_PORT').set('a', 1) }
scenario('redis-hangup', :dep, 'the server hangs up', wraps: 'message') { redis('HANGUP_PORT').get('a') }
scenario('amqp-refused', :dep, 'no RabbitMQ listens', wraps: 'typed') { Bunny.new(host: '127.0.0.1', port: port('CLOSED_PORT'), recover_from_connection_close: false, recovery_attempts: 0, logger: Logger.new(nil)).start }
scenario('net-http-reset', :dep, 'the server resets the connection', wraps: 'full') { Net::HTTP.get(URI(url('reset'))) }
scenario('net-http-eof', :dep, 'the server hangs up without an answer', wraps: 'typed', misleading: true) { Net::HTTP.get(URI(url('hangup'))) }
scenario('dns', :dep, 'the host name does not exist', wraps: 'class order') { Net::HTTP.get(URI('http://inventory.shop.invalid/v1/stock/503')) }
scenario('html', :dep, 'the upstream answers a maintenance page where JSON was expected', wraps: 'message typed', misleading: true, accept: [:bad]) do
  response = HTTParty.get(url('html200'), format: :plain)
  begin
    JSON.parse(response.body)
  rescue JSON::ParserError => e
    raise JSON::ParserError, "inventory API answered 200 text/html: #{e.message}"
  end
end
scenario('rest-client-502', :dep, 'the gateway answers 502', wraps: 'typed') { RestClient.get(url('html502')) }
scenario('rest-client-500-oom', :dep, 'the upstream answers 500 with its own out of memory', wraps: 'body', misleading: true) { RestClient.get(url('oom500')) }
scenario('ssl-expired', :dep, 'the server\'s certificate expired', wraps: 'typed message', misleading: true) { https('TLS_EXPIRED_PORT') }
scenario('ssl-host', :dep, 'the server\'s certificate is for another host', wraps: 'full', misleading: true) { https('TLS_WRONGHOST_PORT') }
scenario('faraday-refused', :dep, 'nothing listens', wraps: 'class') { Faraday.get("http://127.0.0.1:#{port('CLOSED_PORT')}/v1/orders/429") }
scenario('grpc-unavailable', :dep, 'nothing listens on the gRPC port', wraps: 'typed') { grpc('', "127.0.0.1:#{port('CLOSED_PORT')}") }
scenario('smtp-garbage', :dep, 'the mail server greets with a 421 and hangs up', wraps: 'typed', accept: [:slow]) do
  server = TCPServer.new('127.0.0.1', 0)
  Thread.new { c = server.accept; c.write("421 4.3.2 Service not available, closing transmission channel\r\n"); c.close }
  Net::SMTP.start('127.0.0.1', server.addr[1])
end
scenario('s3-internal', :dep, 'S3 answers 500', wraps: 'typed') { s3('s3internal') }

# --- the room -----------------------------------------------------------------------------------------------------------------

scenario('open-files', :full, 'the process has no file descriptors left when it connects', wraps: 'crash') { Process.setrlimit(:NOFILE, 12); Array.new(20) { TCPSocket.new('127.0.0.1', port('SILENT_PORT')) } }
scenario('no-memory', :full, 'the process is at its memory limit', wraps: 'crash') { Process.setrlimit(:AS, 700 << 20); all = []; loop { all << 'x' * (64 << 20) } }
scenario('threads', :full, 'the process may not start more threads', wraps: 'crash') { Process.setrlimit(:NPROC, 30); Process::Sys.setuid(65_534); Array.new(60) { Thread.new { sleep } } }
scenario('disk-full', :full, 'the disk is full', wraps: 'typed order') { File.write("#{ENV['TARGETS']}/export.csv", 'x' * 100) }
scenario('active-record-pool', :full, 'all connections of the pool are in use', wraps: 'typed message', misleading: true) do
  record(pool: 1, checkout_timeout: 0.2) do
    Order.connection
    Thread.new { Thread.current.report_on_exception = false; Order.connection }.join
  end
end
scenario('connection-pool', :full, 'all connections of the pool are in use', wraps: 'typed full', misleading: true) do
  pool = ConnectionPool.new(size: 1, timeout: 0.2) { Object.new }
  pool.with { Thread.new { Thread.current.report_on_exception = false; pool.with { 1 } }.join }
end
scenario('sequel-pool', :full, 'all connections of the pool are in use', wraps: 'class') do
  db = Sequel.connect("postgres://shop:right@127.0.0.1:#{port('PG_PORT')}/shop", max_connections: 1, pool_timeout: 0.2)
  db.synchronize { Thread.new { Thread.current.report_on_exception = false; db.run('select 1') }.join }
ensure
  db.disconnect
end
scenario('pg-clients', :full, 'all connections of the database are taken', wraps: 'typed message') do
  all = []
  begin
    40.times { all << pg }
  ensure
    all.each(&:close)
  end
end
scenario('mysql-clients', :full, 'all connections of the database are taken', wraps: 'typed sidekiq') do
  all = []
  begin
    40.times { all << mysql(user: 'reader') }
  ensure
    all.each(&:close)
  end
end
scenario('redis-clients', :full, 'the Redis server takes no more clients', wraps: 'typed') { redis('REDIS_FULL_PORT').ping }
scenario('redis-memory', :full, 'the Redis server is at its memory limit', wraps: 'message', accept: [:dep]) { redis('REDIS_SMALL_PORT').set('a', 'x') }
scenario('child-killed', :full, 'the child outgrew its memory and was killed', wraps: 'message') do
  pid = spawn('sh', '-c', 'x=0123456789abcdef; while :; do x=$x$x; done')
  sleep 0.01 until File.read("/proc/#{pid}/statm").split[0].to_i > 16_000
  Process.kill(:KILL, pid)
  _, status = Process.wait2(pid)
  raise "convert invoice-401.pdf: #{status.inspect.sub(/pid \d+/, 'pid 4290')}"
end

# --- the code -----------------------------------------------------------------------------------------------------------------

scenario('nil', :bug, 'the code calls a method of nil', wraps: 'typed lambda') do
  customer = nil
  customer.token
end
scenario('undefined', :bug, 'the code names a method that does not exist', wraps: 'full') do
  Coupon2.new.conection_timeout
end
scenario('constant', :bug, 'the code names a class that does not exist', wraps: 'typed', misleading: true) do
  PaymentTimeoutHandler.new
end
scenario('arguments', :bug, 'the code passes too few values', wraps: 'typed sidekiq') do
  def ship(order, carrier) = nil
  ship(503)
end
scenario('env', :bug, 'the variable of the own configuration is not set', wraps: 'typed message', misleading: true) { ENV.fetch('PAYMENTS_API_TOKEN') }
scenario('require', :bug, 'the library is not packed', wraps: 'typed lambda') { require 'redis_timeout_guard' }
scenario('stack', :bug, 'a method calls itself for ever', wraps: 'typed', misleading: true, accept: [:full]) { def again(n) = again(n + 1) + 1; again(0) }
scenario('frozen', :bug, 'the code changes what is frozen', wraps: 'class') { LIMIT_NAMES = %w[a b].freeze; LIMIT_NAMES << 'rate' }
scenario('coerce', :bug, 'the code adds nil to a number', wraps: 'full') { total = nil; 503 + total }
scenario('syntax', :bug, 'the own code has a syntax error', wraps: 'class') { eval("def handle(event)\n  if event['token']\n    true\nend\n", binding, 'handler.rb') }
scenario('pg-syntax', :bug, 'the own SQL has a syntax error', wraps: 'typed message', misleading: true) { pg.exec("select * form orders where token = 'x'") }
scenario('active-record-column', :bug, 'the own SQL names a column that does not exist', wraps: 'sidekiq', misleading: true) { record { Order.where('rate_limit > 429').to_a } }
scenario('template-file', :bug, 'the template is not packed', wraps: 'typed') { File.read('templates/invoice.erb') }
scenario('grpc-unimplemented', :bug, 'the service does not have the method', wraps: 'message') { GRPC::ClientStub.new((grpc('3|') rescue $grpc), :this_channel_is_insecure).request_response('/shop.Orders/Cancel', Text.new(''), ->(t) { t.value }, ->(b) { Text.new(b) }) }
scenario('faraday-405', :bug, 'the code uses the wrong method', wraps: 'body', accept: [:valid]) { faraday('method405') }
scenario('s3-bucket', :bug, 'the bucket of the own configuration does not exist', wraps: 'typed', accept: [:valid]) { s3('s3nobucket') }
scenario('deadlock', :bug, 'the only thread waits for itself', wraps: 'crash', misleading: true) { Queue.new.pop }

# --- nothing to go by ---------------------------------------------------------------------------------------------------------

scenario('plain-raise', :unknown, 'the code raises without a reason', wraps: 'typed message') { raise }
scenario('standard-error', :unknown, 'the code raises StandardError without a reason', wraps: 'inspect lambda') { raise StandardError }
scenario('exit', :unknown, 'the code calls exit', wraps: 'class') { exit(1) }
scenario('apology', :unknown, 'the code hides the reason', wraps: 'full', misleading: true) { raise OrderFailed, "We're sorry, but something went wrong (request 503-429-401)." }
scenario('child-status', :unknown, 'the child ended with 1 and said nothing', wraps: 'message') { system('sh -c "exit 1"', exception: true) }
scenario('hash', :unknown, 'the code prints an empty hash for its error', wraps: 'message') { raise "job failed: #{{}.inspect}" }
scenario('retries', :unknown, 'three attempts failed without a reason', wraps: 'typed') { raise OrderFailed, 'retries exhausted (3/3) for order 4290' }
