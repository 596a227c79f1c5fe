locals {
  starter_timeout_seconds = 10
}

# Starts an execution for each message of the frontier, and waits for none.
module "starter" {
  source = "../../modules/function"

  name            = "${var.name}-starter"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-step-functions-starter.zip"
  timeout_seconds = local.starter_timeout_seconds

  environment = merge(module.dlq_healer.consumer_environment, {
    STATE_MACHINE_ARN = local.state_machine_arn
  })
}

data "aws_iam_policy_document" "starter" {
  statement {
    sid       = "StartCrawls"
    actions   = ["states:StartExecution"]
    resources = [local.state_machine_arn]
  }
}

# What the queue, the ledger and the idempotency table ask for is attached by the module.
resource "aws_iam_role_policy" "starter" {
  name   = "crawls"
  role   = module.starter.role_name
  policy = data.aws_iam_policy_document.starter.json
}
