# HTTP API → ingest → orders → consumer (which calls a payment service) → one retry tier → DLQ → healer.
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

  # Back-off of every class that is healed. The defaults start at 1–5 minutes and end at 15–60.
  short_back_off = { base_delay_seconds = 2, max_delay_seconds = 20 }
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = "heal"

  queues = {
    orders = {
      create = {
        max_receive_count = 2                                              # the default, 5, rides out throttling
        retry_tiers       = [{ delay_seconds = 5, max_receive_count = 2 }] # a minute or more in earnest
      }
      consumer = {
        function_name   = module.consumer.name
        role_name       = module.consumer.role_name
        timeout_seconds = local.consumer_timeout_seconds
      }
    }
  }

  policy = {
    classes = {
      TIMEOUT            = local.short_back_off
      DEPENDENCY_FAILURE = local.short_back_off
      RESOURCE_EXHAUSTED = local.short_back_off
      THROTTLED          = { base_delay_seconds = 4, max_delay_seconds = 30 }
    }
    poison = { threshold = 5 }
  }

  ingest = {
    queue = "orders"
    path  = "/orders"
    # So that curl alone can send an order. The default, AWS_IAM, lets nobody in who does not sign the request.
    authorization = "NONE"
    schema_json   = file("${path.module}/order.schema.json")
  }

  alerts = { sqs = { inbox = module.alert_inbox.arn } }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}
