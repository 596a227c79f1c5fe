# What a queue's consumer needs: its policy always, and, for a consumer whose role we are given, the attachment and the
# event source mappings.

locals {
  worked_arns = merge(var.source_arn == null ? {} : { source = var.source_arn }, var.tier_arns)
  attach      = try(var.consumer.role_name, null) == null ? 0 : 1
}

data "aws_iam_policy_document" "consumer" {
  dynamic "statement" {
    for_each = length(local.worked_arns) == 0 ? [] : [values(local.worked_arns)]
    content {
      sid       = "WorkOnMessages"
      actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
      resources = statement.value
    }
  }

  statement {
    sid       = "FollowRedriveChain" # the kit asks where a message would go when it dies, and where it was before; Lambda reads attributes too
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues"]
    resources = concat(values(local.worked_arns), [var.dlq_arn])
  }

  statement {
    sid       = "GiveUpWithEvidence"
    actions   = ["sqs:SendMessage"]
    resources = [var.dlq_arn]
  }

  statement {
    sid       = "WorkOnEachMessageOnce"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    resources = [var.idempotency_table_arn]
  }

  statement {
    sid       = "WriteFailureRecords"
    actions   = ["dynamodb:PutItem"]
    resources = [var.ledger_table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["message#*"] # one partition per message; no letter, no document, no control row
    }
  }

  statement {
    sid       = "ReadLevel"
    actions   = ["dynamodb:GetItem"]
    resources = [var.ledger_table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["control"] # how each queue is treated; no letter, no document
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "consumer" {
  count = local.attach

  name   = var.name
  role   = var.consumer.role_name
  policy = data.aws_iam_policy_document.consumer.json
}

# Never a filter: a mapping deletes what its filter does not match.
resource "aws_lambda_event_source_mapping" "consumer" {
  for_each = { for key, arn in local.worked_arns : key => arn if local.attach == 1 }

  event_source_arn                   = each.value
  function_name                      = var.consumer.function_name
  batch_size                         = var.consumer.batch_size
  maximum_batching_window_in_seconds = var.consumer.batching_window_seconds
  # Without it one bad message brings its whole batch back, or Lambda deletes what failed.
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  dynamic "scaling_config" {
    for_each = var.consumer.maximum_concurrency == null ? [] : [var.consumer.maximum_concurrency]
    content {
      maximum_concurrency = scaling_config.value
    }
  }

  # Lambda tries the role's permissions when a mapping is made.
  depends_on = [aws_iam_role_policy.consumer]
}
