# One root for all environments: a queue of orders with its consumer, one retry tier and a healer.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  name = "checkout-${var.environment}"
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }
  consumer_timeout_seconds = 10

  back_off = { max_delay_seconds = var.retry.max_delay, base_delay_seconds = min(var.retry.max_delay, 60) }
}

module "dlq_healer" {
  source = "../.." # in earnest a tag, the same in all environments: "git::https://…/terraform-aws-dlq-healer.git?ref=v0.1.0"

  name = local.name
  mode = var.mode

  queues = {
    orders = {
      create = {
        max_receive_count = var.retry.max_receive_count
        retry_tiers       = [{ delay_seconds = var.retry.tier_delay, max_receive_count = 2 }]
      }
      consumer = {
        function_name   = module.consumer.name
        role_name       = module.consumer.role_name
        timeout_seconds = local.consumer_timeout_seconds
      }
    }
  }

  policy        = { classes = { for class in ["TIMEOUT", "DEPENDENCY_FAILURE", "THROTTLED"] : class => local.back_off } }
  alerts        = { emails = var.alert_emails }
  functions     = { log_retention_days = var.log_retention_days }
  storage       = { force_destroy = var.disposable, deletion_protection = !var.disposable }
  observability = { letters_waiting = var.letters_waiting.first, letters_waiting_severe = var.letters_waiting.second }
}

module "consumer" {
  source = "../../modules/function"

  name               = "${local.name}-consumer"
  aws                = local.aws
  zip                = "${path.module}/../../dist/example-environments-consumer.zip"
  timeout_seconds    = local.consumer_timeout_seconds
  log_retention_days = var.log_retention_days
  environment        = merge(module.dlq_healer.consumer_environment, { ORDERS_TABLE = aws_dynamodb_table.orders.name })
}

data "aws_iam_policy_document" "consumer" {
  statement {
    sid       = "BookOrders"
    actions   = ["dynamodb:UpdateItem"]
    resources = ["arn:${local.aws.partition}:dynamodb:${local.aws.region}:${local.aws.account_id}:table/${aws_dynamodb_table.orders.name}"]
  }
}

# What the queues, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "consumer" {
  name   = "orders"
  role   = module.consumer.role_name
  policy = data.aws_iam_policy_document.consumer.json
}

resource "aws_dynamodb_table" "orders" {
  name                        = "${local.name}-orders"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "orderId"
  deletion_protection_enabled = !var.disposable

  attribute {
    name = "orderId"
    type = "S"
  }
}
