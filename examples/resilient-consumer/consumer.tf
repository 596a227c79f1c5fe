locals {
  consumer_timeout_seconds = 12
}

module "consumer" {
  source = "../../modules/function"

  name            = "${var.name}-consumer"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-resilient-consumer-consumer.zip"
  timeout_seconds = local.consumer_timeout_seconds

  environment = merge(module.dlq_healer.consumer_environment, {
    PAYMENTS_FUNCTION        = module.service["payments"].name
    RECOMMENDATIONS_FUNCTION = module.service["recommendations"].name
    ORDERS_TABLE             = aws_dynamodb_table.orders.name
    BREAKER_FAILURES         = var.breaker_failures
  })
}

data "aws_iam_policy_document" "consumer" {
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

# What the queue, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "consumer" {
  name   = "orders"
  role   = module.consumer.role_name
  policy = data.aws_iam_policy_document.consumer.json
}

resource "aws_dynamodb_table" "orders" {
  name         = "${var.name}-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "orderId"

  attribute {
    name = "orderId"
    type = "S"
  }
}
