# A queue that alerts are delivered to, so that a program can read them. In production: alerts = { emails = [...] }.
resource "aws_sqs_queue" "this" {
  name                    = "${var.name}-alert-inbox"
  sqs_managed_sse_enabled = true
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "TopicSends"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.topic_arn]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.this.json
}
