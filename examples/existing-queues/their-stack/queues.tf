resource "aws_sqs_queue" "dlq" {
  for_each = local.dlqs

  name       = "${var.prefix}-${each.key}-dlq${each.value.fifo ? ".fifo" : ""}"
  fifo_queue = each.value.fifo ? true : null

  # Two things that the healer's team asked for: the longest retention, because SQS counts a standard queue's letter from
  # the day it was first sent, and six times the healer's timeout.
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 180
}

resource "aws_sqs_queue" "source" {
  for_each = local.source_arns

  name                        = "${var.prefix}-${each.key}${local.dlqs[each.key].fifo ? ".fifo" : ""}"
  fifo_queue                  = local.dlqs[each.key].fifo ? true : null
  content_based_deduplication = local.dlqs[each.key].fifo ? true : null

  visibility_timeout_seconds = 3 # so that messages die within seconds; six times the function's timeout in earnest
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq[each.key].arn, maxReceiveCount = 2 })
}

# Services that have no role in this stack are let in by the queue.
data "aws_iam_policy_document" "dlq" {
  for_each = { for key, dlq in local.dlqs : key => dlq.service if dlq.service != null }

  statement {
    sid       = "KeepWhatCannotBeDelivered"
    actions   = ["sqs:SendMessage"]
    resources = [local.dlq_arns[each.key]]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = values(each.value == "sns" ? local.topic_arns : local.rule_arns)
    }
  }
}

resource "aws_sqs_queue_policy" "dlq" {
  for_each = data.aws_iam_policy_document.dlq

  queue_url = aws_sqs_queue.dlq[each.key].id
  policy    = each.value.json
}

data "aws_iam_policy_document" "consume" {
  for_each = local.source_arns

  statement {
    sid       = "WorkOnSource"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [each.value]
  }
}

resource "aws_iam_role_policy" "consume" {
  for_each = local.source_arns

  name   = "consume"
  role   = module.function[each.key].role_name
  policy = data.aws_iam_policy_document.consume[each.key].json
}

resource "aws_lambda_event_source_mapping" "consume" {
  for_each = local.source_arns

  event_source_arn        = aws_sqs_queue.source[each.key].arn
  function_name           = module.function[each.key].name
  batch_size              = 5
  function_response_types = ["ReportBatchItemFailures"]

  depends_on = [aws_iam_role_policy.consume]
}
