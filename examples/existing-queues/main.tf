# The healer, attached to seven DLQs that another team has had for long. It creates none of their queues and changes none.

# The other team's stack. It is a module here so that the example applies as it stands; in life it is a root of its own,
# and what is read from it below comes as ARNs: from variables, SSM parameters or `terraform_remote_state`.
module "theirs" {
  source = "./their-stack"

  prefix = var.their_prefix
  outage = var.their_outage
}

locals {
  # What their DLQs are set to. Six times functions.timeout_seconds at least, or `terraform plan` refuses it.
  dlq_visibility_timeout_seconds = 180

  # Back-off of what is healed. The defaults start at 1–5 minutes and end at 15–60.
  short_back_off = { base_delay_seconds = 2, max_delay_seconds = 20 }

  # Where nothing was delivered, nothing was processed: the letter is whole and may be given back.
  not_delivered = ["sns-subscription", "eventbridge-rule", "eventbridge-scheduler"]
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = var.mode

  queues = {
    # 1. Moved by SQS, which says nothing of why: so the consumer's log is asked.
    orders = {
      existing = {
        dlq_arn                        = module.theirs.dlq_arns["orders"]
        source_arn                     = module.theirs.source_arns["orders"]
        dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds
      }
      consumer = { function_name = module.theirs.function_names["orders"], timeout_seconds = 2, log_lookup = true }
    }

    # 2. The same on FIFO queues.
    ledger = {
      existing = {
        dlq_arn                        = module.theirs.dlq_arns["ledger"]
        source_arn                     = module.theirs.source_arns["ledger"]
        dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds
      }
      consumer = { function_name = module.theirs.function_names["ledger"], timeout_seconds = 2, log_lookup = true }
    }

    # 3. The dead-letter queue of an asynchronous function. Its letters do not say of which function they are: one alone.
    invoices = {
      existing = { dlq_arn = module.theirs.dlq_arns["invoices"], dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds }
      targets  = [module.theirs.function_arns["invoices"]]
    }

    # 4. An on-failure destination that two functions share. Of `returns`, which is not listed, every letter waits.
    failures = {
      existing = { dlq_arn = module.theirs.dlq_arns["failures"], dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds }
      targets  = [module.theirs.function_arns["refunds"]]
    }

    # 5. The redrive policy of SNS subscriptions. The topic `audit`, which is not listed, has its letters wait.
    news = {
      existing = { dlq_arn = module.theirs.dlq_arns["news"], dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds }
      targets  = [module.theirs.topic_arns["news"], module.theirs.function_arns["mailer"]]
    }

    # 6. Targets of EventBridge rules. `orders-returned` passes a part of its events on, so that it must not be listed.
    events = {
      existing = { dlq_arn = module.theirs.dlq_arns["events"], dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds }
      targets  = [module.theirs.rule_arns["orders-placed"], module.theirs.function_arns["loyalty"]]
    }

    # 7. A schedule of the EventBridge Scheduler.
    nightly = {
      existing = { dlq_arn = module.theirs.dlq_arns["nightly"], dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds }
      targets  = [module.theirs.function_arns["nightly"]]
    }
  }

  # A permission that is missing would wait for a person (AUTH_FAILURE), and SNS says nothing at all (UNKNOWN). Their team
  # mends its permissions itself, and until then a heal that is refused costs nobody anything.
  rules = [for source in local.not_delivered : {
    id    = "not-delivered-by-${source}"
    when  = { source = source }
    class = "NOT_DELIVERED"
  }]

  policy = {
    # Dead letters of one message group keep their order among themselves. Their ledger can bear that those that lived on
    # came before them: ask, before you say so of yours.
    heal_fifo = true
    classes = {
      NOT_DELIVERED      = merge(local.short_back_off, { verdict = "heal", attempts = 3 })
      TIMEOUT            = local.short_back_off
      DEPENDENCY_FAILURE = local.short_back_off
      THROTTLED          = local.short_back_off
    }
  }

  functions = { timeout_seconds = local.dlq_visibility_timeout_seconds / 6 }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}
