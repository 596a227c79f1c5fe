# The consumer and the repair. Both speak to Redis, so both are where Redis is. The healer is not: it speaks to AWS's APIs
# alone, and inside a VPC each of them would cost an endpoint.

module "consumer" {
  source = "../../modules/function"

  name            = "${var.name}-consumer"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-telemetry-repair-consumer.zip"
  timeout_seconds = local.consumer_timeout_seconds
  vpc             = local.redis.vpc

  environment = merge(module.dlq_healer.consumer_environment, {
    REDIS_URL       = local.redis.url
    POSITIONS_TABLE = aws_dynamodb_table.positions.name
  })
}

data "aws_iam_policy_document" "consumer" {
  statement {
    sid       = "BookPositions"
    actions   = ["dynamodb:UpdateItem"]
    resources = [local.table_arns["positions"]]
  }
}

# What the queues, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "consumer" {
  name   = "positions"
  role   = module.consumer.role_name
  policy = data.aws_iam_policy_document.consumer.json
}

module "repair" {
  source = "../../modules/function"

  name            = "${var.name}-repair"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-telemetry-repair-repair.zip"
  timeout_seconds = 20 # what runs out of it is archived unmended; the healer itself gives up after 50 s
  vpc             = local.redis.vpc

  environment = {
    REDIS_URL     = local.redis.url
    DEVICES_TABLE = aws_dynamodb_table.devices.name
  }
}

data "aws_iam_policy_document" "repair" {
  statement {
    sid       = "LookUpDevices"
    actions   = ["dynamodb:GetItem"]
    resources = [local.table_arns["devices"]]
  }
}

resource "aws_iam_role_policy" "repair" {
  name   = "devices"
  role   = module.repair.role_name
  policy = data.aws_iam_policy_document.repair.json
}

locals {
  table_arns = { for key, table in { devices = aws_dynamodb_table.devices, positions = aws_dynamodb_table.positions } :
    key => "arn:${local.aws.partition}:dynamodb:${local.aws.region}:${local.aws.account_id}:table/${table.name}"
  }
}

# The registry of record: what is true of a device. Redis has a copy of what the consumer needs.
resource "aws_dynamodb_table" "devices" {
  name         = "${var.name}-devices"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "deviceId"

  attribute {
    name = "deviceId"
    type = "S"
  }
}

resource "aws_dynamodb_table" "positions" {
  name         = "${var.name}-positions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "recordId"

  attribute {
    name = "recordId"
    type = "S"
  }
}
