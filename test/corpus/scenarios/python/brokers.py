"""Message brokers and stores: RabbitMQ, Mosquitto, Kafka, ZooKeeper, STOMP, MongoDB."""
import contextlib
import decimal
import os
import subprocess
import threading
import time

import bson
import kafka
import kafka.errors
import kazoo.client
import paho.mqtt.client
import paho.mqtt.publish
import pika
import pymongo
import stomp

from kit import AT_END, TMP, case, fixture
from servers import black_hole, free_port, raw, saying, start, tcp

A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')


# --- RabbitMQ ---------------------------------------------------------------------------------------------------------------------------

class Rabbit:
    def __init__(self):
        folder, self.port = os.path.join(TMP, 'rabbit'), free_port()
        os.makedirs(folder)
        with open(folder + '/rabbitmq.conf', 'w', encoding='utf-8') as f:
            f.write('channel_max = 2\nmax_message_size = 20000\nloopback_users.guest = false\nlog.file = false\ndisk_free_limit.absolute = 1MB\nvm_memory_high_watermark.absolute = 4GB\n')
        epmd = free_port()
        self.env = {'PATH': os.environ['PATH'], 'HOME': folder, 'RABBITMQ_NODENAME': f'orders{self.port}@localhost', 'RABBITMQ_NODE_PORT': str(self.port), 'RABBITMQ_NODE_IP_ADDRESS': '127.0.0.1',
                    'RABBITMQ_MNESIA_BASE': folder, 'RABBITMQ_LOG_BASE': folder, 'RABBITMQ_CONFIG_FILE': folder + '/rabbitmq.conf', 'RABBITMQ_ENABLED_PLUGINS_FILE': folder + '/plugins',
                    'RABBITMQ_DIST_PORT': str(free_port()), 'ERL_EPMD_PORT': str(epmd), 'ERL_EPMD_ADDRESS': '127.0.0.1', 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS': '+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}'}
        self.sbin = next(os.path.join(r, 'sbin') for r in ('/usr/lib/rabbitmq/lib/' + n for n in os.listdir('/usr/lib/rabbitmq/lib')))
        start(['epmd', '-port', str(epmd)], epmd, env=self.env)
        self.process = start([self.sbin + '/rabbitmq-server'], self.port, log=folder + '/out', wait=90, env=self.env, cwd=folder)
        for args in (('add_user', 'reader', 'reader'), ('set_permissions', 'reader', '', '', 'none')):
            self.ctl(*args)

    def ctl(self, *args):
        subprocess.run([self.sbin + '/rabbitmqctl', *args], check=True, capture_output=True, env=self.env)

    def connect(self, user='guest', password=None, vhost='/', **options):
        return pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', self.port, vhost, pika.PlainCredentials(user, password or user), **options))


@fixture
def rabbit():
    return Rabbit()


def channel(**options):
    return rabbit().connect(**options).channel()


@case('rabbit-refused', D, 'the broker is stopped', 'repr log')
def connect_broker():
    port = free_port()
    return pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port))


@case('rabbit-timeout', T, 'the broker does not accept the connection in time', 'repr')
def connect_far():
    port = black_hole()
    return pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port, socket_timeout=0.5))


@case('rabbit-not-amqp', D, 'something that does not speak the protocol answers', 'one', accept=C, misleading=True)
def connect_other():
    port = raw(b'HTTP/1.1 400 Bad Request\r\n\r\n')
    return pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port))


@case('rabbit-login', A, 'the password is wrong', 'typed bare')
def login():
    return rabbit().connect(password='x')


@case('rabbit-vhost', C, 'the virtual host of our configuration does not exist', 'typed bare', accept=A + ' ' + V, misleading=True)
def login_orders():
    return rabbit().connect(vhost='orders-503')


@case('rabbit-permission', A, 'the user may not write the queue', 'typed bare')
def declare_denied():
    return channel(user='reader').queue_declare('orders')


@case('rabbit-no-queue', C, 'the queue of our configuration does not exist', 'typed bare', accept=V)
def read_missing():
    return channel().basic_get('orders-429')


@case('rabbit-precondition', C, 'the queue exists with another time to live', 'bare job', accept=V, misleading=True)
def declare_again():
    open_channel = channel()
    open_channel.queue_declare('limits', arguments={'x-message-ttl': 5000})
    return open_channel.queue_declare('limits', arguments={'x-message-ttl': 30000})


@case('rabbit-too-large', V, 'the message is larger than the broker takes', 'bare typed', misleading=True)
def publish_large():
    open_channel = channel()
    open_channel.confirm_delivery()
    open_channel.basic_publish('', 'orders', b'x' * 50_000)


@case('rabbit-unroutable', C, 'no queue is bound to the routing key', 'one', accept=V)
def publish_nowhere():
    open_channel = channel()
    open_channel.confirm_delivery()
    open_channel.basic_publish('', 'orders-404', b'x', mandatory=True)


@case('rabbit-nack', U, 'the queue has as many messages as allowed', 'typed bare', accept=R + ' ' + L + ' ' + D)
def publish_full():
    open_channel = channel()
    open_channel.queue_declare('small', arguments={'x-max-length': 1, 'x-overflow': 'reject-publish'})
    open_channel.confirm_delivery()
    for _ in range(4):
        open_channel.basic_publish('', 'small', b'x')


@case('rabbit-ack-twice', C, 'a message is acknowledged twice', 'bare', accept=U)
def ack_twice():
    open_channel = channel()
    open_channel.basic_ack(503)
    open_channel.queue_declare('orders')


@case('rabbit-exclusive', D, 'another worker holds the queue for itself', 'bare', accept=A + ' ' + C, misleading=True)
def declare_held():
    holder = channel()
    holder.queue_declare('held', exclusive=True)
    try:
        channel().queue_declare('held', exclusive=True)
    finally:
        holder.connection.close()


@case('rabbit-channels', R, 'the connection has as many channels as allowed', 'one typed')
def open_channels():
    connection = rabbit().connect()
    return [connection.channel() for _ in range(4)] and None


@case('rabbit-closed', C, 'a connection is used after we closed it', 'one', accept=D, misleading=True)
def after_close():
    connection = rabbit().connect()
    connection.close()
    connection.channel()


@case('rabbit-forced', D, 'an administrator closed the connection', 'typed bare')
def consume():
    open_channel = channel()
    threading.Thread(target=rabbit().ctl, args=('close_all_connections', 'maintenance 503'), daemon=True).start()
    for _ in open_channel.consume(open_channel.queue_declare('jobs').method.queue, inactivity_timeout=30):
        pass


@case('rabbit-heartbeat', D, 'the broker heard no heartbeat in time and closed the connection', 'bare')
def work_long():
    open_channel = channel(heartbeat=1)
    time.sleep(5)
    open_channel.queue_declare('late')


@case('rabbit-shutdown', D, 'the broker is shut down', 'typed bare')
def consume_last():
    open_channel = channel()
    threading.Timer(0.2, rabbit().process.terminate).start()
    for _ in open_channel.consume(open_channel.queue_declare('jobs').method.queue, inactivity_timeout=40):
        pass


# --- MQTT -------------------------------------------------------------------------------------------------------------------------------

@fixture
def mosquitto():
    folder, port = os.path.join(TMP, 'mosquitto'), free_port()
    os.makedirs(folder)
    subprocess.run(['mosquitto_passwd', '-b', '-c', folder + '/passwd', 'orders', 'secret'], check=True, capture_output=True)
    with open(folder + '/conf', 'w', encoding='utf-8') as f:
        f.write(f'listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwd\nuser root\n')
    start(['mosquitto', '-c', folder + '/conf'], port)
    return port


@case('mqtt-login', A, 'the password is wrong', 'one bare', misleading=True)
def publish_state():
    port = mosquitto()
    paho.mqtt.publish.single('orders/503', 'x', hostname='127.0.0.1', port=port, auth={'username': 'orders', 'password': 'x'})


@case('mqtt-refused', D, 'the broker is stopped', 'typed')
def publish_total():
    port = free_port()
    paho.mqtt.publish.single('orders/503', 'x', hostname='127.0.0.1', port=port)


@case('mqtt-topic', V, 'a topic from the payload holds a wildcard', 'bare', accept=C)
def publish_topic():
    paho.mqtt.client.Client().publish('orders/+/token', 'x')


@case('mqtt-large', V, 'the payload is larger than MQTT allows', 'one')
def publish_archive():
    paho.mqtt.client.Client().publish('orders/503', b'\0' * 268435456)


@case('mqtt-queue', R, 'our own queue of messages to send is full', 'bare', accept=D)
def publish_all():
    client = paho.mqtt.client.Client()
    client.max_queued_messages_set(2)
    for _ in range(5):
        info = client.publish('orders/503', 'x', qos=1)
    info.wait_for_publish(0.1)


# --- Kafka, ZooKeeper, STOMP -----------------------------------------------------------------------------------------------------------------

@case('kafka-no-broker', D, 'the broker is stopped', 'one bare')
def make_producer():
    port = free_port()
    return kafka.KafkaProducer(bootstrap_servers=f'127.0.0.1:{port}')


@case('kafka-metadata', T, 'the broker accepts the connection and says nothing', 'typed bare', misleading=True)
def send():
    port = saying(None)
    producer = kafka.KafkaProducer(bootstrap_servers=f'127.0.0.1:{port}', api_version=(2, 0), max_block_ms=700, request_timeout_ms=600)
    AT_END.append(lambda: producer.close(0.1))
    return producer.send('orders', b'x').get(2)


@case('kafka-large', V, 'the message is larger than the producer allows', 'bare one')
def send_archive():
    producer = kafka.KafkaProducer(bootstrap_servers=f'127.0.0.1:{saying(None)}', api_version=(2, 0), max_block_ms=400, max_request_size=1000)
    AT_END.append(lambda: producer.close(0.1))
    with contextlib.suppress(kafka.errors.KafkaTimeoutError):
        producer.partitions_for('orders')
    return producer._ensure_valid_record_size(503000)


@case('kafka-codec', C, 'a library for the compression of our configuration is missing', 'bare')
def make_compressing_producer():
    return kafka.KafkaProducer(bootstrap_servers='127.0.0.1:9', api_version=(2, 0), compression_type='snappy-401')


@case('zookeeper-timeout', T, 'the server does not answer in time', 'one bare')
def lock_order():
    client = kazoo.client.KazooClient(f'127.0.0.1:{saying(None)}', timeout=0.5)
    try:
        client.start(timeout=0.8)
    finally:
        client.stop()


@case('zookeeper-closed', D, 'a client is used before it was started, and says only that the connection is closed', 'one', accept=C)
def read_order():
    client = kazoo.client.KazooClient('127.0.0.1:9')
    return client.get('/orders/503')


@case('stomp-refused', D, 'the broker is stopped', 'repr log')
def connect_stomp():
    port = free_port()
    stomp.Connection([('127.0.0.1', port)], reconnect_attempts_max=1, reconnect_sleep_initial=0.01).connect(wait=True)


@case('stomp-not-connected', D, 'a message is sent before the log-in, and the client says only that it is not connected', 'repr', accept=C)
def send_stomp():
    stomp.Connection([('127.0.0.1', 9)]).send('/queue/orders', 'x')


# --- MongoDB ---------------------------------------------------------------------------------------------------------------------------------

def mongo(port, **options):
    return pymongo.MongoClient('127.0.0.1', port, **{'serverSelectionTimeoutMS': 400, **options}).orders.orders


@case('mongo-refused', D, 'the server is stopped', 'typed bare', accept=T, misleading=True)
def find_order():
    port = free_port()
    return mongo(port).find_one({'_id': 503})


@case('mongo-timeout', T, 'the server does not answer in time', 'bare one')
def find_customer():
    port = saying(None)
    return mongo(port, connectTimeoutMS=200).find_one({'_id': 401})


@case('mongo-dns', D, 'the name of the server does not resolve', 'bare', accept=T, misleading=True)
def find_by_name():
    return pymongo.MongoClient('mongodb://orders-db.invalid/', serverSelectionTimeoutMS=400).orders.orders.find_one()


@case('mongo-document', V, 'a field name of the payload holds a NUL', 'typed bare', accept=B)
def insert_order():
    return bson.encode({'tok\0en': 1})


@case('mongo-encode', V, 'a value of the payload is of a type that cannot be stored', 'bare', accept=C)
def insert_amount():
    return bson.encode({'amount': decimal.Decimal('4.29')})


@case('mongo-int', V, 'a number of the payload is too large', 'one', misleading=True)
def insert_number():
    return bson.encode({'limit': 1 << 80})


@case('mongo-uri', C, 'the address of our configuration is broken', 'bare', accept=A, misleading=True)
def connect_mongo():
    return pymongo.MongoClient('mongodb://orders:p@ss@db.internal/orders')


def mongo_answer(name, cls, cause, wraps, answer, **marks):
    """A command answered with this document by a stub server."""
    def talk(conn):
        while True:
            head = conn.recv(65536)
            if len(head) < 16:
                return
            hello = b'ismaster' in head.lower()
            document = {'ismaster': True, 'maxWireVersion': 8, 'minWireVersion': 0, 'maxBsonObjectSize': 16777216, 'maxMessageSizeBytes': 48000000, 'maxWriteBatchSize': 100000, 'ok': 1.0} if hello else answer
            body = bson.encode(document)
            if head[12:16] == b'\xd4\x07\0\0':  # OP_QUERY
                reply = (8).to_bytes(4, 'little') + bytes(12) + (1).to_bytes(4, 'little') + body
                code = 1
            else:  # OP_MSG
                reply, code = bytes(4) + b'\0' + body, 2013
            conn.sendall((len(reply) + 16).to_bytes(4, 'little') + bytes(4) + head[4:8] + code.to_bytes(4, 'little') + reply)

    @case('mongo-' + name, cls, cause, wraps, **marks)
    def save_order():
        port = tcp(talk)
        return mongo(port, serverSelectionTimeoutMS=3000, retryWrites=False).insert_one({'_id': 503})


mongo_answer('duplicate', V, 'the order exists', 'typed bare', {'ok': 1.0, 'n': 0, 'writeErrors': [{'index': 0, 'code': 11000, 'errmsg': 'E11000 duplicate key error collection: orders.orders index: _id_ dup key: { _id: 503 }'}]})
mongo_answer('schema', V, 'the order breaks the rules of the collection', 'bare', {'ok': 1.0, 'n': 0, 'writeErrors': [{'index': 0, 'code': 121, 'errmsg': 'Document failed validation'}]})
mongo_answer('unauthorized', A, 'the user may not write', 'bare lambda', {'ok': 0.0, 'code': 13, 'codeName': 'Unauthorized', 'errmsg': 'not authorized on orders to execute command { insert: "orders" }'})
mongo_answer('not-primary', D, 'the primary stepped down', 'typed bare', {'ok': 0.0, 'code': 10107, 'codeName': 'NotMaster', 'errmsg': 'not master'})
mongo_answer('time-limit', T, 'the operation ran over its time', 'bare one', {'ok': 0.0, 'code': 50, 'codeName': 'MaxTimeMSExpired', 'errmsg': 'operation exceeded time limit'}, misleading=True)
mongo_answer('conflict', D, 'two transactions changed the same document', 'bare', {'ok': 0.0, 'code': 112, 'codeName': 'WriteConflict', 'errmsg': 'WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.'}, accept=V, misleading=True)
mongo_answer('over-quota', L, 'the database takes no more requests in this second', 'typed bare', {'ok': 0.0, 'code': 16500, 'codeName': 'RequestRateTooLarge', 'errmsg': 'Error=16500, RetryAfterMs=401, Details=\'Response status code does not indicate success: TooManyRequests (429); Request rate is large.\''}, misleading=True)

