# The example plans as it stands.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "the_complete_example" {
  command = plan
  module {
    source = "./examples/complete"
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
    condition     = output.orders_queue_arn == "arn:aws:sqs:eu-west-1:123456789012:shop-demo-orders" && output.dlq_arn == "arn:aws:sqs:eu-west-1:123456789012:shop-demo-orders-dlq" && length(output.retry_tier_arns) == 1
    error_message = "A source, one tier, a DLQ."
  }
  assert {
    condition     = module.dlq_healer.effective_configuration.mode == "heal" && module.dlq_healer.effective_configuration.policy.poison.threshold == 5
    error_message = "It heals."
  }
  assert {
    condition     = toset(values(output.function_names)) == toset([for key in ["heal", "govern", "ingest", "consumer", "payments"] : "shop-demo-${key}"])
    error_message = "Five functions."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.consumer.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:shop-demo-payments"], ["dynamodb:UpdateItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-demo-orders"]])
    error_message = "The consumer asks the payment service and books orders, and no more."
  }
}
