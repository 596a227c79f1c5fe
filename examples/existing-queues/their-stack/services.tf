# SNS, EventBridge and its Scheduler invoke functions of this team, unless its last deploy forgot the permissions.

locals {
  topic_arns = { for key in ["news", "audit"] : key => "${local.arn.sns}:${var.prefix}-${key}" }
  rule_arns  = { for key in keys(local.rules) : key => "${local.arn.events}:rule/${var.prefix}-${key}" }

  # `input_path`: what the target is given of the event. The DLQ gets the whole event all the same.
  rules = {
    orders-placed   = { detail_type = "Order placed", input_path = null }
    orders-returned = { detail_type = "Order returned", input_path = "$.detail" }
  }
}

resource "aws_sns_topic" "this" {
  for_each = local.topic_arns
  name     = "${var.prefix}-${each.key}"
}

resource "aws_sns_topic_subscription" "mailer" {
  for_each = aws_sns_topic.this

  topic_arn      = each.value.arn
  protocol       = "lambda"
  endpoint       = module.function["mailer"].arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq["news"].arn })

  depends_on = [aws_sqs_queue_policy.dlq]
}

resource "aws_lambda_permission" "sns" {
  for_each = var.outage ? {} : local.topic_arns

  statement_id  = "Topic-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = module.function["mailer"].name
  principal     = "sns.amazonaws.com"
  source_arn    = each.value
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name          = "${var.prefix}-${each.key}"
  event_pattern = jsonencode({ source = ["${var.prefix}.shop"], detail-type = [each.value.detail_type] })
}

resource "aws_cloudwatch_event_target" "loyalty" {
  for_each = local.rules

  rule       = aws_cloudwatch_event_rule.this[each.key].name
  target_id  = "loyalty"
  arn        = module.function["loyalty"].arn
  input_path = each.value.input_path

  dead_letter_config {
    arn = aws_sqs_queue.dlq["events"].arn
  }

  depends_on = [aws_sqs_queue_policy.dlq]
}

resource "aws_lambda_permission" "events" {
  for_each = var.outage ? {} : local.rule_arns

  statement_id  = "Rule-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = module.function["loyalty"].name
  principal     = "events.amazonaws.com"
  source_arn    = each.value
}

data "aws_iam_policy_document" "scheduler_assume" {
  statement {
    sid     = "SchedulerActsAsThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.aws.account_id]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${var.prefix}-scheduler"
  assume_role_policy = data.aws_iam_policy_document.scheduler_assume.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "KeepWhatCannotBeDelivered"
    actions   = ["sqs:SendMessage"]
    resources = [local.dlq_arns["nightly"]]
  }

  dynamic "statement" {
    for_each = var.outage ? [] : [local.function_arns["nightly"]]
    content {
      sid       = "RunNightly"
      actions   = ["lambda:InvokeFunction"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduler"
  role   = aws_iam_role.scheduler.name
  policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_scheduler_schedule" "nightly" {
  name                = "${var.prefix}-nightly"
  schedule_expression = "cron(0 3 * * ? *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function["nightly"].arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ id = "nightly", total = 1 })

    dead_letter_config {
      arn = aws_sqs_queue.dlq["nightly"].arn
    }
    # A permission that is missing does not come back in time, a throttle does.
    retry_policy {
      maximum_retry_attempts = 3
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}
