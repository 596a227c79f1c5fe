# The resilient consumer: a queue with many receives, a consumer with a breaker, a worker in Python with a role of its own.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  sqs    = "arn:aws:sqs:eu-west-1:123456789012"
  tables = "arn:aws:dynamodb:eu-west-1:123456789012:table"
}


run "it_plans_as_it_stands" {
  command = plan
  module {
    source = "./examples/resilient-consumer"
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_data {
    target = module.dlq_healer.data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = output.queue_arn == "${var.sqs}:resilient-orders" && output.dlq_arn == "${var.sqs}:resilient-orders-dlq" && module.dlq_healer.effective_configuration.queues["orders"].create.max_receive_count == 20 && length(module.dlq_healer.queues["orders"].retry_tier_arns) == 0
    error_message = "One queue whose receives are many, for each time that the breaker or the level sends a message away is one."
  }
  assert {
    condition = jsonencode({ for statement in jsondecode(aws_iam_role_policy.worker.policy).Statement : statement.Sid => [sort(flatten([statement.Action])), sort(flatten([statement.Resource])), try(statement.Condition, null)] }) == jsonencode({
      WorkOnMessages        = [["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["${var.sqs}:resilient-orders"], null]
      GiveUpWithEvidence    = [["sqs:SendMessage"], ["${var.sqs}:resilient-orders-dlq"], null]
      WorkOnEachHealKeyOnce = [["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ["${var.tables}/resilient-worker-once"], null]
      ReadLevel             = [["dynamodb:GetItem"], ["${var.tables}/resilient-ledger"], { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "control" } }]
      AskServices           = [["lambda:InvokeFunction"], [for name in ["payments", "recommendations"] : "arn:aws:lambda:eu-west-1:123456789012:function:resilient-${name}"], null]
      BookOrders            = [["dynamodb:UpdateItem"], ["${var.tables}/resilient-orders"], null]
    })
    error_message = "The worker may do what it does, and no more: ${aws_iam_role_policy.worker.policy}"
  }
  assert {
    condition     = aws_iam_role_policy.worker.role == "resilient-worker" && jsondecode(aws_iam_role.worker.assume_role_policy).Statement[0].Principal == { Service = "ecs-tasks.amazonaws.com" }
    error_message = "The worker runs as a container."
  }
  assert {
    condition     = output.worker_environment.QUEUE_KEY == "orders" && output.worker_environment.LEDGER_TABLE == "resilient-ledger" && output.worker_environment.ONCE_TABLE == "resilient-worker-once"
    error_message = "The worker is told where its level and its heal keys lie."
  }
  assert {
    condition     = one(aws_dynamodb_table.worker_once.ttl).attribute_name == "expiresAt" && one(aws_dynamodb_table.worker_once.ttl).enabled
    error_message = "Heal keys do not pile up."
  }
}

run "without_a_breaker_under_another_name" {
  command = plan
  module {
    source = "./examples/resilient-consumer"
  }
  variables {
    name             = "other"
    breaker_failures = 0
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_data {
    target = module.dlq_healer.data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = output.function_names == { heal = "other-heal", govern = "other-govern", consumer = "other-consumer", payments = "other-payments", recommendations = "other-recommendations" }
    error_message = "Everything is named after the stack."
  }
}
