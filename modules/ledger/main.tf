# The ledger (letters, groups, failure records, control, documents) and the idempotency table, which stands apart
# because Powertools owns its rows and because it is keyed by hash alone, so that no partition is hot.

locals {
  arn_prefix = "arn:${var.aws.partition}:dynamodb:${var.aws.region}:${var.aws.account_id}:table"

  # index → hash and range key. Letters of a queue by status and time, letters of a group, what is due.
  indexes = {
    by-status = { hash = "statusKey", range = "at" }
    by-group  = { hash = "groupKey", range = "at" }
    by-due    = { hash = "dueKey", range = "dueAt" }
  }
}

resource "aws_dynamodb_table" "ledger" {
  name                        = "${var.name}-ledger"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  dynamic "attribute" {
    for_each = toset(concat(["pk", "sk"], flatten([for index in local.indexes : [index.hash, index.range]])))
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash
      range_key       = global_secondary_index.value.range
      projection_type = "ALL"
    }
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  # Without a key of yours DynamoDB encrypts with its own; `enabled = false` does not mean unencrypted.
  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }
}

resource "aws_dynamodb_table" "idempotency" {
  name                        = "${var.name}-idempotency"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }
}

# A consumer knows the ARN that its messages come from; rows of the ledger go by the queue's key.
resource "aws_dynamodb_table_item" "queue_keys" {
  table_name = aws_dynamodb_table.ledger.name
  hash_key   = aws_dynamodb_table.ledger.hash_key
  range_key  = aws_dynamodb_table.ledger.range_key
  item = jsonencode({
    pk   = { S = "control" }
    sk   = { S = "queues" }
    keys = { M = { for arn, key in var.queue_keys : arn => { S = key } } }
  })
}

resource "aws_dynamodb_table_item" "document" {
  for_each = var.documents

  table_name = aws_dynamodb_table.ledger.name
  hash_key   = aws_dynamodb_table.ledger.hash_key
  range_key  = aws_dynamodb_table.ledger.range_key
  item = jsonencode({
    pk       = { S = "document" }
    sk       = { S = each.key }
    document = { S = each.value }
    hash     = { S = sha256(each.value) }
  })

  lifecycle {
    precondition {
      condition     = length(each.value) < 390000
      error_message = "The ${each.key} document must fit a DynamoDB item (400 KB); got ${length(each.value)} characters. Fewer or shorter rules, or a smaller schema."
    }
  }
}
