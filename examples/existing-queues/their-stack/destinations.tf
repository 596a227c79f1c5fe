# Two functions whose failures are recorded in one queue. `invoices` has Lambda's older dead-letter queue instead.

data "aws_iam_policy_document" "record_failures" {
  statement {
    sid       = "RecordFailures"
    actions   = ["sqs:SendMessage"]
    resources = [local.dlq_arns["failures"]]
  }
}

resource "aws_iam_role_policy" "record_failures" {
  for_each = toset(["refunds", "returns"])

  name   = "record-failures"
  role   = module.function[each.key].role_name
  policy = data.aws_iam_policy_document.record_failures.json
}

resource "aws_lambda_function_event_invoke_config" "record_failures" {
  for_each = aws_iam_role_policy.record_failures

  function_name          = module.function[each.key].name
  maximum_retry_attempts = 1

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dlq["failures"].arn
    }
  }
}
