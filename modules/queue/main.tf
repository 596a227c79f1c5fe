# Source → retry tier 1 → … → DLQ. Each hop is an SQS redrive: a message that was received max_receive_count times
# without being deleted moves on, so the chain needs no code to run.

locals {
  suffix     = var.settings.fifo ? ".fifo" : ""
  arn_prefix = "arn:${var.aws.partition}:sqs:${var.aws.region}:${var.aws.account_id}"

  # SQS-managed keys and a KMS key exclude each other.
  sqs_managed_sse = var.kms_key_arn == null ? true : null

  all = concat([aws_sqs_queue.source], aws_sqs_queue.retry, [aws_sqs_queue.dlq])
}

resource "aws_sqs_queue" "source" {
  name                        = "${var.name}${local.suffix}"
  fifo_queue                  = var.settings.fifo
  content_based_deduplication = var.settings.content_based_deduplication
  visibility_timeout_seconds  = var.settings.visibility_timeout_seconds
  delay_seconds               = var.settings.delay_seconds
  message_retention_seconds   = var.settings.retention_days * 86400
  sqs_managed_sse_enabled     = local.sqs_managed_sse
  kms_master_key_id           = var.kms_key_arn
  tags                        = var.tags
}

resource "aws_sqs_queue" "retry" {
  count = length(var.settings.retry_tiers)

  name                        = "${var.name}-retry-${count.index + 1}${local.suffix}"
  fifo_queue                  = var.settings.fifo
  content_based_deduplication = var.settings.content_based_deduplication
  visibility_timeout_seconds  = var.settings.visibility_timeout_seconds
  # SQS is reported not to apply a queue's delay to messages that it redrives itself. The consumer kit makes up for it.
  delay_seconds = var.settings.retry_tiers[count.index].delay_seconds
  # As long as the DLQ: a tier is the source's dead-letter queue, so the messages in it are as old as in the source.
  message_retention_seconds = var.settings.dlq_retention_days * 86400
  sqs_managed_sse_enabled   = local.sqs_managed_sse
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

resource "aws_sqs_queue" "dlq" {
  name                        = "${var.name}-dlq${local.suffix}"
  fifo_queue                  = var.settings.fifo
  content_based_deduplication = var.settings.content_based_deduplication
  visibility_timeout_seconds  = var.settings.dlq_visibility_timeout_seconds
  # A message of a standard queue keeps its age when SQS moves it here, so this must exceed the source's retention.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
  message_retention_seconds = var.settings.dlq_retention_days * 86400
  sqs_managed_sse_enabled   = local.sqs_managed_sse
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

# Resources of their own: inline, a redrive policy and the redrive-allow policy that answers it would be a cycle, and
# the instances of one `count` could not name each other.
resource "aws_sqs_queue_redrive_policy" "source" {
  queue_url = aws_sqs_queue.source.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = local.all[1].arn
    maxReceiveCount     = var.settings.max_receive_count
  })
}

resource "aws_sqs_queue_redrive_policy" "retry" {
  count = length(var.settings.retry_tiers)

  queue_url = aws_sqs_queue.retry[count.index].id
  redrive_policy = jsonencode({
    deadLetterTargetArn = local.all[count.index + 2].arn
    maxReceiveCount     = var.settings.retry_tiers[count.index].max_receive_count
  })
}

# Only the queue before it may use a queue as its DLQ: one source each, where SQS allows ten.
resource "aws_sqs_queue_redrive_allow_policy" "this" {
  count = length(var.settings.retry_tiers) + 1

  queue_url = local.all[count.index + 1].id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.all[count.index].arn]
  })
}

data "aws_iam_policy_document" "tls_only" {
  count = length(var.settings.retry_tiers) + 2

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"] # a denial: whatever the action, not without TLS
    resources = ["${local.arn_prefix}:${local.all[count.index].name}"]

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

resource "aws_sqs_queue_policy" "this" {
  count = length(var.settings.retry_tiers) + 2

  queue_url = local.all[count.index].id
  policy    = data.aws_iam_policy_document.tls_only[count.index].json
}
