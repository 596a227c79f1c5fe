# frontier queue → starter → state machine (fetch → parse → store in S3); executions that fail → EventBridge rule → queue →
# healer → a new execution. The waits are short so that the whole round is seen within minutes; the comments say what to
# use instead.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }

  # Made of names, so that a plan shows policies whole. They still wait for what they name.
  state_machine_arn = "arn:${local.aws.partition}:states:${local.aws.region}:${local.aws.account_id}:stateMachine:${aws_sfn_state_machine.crawl.name}"
  failed_arn        = "arn:${local.aws.partition}:sqs:${local.aws.region}:${local.aws.account_id}:${aws_sqs_queue.failed.name}"
  failed_rule_arn   = "arn:${local.aws.partition}:events:${local.aws.region}:${local.aws.account_id}:rule/${aws_cloudwatch_event_rule.failed.name}"
  pages_arn         = "arn:${local.aws.partition}:s3:::${aws_s3_bucket.pages.bucket}"

  # Back-off of every class that is healed. The defaults start at 1–5 minutes and end at 15–60.
  short_back_off = { base_delay_seconds = 2, max_delay_seconds = 10 }
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = "heal"

  queues = {
    # What is to be crawled. A message that the starter cannot start anything for dies here.
    frontier = {
      create = { max_receive_count = 3 } # the default, 5, rides out throttling
      consumer = {
        function_name       = module.starter.name
        role_name           = module.starter.role_name
        timeout_seconds     = local.starter_timeout_seconds
        maximum_concurrency = 4 # so many batches at once: the state machine's quotas are what it is kept below
      }
    }

    # What was started and failed. The letters are EventBridge's events; they go back to the state machine.
    crawls = {
      existing = {
        dlq_arn                        = local.failed_arn
        dlq_visibility_timeout_seconds = local.failed_visibility_timeout_seconds
      }
      targets = [local.state_machine_arn]
    }
  }

  policy = {
    classes = {
      TIMEOUT            = local.short_back_off
      DEPENDENCY_FAILURE = local.short_back_off
      THROTTLED          = local.short_back_off
    }
  }

  alerts = { sqs = { inbox = module.alert_inbox.arn } }

  # The defaults, and the escalation levels of the runbook: so many letters that wait for a person are level 1 and level 2;
  # executions that fail without a pause for so long are level 3, an extended outage.
  observability = { letters_waiting = 50, letters_waiting_severe = 200, outage_minutes = 30 }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}

module "alert_inbox" {
  source = "../shared/alert-inbox"

  name      = var.name
  topic_arn = module.dlq_healer.alert_topic_arn
}
