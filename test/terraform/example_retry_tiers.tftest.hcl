# Two chains with the same tiers; one with partial batch responses, one without.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "the_retry_tiers_example" {
  command = plan
  module {
    source = "./examples/retry-tiers"
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
    condition     = alltrue([for queue in module.dlq_healer.effective_configuration.queues : queue.create.max_receive_count == 3 && jsonencode([for tier in queue.create.retry_tiers : tier.max_receive_count]) == "[2,2]"])
    error_message = "Seven tries in both chains."
  }
  assert {
    condition     = module.dlq_healer.effective_configuration.queues["orders"].create.retry_tiers[1].delay_seconds > module.dlq_healer.effective_configuration.queues["orders"].create.retry_tiers[0].delay_seconds
    error_message = "The second tier waits longer."
  }
  assert {
    condition     = length(aws_lambda_event_source_mapping.naive) == 3 && alltrue([for mapping in aws_lambda_event_source_mapping.naive : mapping.batch_size == 5 && mapping.function_response_types == null])
    error_message = "The naive consumer's mappings have no partial batch responses."
  }
  assert {
    condition     = module.dlq_healer.effective_configuration.queues["orders"].consumer.batch_size == 5 && module.dlq_healer.effective_configuration.queues["whole-batch"].consumer.role_name == null
    error_message = "The same batches; the module maps one of them."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.consumer.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["dynamodb:UpdateItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-tiers-orders"]])
    error_message = "The consumer books orders, and no more."
  }
}
