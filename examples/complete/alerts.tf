# Alerts go to a queue here, so that they can be read by a program. In production: alerts = { emails = [...] }.
resource "aws_sqs_queue" "alert_inbox" {
  name                    = "${var.name}-alert-inbox"
  sqs_managed_sse_enabled = true
}

data "aws_iam_policy_document" "alert_inbox" {
  statement {
    sid       = "TopicSends"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.alert_inbox.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [module.dlq_healer.alert_topic_arn]
    }
  }
}

resource "aws_sqs_queue_policy" "alert_inbox" {
  queue_url = aws_sqs_queue.alert_inbox.id
  policy    = data.aws_iam_policy_document.alert_inbox.json
}
