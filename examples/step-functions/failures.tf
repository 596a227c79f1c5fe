# A state machine has no dead-letter queue: EventBridge is told of every execution that ends, and this rule sends those that
# ended badly to a queue. Nothing in the workflow can forget it, not even a time-out of the whole or a person who stops one.
resource "aws_cloudwatch_event_rule" "failed" {
  name        = "${var.name}-failed"
  description = "Executions of ${var.name} that failed, timed out or were stopped."

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      status          = ["FAILED", "TIMED_OUT", "ABORTED"]
      stateMachineArn = [local.state_machine_arn]
    }
  })
}

# The event as it is: an input, input_path or input_transformer would hide what the healer reads.
resource "aws_cloudwatch_event_target" "failed" {
  rule      = aws_cloudwatch_event_rule.failed.name
  target_id = "failed"
  arn       = local.failed_arn

  depends_on = [aws_sqs_queue_policy.failed]
}

locals {
  failed_visibility_timeout_seconds = 360 # 6 × the healer's time-out
}

resource "aws_sqs_queue" "failed" {
  name                       = "${var.name}-failed"
  visibility_timeout_seconds = local.failed_visibility_timeout_seconds
  message_retention_seconds  = 14 * 24 * 3600
  sqs_managed_sse_enabled    = true
}

data "aws_iam_policy_document" "failed" {
  statement {
    sid       = "RuleSends"
    actions   = ["sqs:SendMessage"]
    resources = [local.failed_arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.failed_rule_arn]
    }
  }
}

resource "aws_sqs_queue_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id
  policy    = data.aws_iam_policy_document.failed.json
}
