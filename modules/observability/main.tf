# Alarms that say what to do, and one dashboard. Of the healer's own metrics only those that a handler emits may be
# named here; a test compares.

locals {
  namespace = "DlqHealer"
  actions   = [var.topic_arn]

  # Arrivals and letters that wait for a person, not the DLQ's depth: with a healer attached that stays 0, and an alarm
  # on it stays silent while letters die. The depth alarm has another meaning: the healer itself is stuck.
  healer_alarms = {
    letters-arriving = {
      metric      = "LettersArrived"
      statistic   = "Sum"
      threshold   = var.thresholds.letters_arrived - 1
      minutes     = 5
      periods     = 1
      description = "Messages of queue %s die. The healer has them: look at the dashboard for their classes; act if the waiting or outage alarm follows."
    }
    letters-waiting = {
      metric      = "LettersWaiting"
      statistic   = "Maximum"
      threshold   = var.thresholds.letters_waiting
      minutes     = 5
      periods     = 1
      description = "Level 1: letters of queue %s wait for a person. List their groups, mend the cause, release or archive them."
    }
    letters-waiting-severe = {
      metric      = "LettersWaiting"
      statistic   = "Maximum"
      threshold   = var.thresholds.letters_waiting_severe
      minutes     = 5
      periods     = 1
      description = "Level 2: many letters of queue %s wait for a person. Something broke that no retry mends: look at the largest group first, and at the last deploy."
    }
    outage = {
      metric      = "LettersArrived"
      statistic   = "Sum"
      threshold   = 0
      minutes     = 5
      periods     = var.thresholds.outage_minutes / 5
      description = "Level 3: messages of queue %s have died without a pause for ${var.thresholds.outage_minutes} minutes. Treat it as an outage: find what the largest group names, and stop the producer if it cannot be mended soon."
    }
    emergency = {
      metric      = "DegradationLevel"
      statistic   = "Maximum"
      threshold   = 3
      minutes     = 1
      periods     = 1
      description = "Level 4 emergency: healing of queue %s has stopped; its letters are kept and wait. The governor's log says which signal it is: mend the consumer or stop the producer. The level falls by itself, a step for each 3 minutes of calm."
    }
    healer-errors = {
      metric      = "HealerErrors"
      statistic   = "Sum"
      threshold   = 0
      minutes     = 5
      periods     = 1
      description = "The healer could not handle letters of queue %s; they stay in the DLQ and are tried again. Its log says why, one line per letter."
    }
  }

  queue_alarms = merge([for key, queue in var.queues : {
    for alarm, settings in local.healer_alarms : "${key}-${alarm}" => merge(settings, { queue = key })
  }]...)

  # A function may work on several queues: one alarm for each function.
  consumers = { for name in distinct(compact([for queue in var.queues : queue.consumer_function])) : name => name }

  # Ingest cannot loop: nothing that it starts comes back to it.
  recursive_functions = merge(
    { for key in ["heal", "govern"] : key => var.functions[key] },
    { for name in local.consumers : "consumer-${name}" => name },
  )
}

resource "aws_cloudwatch_metric_alarm" "queue" {
  for_each = local.queue_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = format(each.value.description, each.value.queue)
  namespace           = local.namespace
  metric_name         = each.value.metric
  dimensions          = { stack = var.name, queue = each.value.queue }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.minutes * 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching" # nothing died, nothing was published
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "dlq_depth" {
  for_each = var.queues

  alarm_name          = "${var.name}-${each.key}-dlq-depth"
  alarm_description   = "Letters of queue ${each.key} stay in ${each.value.dlq_name}: the healer is stuck, or its mode is not heal. Look at the errors and throttles of ${var.functions["heal"]}, and at its event source mapping."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value.dlq_name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.dlq_depth
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching" # SQS publishes nothing of a queue that was idle for hours
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "function_errors" {
  for_each = var.functions

  alarm_name          = "${var.name}-${each.key}-errors"
  alarm_description   = "${each.value} failed as a whole; no letter is lost by that. Its log has the error: a permission, a missing environment variable, or a timeout."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "consumer_error_rate" {
  for_each = local.consumers

  alarm_name          = "${var.name}-consumer-${each.key}-error-rate"
  alarm_description   = "More than ${var.thresholds.consumer_error_percent} % of ${each.value}'s invocations fail. Its messages die soon: look at its log and its last deploy before the DLQ fills."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.consumer_error_percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags

  metric_query {
    id          = "rate"
    label       = "errors per 100 invocations"
    expression  = "IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / FILL(invocations, 1), 0)" # no division by zero
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { invocations = "Invocations", errors = "Errors" }
    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = { FunctionName = each.value }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "recursion" {
  for_each = local.recursive_functions

  alarm_name          = "${var.name}-${each.key}-recursion"
  alarm_description   = "Lambda dropped an invocation of ${each.value} because it took it for a loop. A letter is going round: find it in the ledger by its attempts, and quarantine its group."
  namespace           = "AWS/Lambda"
  metric_name         = "RecursiveInvocationsDropped"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}
