# The consumer that many begin with: no kit, no partial batch responses. Its batches are processed or come back as a whole.

module "naive" {
  source = "../../modules/function"

  name            = "${var.name}-naive"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-retry-tiers-naive.zip"
  timeout_seconds = local.naive_timeout_seconds
  environment     = { ORDERS_TABLE = aws_dynamodb_table.orders.name }
}

resource "aws_iam_role_policy" "naive_orders" {
  name   = "orders"
  role   = module.naive.role_name
  policy = data.aws_iam_policy_document.book_orders.json
}

data "aws_iam_policy_document" "naive_queues" {
  statement {
    sid       = "PollByMappings"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = local.whole_batch_arns
  }
}

resource "aws_iam_role_policy" "naive_queues" {
  name   = "queues"
  role   = module.naive.role_name
  policy = data.aws_iam_policy_document.naive_queues.json
}

locals {
  whole_batch_arns = concat(
    [module.dlq_healer.queues["whole-batch"].source_arn],
    module.dlq_healer.queues["whole-batch"].retry_tier_arns,
  )
}

resource "aws_lambda_event_source_mapping" "naive" {
  count = 1 + length(local.chain.retry_tiers)

  event_source_arn = local.whole_batch_arns[count.index]
  function_name    = module.naive.name
  batch_size       = local.batch_size
  # function_response_types is left out: that is the point.

  depends_on = [aws_iam_role_policy.naive_queues]
}
