# Alarms and dashboard.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name       = "shop"
  aws        = { region = "eu-west-1" }
  topic_arn  = "arn:aws:sns:eu-west-1:123456789012:shop-alerts"
  thresholds = { letters_arrived = 3, letters_waiting = 50, letters_waiting_severe = 200, outage_minutes = 30, dlq_depth = 10, consumer_error_percent = 5 }
  functions  = { heal = "shop-heal", govern = "shop-govern", ingest = "shop-ingest" }
  queues = {
    orders   = { names = ["orders", "orders-retry-1", "orders-dlq"], dlq_name = "orders-dlq", consumer_function = "worker" }
    payments = { names = ["payments", "payments-dlq"], dlq_name = "payments-dlq", consumer_function = "worker" }
    events   = { names = ["events-dlq"], dlq_name = "events-dlq", consumer_function = null }
  }
  tags = {}
}

run "alarms_on_the_healers_own_metrics" {
  command = plan
  module {
    source = "./modules/observability"
  }

  assert {
    condition = { for key in ["letters-arriving", "letters-waiting", "letters-waiting-severe", "outage", "emergency", "healer-errors"] : key => join(" ", [
      for a in [aws_cloudwatch_metric_alarm.queue["orders-${key}"]] : "${a.metric_name} ${a.statistic} > ${a.threshold} in ${a.evaluation_periods} x ${a.period} s"
      ]) } == {
      letters-arriving       = "LettersArrived Sum > 2 in 1 x 300 s"
      letters-waiting        = "LettersWaiting Maximum > 50 in 1 x 300 s"
      letters-waiting-severe = "LettersWaiting Maximum > 200 in 1 x 300 s"
      outage                 = "LettersArrived Sum > 0 in 6 x 300 s"
      emergency              = "DegradationLevel Maximum > 3 in 1 x 60 s"
      healer-errors          = "HealerErrors Sum > 0 in 1 x 300 s"
    }
    error_message = "Arrivals, waiting levels 1 and 2, outage (level 3), emergency, errors."
  }
  assert {
    condition = length(aws_cloudwatch_metric_alarm.queue) == 18 && alltrue([for alarm in aws_cloudwatch_metric_alarm.queue : (
      alarm.namespace == "DlqHealer" && toset(keys(alarm.dimensions)) == toset(["stack", "queue"]) && alarm.dimensions["stack"] == "shop" && contains(keys(var.queues), alarm.dimensions["queue"])
    )])
    error_message = "For each queue, on the dimensions that the handlers emit."
  }
}

run "alarms_on_queues_and_functions" {
  command = plan
  module {
    source = "./modules/observability"
  }

  assert {
    condition = { for key, a in aws_cloudwatch_metric_alarm.dlq_depth : key => "${a.namespace} ${a.metric_name} ${a.dimensions["QueueName"]} ${a.statistic} > ${a.threshold} in ${a.evaluation_periods} x ${a.period} s" } == {
      for key in ["orders", "payments", "events"] : key => "AWS/SQS ApproximateNumberOfMessagesVisible ${key}-dlq Maximum > 10 in 5 x 60 s"
    }
    error_message = "More than 10 for 5 minutes: the healer is stuck."
  }
  assert {
    condition = { for key, a in aws_cloudwatch_metric_alarm.function_errors : key => "${a.namespace} ${a.metric_name} ${a.dimensions["FunctionName"]} ${a.statistic} > ${a.threshold}" } == {
      for key in ["heal", "govern", "ingest"] : key => "AWS/Lambda Errors shop-${key} Sum > 0"
    }
    error_message = "Any error of any function of ours."
  }
  assert {
    condition = { for key, a in aws_cloudwatch_metric_alarm.recursion : key => "${a.namespace} ${a.metric_name} ${a.dimensions["FunctionName"]} ${a.statistic} > ${a.threshold}" } == {
      heal            = "AWS/Lambda RecursiveInvocationsDropped shop-heal Sum > 0"
      govern          = "AWS/Lambda RecursiveInvocationsDropped shop-govern Sum > 0"
      consumer-worker = "AWS/Lambda RecursiveInvocationsDropped worker Sum > 0"
    }
    error_message = "Any dropped invocation of whatever can loop."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.consumer_error_rate) == ["worker"] && aws_cloudwatch_metric_alarm.consumer_error_rate["worker"].threshold == 5
    error_message = "One alarm for a consumer, however many queues it has."
  }
  assert {
    condition = { for q in aws_cloudwatch_metric_alarm.consumer_error_rate["worker"].metric_query : q.id => length(q.metric) == 0 ? q.expression : "${one(q.metric).metric_name} ${one(q.metric).stat} ${one(q.metric).dimensions["FunctionName"]}" } == {
      rate        = "IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / FILL(invocations, 1), 0)"
      invocations = "Invocations Sum worker"
      errors      = "Errors Sum worker"
    }
    error_message = "Errors per hundred invocations, and 0 where there are none."
  }
}

run "every_alarm_says_what_to_do_and_tells_the_topic" {
  command = plan
  module {
    source = "./modules/observability"
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.queue), values(aws_cloudwatch_metric_alarm.dlq_depth), values(aws_cloudwatch_metric_alarm.function_errors),
      values(aws_cloudwatch_metric_alarm.consumer_error_rate), values(aws_cloudwatch_metric_alarm.recursion),
      ) : (
      length(alarm.alarm_description) > 60 && alarm.alarm_actions == toset([var.topic_arn]) && alarm.treat_missing_data == "notBreaching"
      && alarm.comparison_operator == "GreaterThanThreshold" && startswith(alarm.alarm_name, "shop-")
    )])
    error_message = "Description, topic, and no alarm for lack of data."
  }
  assert {
    condition     = length(output.alarm_names) == 18 + 3 + 3 + 3 + 1 && length(distinct(output.alarm_names)) == length(output.alarm_names)
    error_message = "Names are unique."
  }
}

run "the_dashboard_has_three_panels" {
  command = plan
  module {
    source = "./modules/observability"
  }

  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title] == ["Message status by class and action", "Health of each function", "Queue depths"]
    error_message = "Status, health, depths."
  }
  assert {
    condition     = [for m in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.metrics : regex("MetricName=\"(\\w+)\"", m[0].expression)[0]] == ["LettersArrived", "LettersHealed", "LettersRelapsed", "LettersParked", "LettersArchived", "LettersQuarantined"]
    error_message = "Every action."
  }
  assert {
    condition = toset([for m in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.metrics : "${m[1]} ${m[3]}"]) == toset(flatten([
      for name in ["shop-heal", "shop-govern", "shop-ingest", "worker"] : ["Invocations ${name}", "Errors ${name}", "Duration ${name}"]
    ]))
    error_message = "Each function's invocations, errors and duration."
  }
  assert {
    condition     = toset([for m in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[2].properties.metrics : m[3]]) == toset(["orders", "orders-retry-1", "orders-dlq", "payments", "payments-dlq", "events-dlq"])
    error_message = "Every queue, tiers included."
  }
}
