# What the Python worker needs, wherever it runs: a role, a table to process each heal key once, and its environment.

locals {
  worker_environment = {
    QUEUE_URL                = module.dlq_healer.queues[local.queue].source_url
    DLQ_URL                  = module.dlq_healer.queues[local.queue].dlq_url
    LEDGER_TABLE             = module.dlq_healer.ledger_table
    QUEUE_KEY                = local.queue
    ONCE_TABLE               = aws_dynamodb_table.worker_once.name
    ORDERS_TABLE             = aws_dynamodb_table.orders.name
    PAYMENTS_FUNCTION        = module.service["payments"].name
    RECOMMENDATIONS_FUNCTION = module.service["recommendations"].name
  }
}

resource "aws_dynamodb_table" "worker_once" {
  name         = "${var.name}-worker-once"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "healKey"

  attribute {
    name = "healKey"
    type = "S"
  }

  # Longer than the DLQ keeps a message: the worker writes 15 days.
  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }
}

data "aws_iam_policy_document" "worker_trust" {
  statement {
    sid     = "RunAsContainer"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "${var.name}-worker"
  assume_role_policy = data.aws_iam_policy_document.worker_trust.json
}

data "aws_iam_policy_document" "worker" {
  statement {
    sid       = "WorkOnMessages"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
    resources = [module.dlq_healer.queues[local.queue].source_arn]
  }

  statement {
    sid       = "GiveUpWithEvidence"
    actions   = ["sqs:SendMessage"]
    resources = [module.dlq_healer.queues[local.queue].dlq_arn]
  }

  statement {
    sid       = "WorkOnEachHealKeyOnce"
    actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    resources = [local.table_arns["worker_once"]]
  }

  statement {
    sid       = "ReadLevel"
    actions   = ["dynamodb:GetItem"]
    resources = [module.dlq_healer.ledger_table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["control"]
    }
  }

  statement {
    sid       = "AskServices"
    actions   = ["lambda:InvokeFunction"]
    resources = [for service in module.service : service.arn]
  }

  statement {
    sid       = "BookOrders"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.table_arns["orders"]]
  }
}

resource "aws_iam_role_policy" "worker" {
  name   = "orders"
  role   = aws_iam_role.worker.name
  policy = data.aws_iam_policy_document.worker.json
}
