locals {
  # Shorter than the payment service may take: a slow payment is a timeout here, as in life.
  consumer_timeout_seconds = 6

  orders_table_arn = "arn:${local.aws.partition}:dynamodb:${local.aws.region}:${local.aws.account_id}:table/${aws_dynamodb_table.orders.name}"
}

module "consumer" {
  source = "../../modules/function"

  name            = "${var.name}-consumer"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-complete-consumer.zip"
  timeout_seconds = local.consumer_timeout_seconds

  environment = merge(module.dlq_healer.consumer_environment, {
    PAYMENTS_FUNCTION = module.payments.name
    ORDERS_TABLE      = aws_dynamodb_table.orders.name
  })
}

data "aws_iam_policy_document" "consumer" {
  statement {
    sid       = "AskForPayment"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.payments.arn]
  }

  statement {
    sid       = "BookOrders"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.orders_table_arn]
  }
}

# What the queues, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "consumer" {
  name   = "orders"
  role   = module.consumer.role_name
  policy = data.aws_iam_policy_document.consumer.json
}

# The simulated payment service: fails as the order tells it to.
module "payments" {
  source = "../../modules/function"

  name            = "${var.name}-payments"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-complete-payments.zip"
  timeout_seconds = 15
  environment     = { TOKEN = var.payment_token }
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
