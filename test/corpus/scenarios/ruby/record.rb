# Makes Ruby fail in known ways and prints what it says: one JSON line for every wrapping of every scenario.
# `ruby record.rb` runs them all, `ruby record.rb <scenario>` one in this process, for those that end it.
require 'json'
require 'open3'
require 'timeout'

SCENARIOS = {}
NUMBERS = [503, 8812, 4290, 401, 200429, 5000, 422, 1404].freeze # ids that look like statuses now and then
CLASSES = { auth: 'AUTH_FAILURE', valid: 'VALIDATION_ERROR', bad: 'BAD_PAYLOAD', timeout: 'TIMEOUT', slow: 'THROTTLED', dep: 'DEPENDENCY_FAILURE',
            full: 'RESOURCE_EXHAUSTED', bug: 'CODE_BUG', unknown: 'UNKNOWN' }.freeze

# wraps: some of typed message full order log lambda sidekiq body | crash (the process ends by itself, its standard error is the text)
def scenario(name, label, cause, wraps: 'typed', misleading: false, accept: [], &code)
  SCENARIOS[name] = { label: label, cause: cause, wraps: wraps.split, misleading: misleading, accept: accept, code: code }
end

class OrderFailed < StandardError; end

def process(how, error, number)
  order = NUMBERS[number % NUMBERS.size]
  text = error.message.dup.force_encoding('UTF-8').scrub
  backtrace = (error.backtrace || []).reject { |line| line.include?('record.rb') }.first(12)
  response = error.respond_to?(:response) ? error.response : nil
  body = response.respond_to?(:body) ? response.body.to_s : response.is_a?(Hash) ? response[:body].to_s : nil
  status = error.respond_to?(:http_code) ? error.http_code : response.is_a?(Hash) ? response[:status] : response.respond_to?(:status) ? response.status : nil
  code = error.respond_to?(:code) && error.class.name.start_with?('Aws::') ? error.code : nil
  status = error.context.http_response.status_code if code
  case how
  when 'typed' then { errorType: error.class.name, errorMessage: text, stack: backtrace.join("\n"), httpStatus: status.is_a?(Integer) ? status : nil, awsErrorCode: code }
  when 'message' then { errorMessage: text }
  when 'class' then { errorMessage: "#{error.class}: #{text}" }
  when 'full' then { errorMessage: error.full_message(highlight: false) }
  when 'inspect' then { errorMessage: "Consumer crashed on message #{order}: #{error.inspect}" }
  when 'log' then { errorMessage: "E, [2024-05-03T04:29:01.#{order} ##{order}] ERROR -- : order #{order} failed after #{order} ms: #{text} (#{error.class})\n#{backtrace.first(5).join("\n")}" }
  when 'lambda' then { errorMessage: JSON.generate(errorMessage: text, errorType: "Function<#{error.class}>", stackTrace: backtrace.first(6)) }
  when 'sidekiq' then { errorMessage: JSON.generate(class: 'OrderJob', args: [order], jid: '429b503c401f', retry_count: 5, error_class: error.class.name, error_message: text, failed_at: 1714710540.503) }
  when 'body' then { errorType: error.class.name, errorMessage: "#{text} (order #{order}): #{body}", httpStatus: status.is_a?(Integer) ? status : nil }
  when 'order'
    begin
      begin
        raise error
      rescue StandardError, NoMemoryError, SystemStackError, ScriptError
        raise OrderFailed, "failed to process order #{order}"
      end
    rescue OrderFailed => e
      { errorType: 'OrderFailed', errorMessage: e.message, stack: e.full_message(highlight: false, order: :top) }
    end
  end
end

def crash(name)
  output, status = Open3.capture2e('timeout', '60', 'ruby', '-W0', __FILE__, name)
  raise "NOT PROVOKED #{output}" if status.success?
  [output.strip, status]
end

require_relative 'scenarios'

if ARGV[0]
  SCENARIOS[ARGV[0]][:code].call
  exit
end
$stdout.sync = true
SCENARIOS.each_with_index do |(name, one), number|
  error = nil
  output = nil
  if one[:wraps].include?('crash')
    output, = crash(name)
  else
    begin
      limit = Thread.new(Thread.current) { |main| sleep 60; main.raise(Interrupt) }
      one[:code].call
      error = RuntimeError.new('NOT PROVOKED')
    rescue StandardError, NoMemoryError, SystemStackError, ScriptError, SystemExit => e
      error = e
    rescue Interrupt
      error = RuntimeError.new('NOT PROVOKED')
    ensure
      limit.kill
    end
  end
  one[:wraps].each_with_index do |how, i|
    text = how == 'crash' ? { errorMessage: output } : process(how, error, number + i)
    puts JSON.generate(scenario: name, class: CLASSES[one[:label]], cause: one[:cause], accept: one[:accept].map { |a| CLASSES[a] }, misleading: one[:misleading], wrap: how, evidence: text)
  end
end
exit!(0) # at once: the gRPC server of the scenarios does not end well
