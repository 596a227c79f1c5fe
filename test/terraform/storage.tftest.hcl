# Tables, archive bucket and topic.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "shop"
  aws         = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
  tags        = {}
  kms_key_arn = null
  queue_keys  = { "arn:aws:sqs:eu-west-1:123456789012:shop-orders" = "orders" }
}

run "ledger_and_idempotency_tables" {
  command = plan
  module {
    source = "./modules/ledger"
  }
  variables {
    documents           = { policy = "{\"a\":1}", schema = "{}" }
    deletion_protection = true
    kms_key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition = { for index in aws_dynamodb_table.ledger.global_secondary_index : index.name => "${index.hash_key} ${index.range_key} ${index.projection_type}" } == {
      by-status = "statusKey at ALL"
      by-group  = "groupKey at ALL"
      by-due    = "dueKey dueAt ALL"
    }
    error_message = "The ledger's indexes."
  }
  assert {
    condition     = [aws_dynamodb_table.ledger.hash_key, aws_dynamodb_table.ledger.range_key, one(aws_dynamodb_table.ledger.ttl).attribute_name] == ["pk", "sk", "expiresAt"] && alltrue([for attribute in aws_dynamodb_table.ledger.attribute : attribute.type == "S"])
    error_message = "The ledger's keys and TTL."
  }
  assert {
    condition     = [aws_dynamodb_table.idempotency.hash_key, one(aws_dynamodb_table.idempotency.ttl).attribute_name] == ["id", "expiration"] && aws_dynamodb_table.idempotency.range_key == null
    error_message = "The idempotency table is Powertools' own shape."
  }
  assert {
    condition = alltrue([for table in [aws_dynamodb_table.ledger, aws_dynamodb_table.idempotency] : (
      table.billing_mode == "PAY_PER_REQUEST" && table.deletion_protection_enabled && one(table.ttl).enabled
      && one(table.point_in_time_recovery).enabled && one(table.server_side_encryption).enabled && one(table.server_side_encryption).kms_key_arn == var.kms_key_arn
    )])
    error_message = "On demand, protected, recoverable, encrypted with the key."
  }
  assert {
    condition     = jsonencode(jsondecode(aws_dynamodb_table_item.document["policy"].item)) == jsonencode({ document = { S = "{\"a\":1}" }, hash = { S = sha256("{\"a\":1}") }, pk = { S = "document" }, sk = { S = "policy" } })
    error_message = "A document is one item with its hash."
  }
  assert {
    condition     = jsonencode(jsondecode(aws_dynamodb_table_item.queue_keys.item)) == jsonencode({ keys = { M = { "arn:aws:sqs:eu-west-1:123456789012:shop-orders" = { S = "orders" } } }, pk = { S = "control" }, sk = { S = "queues" } })
    error_message = "A consumer finds the key of its queue by the queue's ARN."
  }
  assert {
    condition     = output.document_hashes == { policy = sha256("{\"a\":1}"), schema = sha256("{}") }
    error_message = "The hashes come from the items, so that a function changes after its document."
  }
}

run "a_document_too_large_for_an_item_is_refused" {
  command = plan
  module {
    source = "./modules/ledger"
  }
  variables {
    documents           = { policy = join("", [for i in range(1000) : format("%0400d", 0)]) }
    deletion_protection = false
  }

  expect_failures = [aws_dynamodb_table_item.document]
}

run "the_archive_is_private_encrypted_and_kept" {
  command = plan
  module {
    source = "./modules/archive"
  }
  variables {
    bucket                    = "shop-letters-123456789012-eu-west-1"
    glacier_after_days        = 90
    expire_after_days         = null
    noncurrent_retention_days = 30
    force_destroy             = false
  }

  assert {
    condition     = alltrue([for name in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : aws_s3_bucket_public_access_block.letters[name]])
    error_message = "Nothing is public."
  }
  assert {
    condition     = aws_s3_bucket_ownership_controls.letters.rule[0].object_ownership == "BucketOwnerEnforced" && aws_s3_bucket_versioning.letters.versioning_configuration[0].status == "Enabled" && !aws_s3_bucket.letters.force_destroy
    error_message = "Owned by the account, versioned, and not deleted with its letters."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.letters.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Encrypted with S3's own key."
  }
  assert {
    condition = jsonencode(jsondecode(aws_s3_bucket_policy.letters.policy).Statement) == jsonencode([{
      Action    = "s3:*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
      Effect    = "Deny"
      Principal = "*"
      Resource  = ["arn:aws:s3:::shop-letters-123456789012-eu-west-1/*", "arn:aws:s3:::shop-letters-123456789012-eu-west-1"]
      Sid       = "DenyWithoutTls"
    }])
    error_message = "TLS only."
  }
  assert {
    condition = jsonencode([for rule in aws_s3_bucket_lifecycle_configuration.letters.rule : [
      rule.status, rule.filter[0].prefix, [for t in rule.transition : [t.days, t.storage_class]], length(rule.expiration), rule.noncurrent_version_expiration[0].noncurrent_days, rule.abort_incomplete_multipart_upload[0].days_after_initiation
    ]]) == jsonencode([["Enabled", "letters/", [[90, "GLACIER_IR"]], 0, 30, 1]])
    error_message = "Letters move to Instant Retrieval, from which one can still be read by byte range, and never expire."
  }
}

run "the_archive_expires_and_uses_a_key_where_told_to" {
  command = plan
  module {
    source = "./modules/archive"
  }
  variables {
    bucket                    = "shop-letters-123456789012-eu-west-1"
    glacier_after_days        = null
    expire_after_days         = 400
    noncurrent_retention_days = 7
    force_destroy             = true
    kms_key_arn               = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.letters.rule[0].expiration[0].days == 400 && length(aws_s3_bucket_lifecycle_configuration.letters.rule[0].transition) == 0 && aws_s3_bucket.letters.force_destroy
    error_message = "Expiry without Glacier."
  }
  assert {
    condition = alltrue([for rule in aws_s3_bucket_server_side_encryption_configuration.letters.rule :
      rule.bucket_key_enabled && one(rule.apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(rule.apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    ])
    error_message = "Encrypted with the key, with one KMS call for many objects."
  }
}

run "a_topic_with_every_kind_of_subscription" {
  command = plan
  module {
    source = "./modules/alerts"
  }
  variables {
    topic_arn = null
    emails    = ["oncall@example.com"]
    sqs       = { inbox = "arn:aws:sqs:eu-west-1:123456789012:inbox" }
    webhooks  = { chat = "https://hooks.example.com/x" }
  }

  assert {
    condition = [for s in [aws_sns_topic_subscription.email["oncall@example.com"], aws_sns_topic_subscription.sqs["inbox"], aws_sns_topic_subscription.webhook["chat"]] : "${s.protocol} ${s.endpoint}"] == [
      "email oncall@example.com", "sqs arn:aws:sqs:eu-west-1:123456789012:inbox", "https https://hooks.example.com/x",
    ]
    error_message = "Three subscriptions."
  }
  assert {
    condition = jsonencode(jsondecode(aws_sns_topic_policy.alerts[0].policy).Statement) == jsonencode([
      {
        Action = "sns:Publish"
        Condition = {
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-*" }
          StringEquals = { "aws:SourceAccount" = "123456789012" }
        }
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Resource  = "arn:aws:sns:eu-west-1:123456789012:shop-alerts"
        Sid       = "AlarmsPublish"
      },
      {
        Action    = "sns:Publish"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
        Effect    = "Deny"
        Principal = "*"
        Resource  = "arn:aws:sns:eu-west-1:123456789012:shop-alerts"
        Sid       = "DenyWithoutTls"
      },
    ])
    error_message = "This stack's alarms publish, and nobody does without TLS: ${aws_sns_topic_policy.alerts[0].policy}"
  }
}

run "a_given_topic_is_left_alone" {
  command = plan
  module {
    source = "./modules/alerts"
  }
  variables {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:ours"
    emails    = []
    sqs       = {}
    webhooks  = {}
  }

  assert {
    condition     = length(aws_sns_topic.alerts) == 0 && length(aws_sns_topic_policy.alerts) == 0 && output.topic_arn == "arn:aws:sns:eu-west-1:123456789012:ours"
    error_message = "Neither made nor given a policy."
  }
}
