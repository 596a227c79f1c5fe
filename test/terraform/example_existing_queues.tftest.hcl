# The example of another team's DLQs, observing and healing.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = module.dlq_healer.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}
override_data {
  target = module.theirs.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

run "observes_as_it_stands" {
  command = plan
  module {
    source = "./examples/existing-queues"
  }

  assert {
    condition     = module.dlq_healer.effective_configuration.mode == "observe"
    error_message = "Nothing is touched until someone says so."
  }
  assert {
    condition = toset(values(output.theirs.dlq_arns)) == toset(concat(
      [for key in ["orders", "invoices", "failures", "news", "events", "nightly"] : "arn:aws:sqs:eu-west-1:123456789012:theirs-${key}-dlq"],
      ["arn:aws:sqs:eu-west-1:123456789012:theirs-ledger-dlq.fifo"],
    ))
    error_message = "Seven DLQs, one of them FIFO."
  }
  assert {
    condition = jsonencode({ for key, queue in module.dlq_healer.queues : key => queue.source_arn }) == jsonencode(merge(
      { for key in ["invoices", "failures", "news", "events", "nightly"] : key => null },
      { orders = "arn:aws:sqs:eu-west-1:123456789012:theirs-orders", ledger = "arn:aws:sqs:eu-west-1:123456789012:theirs-ledger.fifo" },
    ))
    error_message = "Two of them have a queue before them."
  }
  assert {
    condition     = jsonencode({ for key, queue in module.dlq_healer.queues : key => queue.dlq_arn }) == jsonencode(output.theirs.dlq_arns)
    error_message = "Each of them is attached."
  }
}

run "heals_when_told_to" {
  command = plan
  module {
    source = "./examples/existing-queues"
  }
  variables {
    mode         = "heal"
    their_outage = false
  }

  assert {
    condition     = module.dlq_healer.effective_configuration.mode == "heal" && module.dlq_healer.effective_configuration.policy.heal_fifo
    error_message = "It heals, FIFO letters too."
  }
}

run "their_stack_lets_its_services_keep_what_they_cannot_deliver" {
  command = plan
  module {
    source = "./examples/existing-queues/their-stack"
  }
  variables {
    prefix = "theirs"
    outage = true
  }
  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = alltrue([for key, queue in aws_sqs_queue.dlq : queue.message_retention_seconds == 1209600 && queue.visibility_timeout_seconds == 180])
    error_message = "What the healer's team asked for: 14 days, and six times its timeout."
  }
  assert {
    condition = jsonencode({ for key, document in data.aws_iam_policy_document.dlq : key => [for s in jsondecode(document.json).Statement : [s.Principal.Service, sort(s.Condition.ArnEquals["aws:SourceArn"])]] }) == jsonencode({
      events = [["events.amazonaws.com", ["arn:aws:events:eu-west-1:123456789012:rule/theirs-orders-placed", "arn:aws:events:eu-west-1:123456789012:rule/theirs-orders-returned"]]]
      news   = [["sns.amazonaws.com", ["arn:aws:sns:eu-west-1:123456789012:theirs-audit", "arn:aws:sns:eu-west-1:123456789012:theirs-news"]]]
    })
    error_message = "SNS and EventBridge may send to the DLQ of theirs, in the name of their topics and rules."
  }
  assert {
    condition     = length(aws_lambda_permission.sns) == 0 && length(aws_lambda_permission.events) == 0 && jsonencode([for s in jsondecode(aws_iam_role_policy.scheduler.policy).Statement : s.Sid]) == jsonencode(["KeepWhatCannotBeDelivered"])
    error_message = "On the bad day nobody may invoke their functions."
  }
}

run "the_bad_day_ends" {
  command = plan
  module {
    source = "./examples/existing-queues/their-stack"
  }
  variables {
    prefix = "theirs"
    outage = false
  }
  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = toset(keys(aws_lambda_permission.sns)) == toset(["news", "audit"]) && toset(keys(aws_lambda_permission.events)) == toset(["orders-placed", "orders-returned"]) && length(jsondecode(aws_iam_role_policy.scheduler.policy).Statement) == 2
    error_message = "The permissions are back."
  }
}
