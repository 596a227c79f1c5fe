# Created queues: names, chain, retention, visibility, policies.

mock_provider "aws" {
  alias = "mock"

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "shop-orders"
  aws         = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
  kms_key_arn = null
  tags        = { team = "shop" }
  settings = {
    fifo                           = false
    content_based_deduplication    = false
    max_receive_count              = 5
    retry_tiers                    = [{ delay_seconds = 60, max_receive_count = 3 }, { delay_seconds = 600, max_receive_count = 2 }]
    visibility_timeout_seconds     = 180
    delay_seconds                  = 7
    retention_days                 = 4
    dlq_retention_days             = 14
    dlq_visibility_timeout_seconds = 360
  }
}

run "source_tiers_and_dlq" {
  command = plan
  module {
    source = "./modules/queue"
  }

  assert {
    condition     = [aws_sqs_queue.source.name, aws_sqs_queue.retry[0].name, aws_sqs_queue.retry[1].name, aws_sqs_queue.dlq.name] == ["shop-orders", "shop-orders-retry-1", "shop-orders-retry-2", "shop-orders-dlq"]
    error_message = "Names."
  }
  assert {
    condition     = [aws_sqs_queue.source.visibility_timeout_seconds, aws_sqs_queue.retry[0].visibility_timeout_seconds, aws_sqs_queue.retry[1].visibility_timeout_seconds, aws_sqs_queue.dlq.visibility_timeout_seconds] == [180, 180, 180, 360]
    error_message = "Source and tiers hide messages for the consumer, the DLQ for the healer."
  }
  assert {
    condition     = [aws_sqs_queue.source.message_retention_seconds, aws_sqs_queue.retry[0].message_retention_seconds, aws_sqs_queue.retry[1].message_retention_seconds, aws_sqs_queue.dlq.message_retention_seconds] == [4 * 86400, 14 * 86400, 14 * 86400, 14 * 86400]
    error_message = "Whatever receives dead letters keeps them longer than the source: they keep their age."
  }
  assert {
    condition     = [aws_sqs_queue.source.delay_seconds, aws_sqs_queue.retry[0].delay_seconds, aws_sqs_queue.retry[1].delay_seconds, aws_sqs_queue.dlq.delay_seconds] == [7, 60, 600, 0]
    error_message = "Each tier has its own delay; nothing delays a dead letter."
  }
  assert {
    condition     = alltrue([for queue in concat([aws_sqs_queue.source, aws_sqs_queue.dlq], aws_sqs_queue.retry) : queue.sqs_managed_sse_enabled && queue.kms_master_key_id == null && !queue.fifo_queue && queue.tags["team"] == "shop"])
    error_message = "Encrypted with SQS's own keys, standard, tagged."
  }
  assert {
    condition     = length(aws_sqs_queue_redrive_policy.retry) == 2 && length(aws_sqs_queue_redrive_allow_policy.this) == 3 && length(aws_sqs_queue_policy.this) == 4
    error_message = "A redrive policy for all but the DLQ, a redrive-allow policy for all but the source, a queue policy for each."
  }
  assert {
    condition     = [output.source_arn, output.dlq_arn, output.tier_arns["retry-1"], output.tier_arns["retry-2"]] == [for name in ["shop-orders", "shop-orders-dlq", "shop-orders-retry-1", "shop-orders-retry-2"] : "arn:aws:sqs:eu-west-1:123456789012:${name}"]
    error_message = "ARNs are known at plan."
  }
  assert {
    condition = jsonencode([for document in data.aws_iam_policy_document.tls_only : jsondecode(document.json).Statement]) == jsonencode([
      for name in ["shop-orders", "shop-orders-retry-1", "shop-orders-retry-2", "shop-orders-dlq"] : [{
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:eu-west-1:123456789012:${name}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "No queue is used without TLS."
  }
}

run "fifo_with_a_key" {
  command = plan
  module {
    source = "./modules/queue"
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
    settings    = merge(var.settings, { fifo = true, content_based_deduplication = true })
  }

  assert {
    condition     = [aws_sqs_queue.source.name, aws_sqs_queue.retry[0].name, aws_sqs_queue.dlq.name] == ["shop-orders.fifo", "shop-orders-retry-1.fifo", "shop-orders-dlq.fifo"]
    error_message = "A FIFO queue's tiers and DLQ are FIFO."
  }
  assert {
    condition     = alltrue([for queue in concat([aws_sqs_queue.source, aws_sqs_queue.dlq], aws_sqs_queue.retry) : queue.fifo_queue && queue.content_based_deduplication && queue.kms_master_key_id == "arn:aws:kms:eu-west-1:123456789012:key/k"])
    error_message = "FIFO, and encrypted with the key, throughout."
  }
}

# Queue ARNs are only known after apply; a mocked apply shows where each hop goes.
run "each_hop_leads_to_the_next" {
  command = apply
  module {
    source = "./modules/queue"
  }
  providers = { aws = aws.mock }

  override_resource {
    target = aws_sqs_queue.source
    values = { arn = "arn:source", id = "url:source" }
  }
  override_resource {
    target = aws_sqs_queue.retry[0]
    values = { arn = "arn:retry-1", id = "url:retry-1" }
  }
  override_resource {
    target = aws_sqs_queue.retry[1]
    values = { arn = "arn:retry-2", id = "url:retry-2" }
  }
  override_resource {
    target = aws_sqs_queue.dlq
    values = { arn = "arn:dlq", id = "url:dlq" }
  }

  assert {
    condition = jsonencode([for hop in concat([aws_sqs_queue_redrive_policy.source], aws_sqs_queue_redrive_policy.retry) : [hop.queue_url, jsondecode(hop.redrive_policy)]]) == jsonencode([
      ["url:source", { deadLetterTargetArn = "arn:retry-1", maxReceiveCount = 5 }],
      ["url:retry-1", { deadLetterTargetArn = "arn:retry-2", maxReceiveCount = 3 }],
      ["url:retry-2", { deadLetterTargetArn = "arn:dlq", maxReceiveCount = 2 }],
    ])
    error_message = "Source → tier 1 → tier 2 → DLQ, each with its own receive count."
  }
  assert {
    condition = jsonencode([for allow in aws_sqs_queue_redrive_allow_policy.this : [allow.queue_url, jsondecode(allow.redrive_allow_policy)]]) == jsonencode([
      for pair in [["retry-1", "source"], ["retry-2", "retry-1"], ["dlq", "retry-2"]] : ["url:${pair[0]}", { redrivePermission = "byQueue", sourceQueueArns = ["arn:${pair[1]}"] }]
    ])
    error_message = "Only the queue before it may use a queue as its DLQ."
  }
  assert {
    condition     = aws_sqs_queue_policy.this[*].queue_url == ["url:source", "url:retry-1", "url:retry-2", "url:dlq"]
    error_message = "Each queue has its own policy."
  }
}

run "without_tiers_the_source_leads_to_the_dlq" {
  command = apply
  module {
    source = "./modules/queue"
  }
  providers = { aws = aws.mock }
  variables {
    settings = merge(var.settings, { retry_tiers = [] })
  }

  override_resource {
    target = aws_sqs_queue.source
    values = { arn = "arn:source", id = "url:source" }
  }
  override_resource {
    target = aws_sqs_queue.dlq
    values = { arn = "arn:dlq", id = "url:dlq" }
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_policy.source.redrive_policy).deadLetterTargetArn == "arn:dlq" && output.tier_arns == {}
    error_message = "Source → DLQ."
  }
  assert {
    condition     = length(aws_sqs_queue_redrive_allow_policy.this) == 1 && jsondecode(aws_sqs_queue_redrive_allow_policy.this[0].redrive_allow_policy).sourceQueueArns == ["arn:source"]
    error_message = "The DLQ takes the source's messages alone."
  }
}
