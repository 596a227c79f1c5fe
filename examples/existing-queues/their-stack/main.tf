# A team that knows nothing of the healer. Its functions are one program, which does as if it did what they are named for.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }

  # Spelled out, so that who attaches to this stack knows them at plan.
  arn = { for service in ["sqs", "sns", "lambda", "events", "scheduler"] :
    service => "arn:${local.aws.partition}:${service}:${local.aws.region}:${local.aws.account_id}"
  }

  functions = ["orders", "ledger", "invoices", "refunds", "returns", "mailer", "loyalty", "nightly"]

  # `source`: the queue in front of it, where SQS moves letters there. `service`: who else sends to it.
  dlqs = {
    orders   = { source = true, service = null, fifo = false }
    ledger   = { source = true, service = null, fifo = true }
    invoices = { source = false, service = null, fifo = false }     # sent with the function's role
    failures = { source = false, service = null, fifo = false }     # likewise
    news     = { source = false, service = "sns", fifo = false }    # by the queue's policy
    events   = { source = false, service = "events", fifo = false } # likewise
    nightly  = { source = false, service = null, fifo = false }     # sent with the schedule's role
  }

  dlq_arns      = { for key, dlq in local.dlqs : key => "${local.arn.sqs}:${var.prefix}-${key}-dlq${dlq.fifo ? ".fifo" : ""}" }
  source_arns   = { for key, dlq in local.dlqs : key => "${local.arn.sqs}:${var.prefix}-${key}${dlq.fifo ? ".fifo" : ""}" if dlq.source }
  function_arns = { for key in local.functions : key => "${local.arn.lambda}:function:${var.prefix}-${key}" }
}

module "function" {
  source   = "../../../modules/function"
  for_each = toset(local.functions)

  name            = "${var.prefix}-${each.key}"
  aws             = local.aws
  zip             = "${path.module}/../../../dist/example-existing-queues-worker.zip"
  timeout_seconds = 2
  dead_letter_arn = each.key == "invoices" ? local.dlq_arns["invoices"] : null
  environment     = { PAYMENTS = var.outage ? "down" : "up" }
}
