# Orders of a shop's stores, some without `store_id`: source → two retry tiers, each with a longer delay → DLQ. Twice: once
# with the kit and partial batch responses, once as many begin, without either.
# The waits are short so that the whole round is seen within minutes; the comments say what to use instead.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }
  batch_size       = 5
  timeout_seconds  = 5
  orders_table_arn = "arn:${local.aws.partition}:dynamodb:${local.aws.region}:${local.aws.account_id}:table/${aws_dynamodb_table.orders.name}"

  # A batch that failed comes back after six times as long: nothing else brings it back earlier.
  naive_timeout_seconds = 2

  # Seven tries: three in the source, two in each tier.
  chain = {
    max_receive_count = 3 # 5 rides out throttling
    retry_tiers = [
      { delay_seconds = 4, max_receive_count = 2 },  # 60 in earnest
      { delay_seconds = 12, max_receive_count = 2 }, # 900, the most that SQS knows
    ]
  }
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = "heal"

  queues = {
    # The module makes the mappings of source and tiers, with partial batch responses.
    orders = {
      create = local.chain
      consumer = {
        function_name           = module.consumer.name
        role_name               = module.consumer.role_name
        timeout_seconds         = local.timeout_seconds
        batch_size              = local.batch_size
        batching_window_seconds = 1
      }
    }

    # No role_name: the mappings are below, for the module makes none without partial batch responses.
    whole-batch = {
      create   = local.chain
      consumer = { function_name = module.naive.name, timeout_seconds = local.naive_timeout_seconds, batch_size = local.batch_size }
    }
  }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}

resource "aws_dynamodb_table" "orders" {
  name         = "${var.name}-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "orderId" # <queue>#<order>

  attribute {
    name = "orderId"
    type = "S"
  }
}

data "aws_iam_policy_document" "book_orders" {
  statement {
    sid       = "BookOrders"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.orders_table_arn]
  }
}

module "consumer" {
  source = "../../modules/function"

  name            = "${var.name}-consumer"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-retry-tiers-consumer.zip"
  timeout_seconds = local.timeout_seconds
  environment     = merge(module.dlq_healer.consumer_environment, { ORDERS_TABLE = aws_dynamodb_table.orders.name })
}

# What the queues, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "consumer" {
  name   = "orders"
  role   = module.consumer.role_name
  policy = data.aws_iam_policy_document.book_orders.json
}
