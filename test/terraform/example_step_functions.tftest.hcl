# The crawler plans as it stands.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.dlq_healer.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

run "the_crawler" {
  command = plan
  module {
    source = "./examples/step-functions"
  }

  assert {
    condition     = toset(values(output.function_names)) == toset([for key in ["heal", "govern", "starter", "fetch", "parse"] : "crawler-${key}"])
    error_message = "Five functions."
  }
  assert {
    condition     = module.dlq_healer.effective_configuration.mode == "heal" && module.dlq_healer.effective_configuration.queues["frontier"].consumer.maximum_concurrency == 4
    error_message = "It heals, and the starter is bounded."
  }
  assert {
    condition     = module.dlq_healer.queues["crawls"].dlq_arn == "arn:aws:sqs:eu-west-1:123456789012:crawler-failed" && module.dlq_healer.queues["crawls"].source_arn == null
    error_message = "The DLQ of the crawls is attached, and has no source."
  }
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.failed.event_pattern) == {
      source        = ["aws.states"]
      "detail-type" = ["Step Functions Execution Status Change"]
      detail        = { stateMachineArn = ["arn:aws:states:eu-west-1:123456789012:stateMachine:crawler"], status = ["FAILED", "TIMED_OUT", "ABORTED"] }
    }
    error_message = "The rule takes every bad end of this state machine's executions, and no others."
  }
  assert {
    condition     = aws_cloudwatch_event_target.failed.input == null && aws_cloudwatch_event_target.failed.input_path == null && length(aws_cloudwatch_event_target.failed.input_transformer) == 0
    error_message = "The event is passed on as it is."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_sqs_queue_policy.failed.policy).Statement : [s.Action, s.Resource, s.Principal.Service, s.Condition.ArnEquals["aws:SourceArn"]]]) == jsonencode([["sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:crawler-failed", "events.amazonaws.com", "arn:aws:events:eu-west-1:123456789012:rule/crawler-failed"]])
    error_message = "EventBridge may send to the queue for this rule alone."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.workflow.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:123456789012:function:crawler-parse", "arn:aws:lambda:eu-west-1:123456789012:function:crawler-fetch"]], ["s3:PutObject", "arn:aws:s3:::crawler-pages-123456789012-eu-west-1/pages/*"]])
    error_message = "The workflow invokes its two functions and stores pages, and no more."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.starter.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["states:StartExecution", "arn:aws:states:eu-west-1:123456789012:stateMachine:crawler"]])
    error_message = "The starter starts executions of the one state machine."
  }
  assert {
    condition     = alltrue([for policy in [output.operator_policies.read, output.operator_policies.operate] : length(policy) <= 6144]) && [for s in jsondecode(output.operator_policies.operate).Statement : s.Resource if s.Sid == "StartExecutions"] == ["arn:aws:states:eu-west-1:123456789012:stateMachine:crawler"]
    error_message = "Who operates may start executions; both policies fit a managed policy."
  }
  assert {
    condition     = alltrue([for name in ["crawler-crawls-letters-waiting", "crawler-crawls-letters-waiting-severe", "crawler-crawls-outage", "crawler-crawls-emergency"] : contains(output.alarm_names, name)])
    error_message = "An alarm for each escalation level of the crawls."
  }
}

run "no_other_parser" {
  command = plan
  module {
    source = "./examples/step-functions"
  }
  variables {
    parser = 3
  }
  expect_failures = [var.parser]
}
