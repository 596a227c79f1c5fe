# The consumer's policy, and its mappings where its role is given.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                  = "shop-orders"
  source_arn            = "arn:aws:sqs:eu-west-1:123456789012:orders"
  tier_arns             = { retry-1 = "arn:aws:sqs:eu-west-1:123456789012:orders-retry-1" }
  dlq_arn               = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"
  ledger_table_arn      = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"
  idempotency_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency"
  kms_key_arn           = null
  tags                  = {}
  consumer              = { function_name = "orders", role_name = "orders-role", batch_size = 10, batching_window_seconds = 0, maximum_concurrency = null }
}

run "the_consumer_may_do_this_and_no_more" {
  command = plan
  module {
    source = "./modules/consumer"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(output.policy_json).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Resource, try(statement.Condition, null)] }) == jsonencode({
      WorkOnMessages        = ["Allow", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], ["arn:aws:sqs:eu-west-1:123456789012:orders-retry-1", "arn:aws:sqs:eu-west-1:123456789012:orders"], null]
      FollowRedriveChain    = ["Allow", ["sqs:ListDeadLetterSourceQueues", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"], [for name in ["orders-retry-1", "orders-dlq", "orders"] : "arn:aws:sqs:eu-west-1:123456789012:${name}"], null]
      GiveUpWithEvidence    = ["Allow", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders-dlq", null]
      WorkOnEachMessageOnce = ["Allow", ["dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem"], "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency", null]
      WriteFailureRecords   = ["Allow", "dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger", { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = "message#*" } }]
      ReadLevel             = ["Allow", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger", { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "control" } }]
    })
    error_message = "The consumer's policy: ${output.policy_json}"
  }
}

run "with_a_role_policy_and_mappings_are_made" {
  command = plan
  module {
    source = "./modules/consumer"
  }
  variables {
    consumer = merge(var.consumer, { batch_size = 50, batching_window_seconds = 2, maximum_concurrency = 4 })
  }

  assert {
    condition     = length(aws_iam_role_policy.consumer) == 1 && aws_iam_role_policy.consumer[0].role == "orders-role" && jsonencode(jsondecode(aws_iam_role_policy.consumer[0].policy)) == jsonencode(jsondecode(output.policy_json))
    error_message = "The policy is attached to the consumer's role."
  }
  assert {
    condition     = { for key, mapping in aws_lambda_event_source_mapping.consumer : key => mapping.event_source_arn } == { source = var.source_arn, retry-1 = var.tier_arns["retry-1"] }
    error_message = "The consumer works on the source and on every tier, and never on the DLQ."
  }
  assert {
    condition = alltrue([for mapping in aws_lambda_event_source_mapping.consumer : (
      mapping.function_name == "orders" && mapping.batch_size == 50 && mapping.maximum_batching_window_in_seconds == 2
      && mapping.function_response_types == toset(["ReportBatchItemFailures"]) && mapping.scaling_config[0].maximum_concurrency == 4 && length(mapping.filter_criteria) == 0
    )])
    error_message = "Partial batch responses, the given sizes, and no filter: a filter deletes."
  }
}

run "without_a_role_there_is_only_the_policy" {
  command = plan
  module {
    source = "./modules/consumer"
  }
  variables {
    consumer = merge(var.consumer, { role_name = null })
  }

  assert {
    condition     = length(aws_iam_role_policy.consumer) == 0 && length(aws_lambda_event_source_mapping.consumer) == 0 && strcontains(output.policy_json, "WorkOnMessages")
    error_message = "Nothing is attached to a role that was not given."
  }
}

run "a_dlq_alone_has_nothing_to_work_on" {
  command = plan
  module {
    source = "./modules/consumer"
  }
  variables {
    source_arn  = null
    tier_arns   = {}
    consumer    = null
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition     = !strcontains(output.policy_json, "WorkOnMessages") && strcontains(output.policy_json, "GiveUpWithEvidence")
    error_message = "IAM refuses a statement without resources."
  }
  assert {
    condition     = jsonencode([for statement in jsondecode(output.policy_json).Statement : [statement.Action, statement.Resource] if statement.Sid == "UseKey"]) == jsonencode([[["kms:GenerateDataKey", "kms:Decrypt"], "arn:aws:kms:eu-west-1:123456789012:key/k"]])
    error_message = "The key that encrypts queues and tables."
  }
}
