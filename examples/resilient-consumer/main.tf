# orders → consumer (the kit, a circuit breaker, levels) → payments (required), recommendations (optional); DLQ → healer.
# Waits are short so that everything is seen within minutes; the comments say what to use instead.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }
  # Spelt out, so that a plan shows every policy in full.
  table_arns = { for key, name in {
    orders      = aws_dynamodb_table.orders.name
    services    = aws_dynamodb_table.services.name
    worker_once = aws_dynamodb_table.worker_once.name
  } : key => "arn:${local.aws.partition}:dynamodb:${local.aws.region}:${local.aws.account_id}:table/${name}" }

  queue = "orders"
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = "heal"

  queues = {
    (local.queue) = {
      create = {
        # Every receive counts: one that met the open breaker, and one that was put off for the level, too. So the count
        # is the time that this consumer waits by itself, here 20 × (4 to 6 s); with a breaker that stays open for 30 s,
        # about ten minutes. What lasts longer is the healer's: its letters wait without using up anything.
        max_receive_count = 20
      }
      consumer = {
        function_name       = module.consumer.name
        role_name           = module.consumer.role_name
        timeout_seconds     = local.consumer_timeout_seconds
        maximum_concurrency = 2 # each execution environment has a breaker of its own, and learns alone
      }
    }
  }

  policy = {
    classes = {
      # The defaults start at 5 minutes and end at 60.
      DEPENDENCY_FAILURE = { base_delay_seconds = 2, max_delay_seconds = 4 }
    }
    poison = { threshold = 3 } # the default is 5
    degradation = {
      # So few that a backlog of a few orders shows; the default begins at 10,000.
      depth = [15, 1000, 2000, 5000]
      # Most orders of a demonstration fail on purpose. The default begins at 5 %.
      error_rate = [0.6, 0.7, 0.8, 0.9]
    }
  }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}
