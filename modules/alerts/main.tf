locals {
  own       = var.topic_arn == null ? 1 : 0
  topic_arn = var.topic_arn != null ? var.topic_arn : "arn:${var.aws.partition}:sns:${var.aws.region}:${var.aws.account_id}:${one(aws_sns_topic.alerts[*].name)}"
}

resource "aws_sns_topic" "alerts" {
  count = local.own

  name              = "${var.name}-alerts"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "topic" {
  count = local.own

  statement {
    sid       = "AlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${var.aws.partition}:cloudwatch:${var.aws.region}:${var.aws.account_id}:alarm:${var.name}-*"]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]

    principals {
      type        = "*" # a denial: whoever asks
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  count = local.own

  arn    = aws_sns_topic.alerts[0].arn
  policy = data.aws_iam_policy_document.topic[0].json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.emails)

  topic_arn = aws_sns_topic.alerts[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "sqs" {
  for_each = var.sqs

  topic_arn = aws_sns_topic.alerts[0].arn
  protocol  = "sqs"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "webhook" {
  for_each = var.webhooks

  topic_arn = aws_sns_topic.alerts[0].arn
  protocol  = "https"
  endpoint  = each.value
}
