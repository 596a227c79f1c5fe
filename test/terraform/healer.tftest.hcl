# What each function may do, and when its mappings are on.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name = "shop"
  mode = "heal"
  queues = {
    orders   = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq", source_arn = "arn:aws:sqs:eu-west-1:123456789012:orders", tier_arns = ["arn:aws:sqs:eu-west-1:123456789012:orders-retry-1"], fifo = false }
    payments = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo", source_arn = null, tier_arns = [], fifo = true }
  }
  consumer_function_arns  = ["arn:aws:lambda:eu-west-1:123456789012:function:worker"]
  targets                 = { queues = [], functions = [], state_machines = [] }
  log_group_arns          = []
  repair_function_arns    = []
  heal                    = { function_name = "shop-heal", function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-heal", role_name = "shop-heal" }
  govern                  = { function_name = "shop-govern", function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-govern", role_name = "shop-govern" }
  batch_size              = 100
  batching_window_seconds = 5
  maximum_concurrency     = 7
  ledger_table_arn        = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"
  idempotency_table_arn   = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency"
  archive_bucket_arn      = "arn:aws:s3:::shop-letters"
  topic_arn               = "arn:aws:sns:eu-west-1:123456789012:shop-alerts"
  event_bus_arn           = null
  kms_key_arn             = null
  tags                    = {}
}

run "the_healer_may_do_this_and_no_more" {
  command = plan
  module {
    source = "./modules/healer"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(data.aws_iam_policy_document.heal.json).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Resource] }) == jsonencode({
      ReadDeadLetters    = ["Allow", ["sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:DeleteMessage"], ["arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo", "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"]]
      SendHealedLetters  = ["Allow", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders"]
      ReadAndWriteLedger = ["Allow", ["dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem"], "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"]
      HealEachDeathOnce  = ["Allow", ["dynamodb:PutItem", "dynamodb:DeleteItem"], "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency"]
      ArchiveLetters     = ["Allow", "s3:PutObject", "arn:aws:s3:::shop-letters/letters/*"]
      Alert              = ["Allow", "sns:Publish", "arn:aws:sns:eu-west-1:123456789012:shop-alerts"]
    })
    error_message = "The healer's policy: ${data.aws_iam_policy_document.heal.json}"
  }
  assert {
    condition     = aws_iam_role_policy.heal.role == "shop-heal" && jsonencode(jsondecode(aws_iam_role_policy.heal.policy)) == jsonencode(jsondecode(data.aws_iam_policy_document.heal.json))
    error_message = "It is attached to the healer's role."
  }
}

run "the_governor_may_do_this_and_no_more" {
  command = plan
  module {
    source = "./modules/healer"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(data.aws_iam_policy_document.govern.json).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Resource] }) == jsonencode({
      FindWhatIsDueOrWaits = ["Allow", "dynamodb:Query", [for index in ["by-status", "by-due"] : "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger/index/${index}"]]
      ReadAndWriteLedger   = ["Allow", ["dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem"], "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"]
      ReadArchivedLetters  = ["Allow", "s3:GetObject", "arn:aws:s3:::shop-letters/letters/*"]
      SendReleasedLetters  = ["Allow", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders"]
      MeasureQueues        = ["Allow", "sqs:GetQueueAttributes", ["arn:aws:sqs:eu-west-1:123456789012:orders-retry-1", "arn:aws:sqs:eu-west-1:123456789012:orders"]]
      ReadSignals          = ["Allow", "cloudwatch:GetMetricData", "*"]
      NoticeDeploys        = ["Allow", "lambda:GetFunctionConfiguration", "arn:aws:lambda:eu-west-1:123456789012:function:worker"]
      Alert                = ["Allow", "sns:Publish", "arn:aws:sns:eu-west-1:123456789012:shop-alerts"]
    })
    error_message = "The governor's policy: ${data.aws_iam_policy_document.govern.json}"
  }
  assert {
    condition     = aws_iam_role_policy.govern.role == "shop-govern" && jsonencode(jsondecode(aws_iam_role_policy.govern.policy)) == jsonencode(jsondecode(data.aws_iam_policy_document.govern.json))
    error_message = "It is attached to the governor's role."
  }
}

run "both_give_back_to_what_is_listed_and_to_nothing_else" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    targets = {
      queues         = ["arn:aws:sqs:eu-west-1:123456789012:refunds", "arn:aws:sqs:eu-west-1:123456789012:orders"]
      functions      = ["arn:aws:lambda:eu-west-1:123456789012:function:mailer", "arn:aws:lambda:eu-west-1:123456789012:function:mailer:live"]
      state_machines = ["arn:aws:states:eu-west-1:123456789012:stateMachine:nightly:live", "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"]
    }
  }

  assert {
    condition = alltrue([for json in [data.aws_iam_policy_document.heal.json, data.aws_iam_policy_document.govern.json] :
      jsonencode([for sid in ["GiveBackToFunctions", "StartExecutions"] : one([for statement in jsondecode(json).Statement : [statement.Action, statement.Resource] if statement.Sid == sid])]) == jsonencode([
        ["lambda:InvokeFunction", ["arn:aws:lambda:eu-west-1:123456789012:function:mailer:live", "arn:aws:lambda:eu-west-1:123456789012:function:mailer"]],
        ["states:StartExecution", "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"],
      ])
    ])
    error_message = "A function as it is invoked, a state machine without its alias: ${data.aws_iam_policy_document.heal.json} ${data.aws_iam_policy_document.govern.json}"
  }
  assert {
    condition = alltrue([for sid_and_json in [["SendHealedLetters", data.aws_iam_policy_document.heal.json], ["SendReleasedLetters", data.aws_iam_policy_document.govern.json]] :
      jsonencode([for statement in jsondecode(sid_and_json[1]).Statement : statement.Resource if statement.Sid == sid_and_json[0]]) == jsonencode([["arn:aws:sqs:eu-west-1:123456789012:refunds", "arn:aws:sqs:eu-west-1:123456789012:orders"]])
    ])
    error_message = "Sources and listed queues, each once: ${data.aws_iam_policy_document.heal.json} ${data.aws_iam_policy_document.govern.json}"
  }
}

run "the_healer_looks_into_the_log_groups_that_are_named_and_no_others" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    log_group_arns = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"]
  }

  assert {
    condition     = jsonencode([for statement in jsondecode(data.aws_iam_policy_document.heal.json).Statement : [statement.Action, statement.Resource] if statement.Sid == "LookIntoConsumersLogs"]) == jsonencode([["logs:FilterLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders:*"]])
    error_message = "It searches that group: ${data.aws_iam_policy_document.heal.json}"
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.govern.json, "logs:")
    error_message = "The governor looks at no letter in this mode."
  }
}

run "nobody_looks_into_logs_that_nobody_named" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    mode = "observe"
  }

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.heal.json, "logs:") && !strcontains(data.aws_iam_policy_document.govern.json, "logs:")
    error_message = "IAM refuses a statement without resources, and the look-up is off unless asked for."
  }
}

run "the_healer_calls_the_functions_that_repair_and_no_others" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    repair_function_arns = ["arn:aws:lambda:eu-west-1:123456789012:function:mend:live"]
  }

  assert {
    condition     = jsonencode([for statement in jsondecode(data.aws_iam_policy_document.heal.json).Statement : [statement.Action, statement.Resource] if statement.Sid == "RepairLetters"]) == jsonencode([["lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:mend:live"]])
    error_message = "It calls that one: ${data.aws_iam_policy_document.heal.json}"
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.govern.json, "function:mend")
    error_message = "The governor repairs nothing."
  }
}

run "both_use_the_key_that_encrypts" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition = alltrue([for json in [data.aws_iam_policy_document.heal.json, data.aws_iam_policy_document.govern.json] :
      jsonencode([for statement in jsondecode(json).Statement : [statement.Action, statement.Resource] if statement.Sid == "UseKey"]) == jsonencode([[["kms:GenerateDataKey", "kms:Decrypt"], "arn:aws:kms:eu-west-1:123456789012:key/k"]])
    ])
    error_message = "Reading needs Decrypt, sending GenerateDataKey too; of that key alone."
  }
}

run "both_tell_the_bus_that_is_named" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/shop"
  }

  assert {
    condition = alltrue([for json in [data.aws_iam_policy_document.heal.json, data.aws_iam_policy_document.govern.json] :
      jsonencode([for statement in jsondecode(json).Statement : [statement.Action, statement.Resource] if statement.Sid == "TellTheBus"]) == jsonencode([["events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/shop"]])
    ])
    error_message = "Of that bus alone."
  }
}

run "heal_consumes" {
  command = plan
  module {
    source = "./modules/healer"
  }

  assert {
    condition     = alltrue([for mapping in aws_lambda_event_source_mapping.heal : mapping.enabled])
    error_message = "Every DLQ is read."
  }
  assert {
    condition     = { for key, mapping in aws_lambda_event_source_mapping.heal : key => mapping.event_source_arn } == { for key, queue in var.queues : key => queue.dlq_arn }
    error_message = "One mapping for each DLQ."
  }
  assert {
    condition     = alltrue([for mapping in aws_lambda_event_source_mapping.heal : mapping.function_name == "shop-heal" && mapping.function_response_types == toset(["ReportBatchItemFailures"]) && mapping.scaling_config[0].maximum_concurrency == 7 && length(mapping.filter_criteria) == 0])
    error_message = "Partial batch responses, bounded concurrency, and no filter: a filter deletes."
  }
  assert {
    condition     = [for key in ["orders", "payments"] : [aws_lambda_event_source_mapping.heal[key].batch_size, aws_lambda_event_source_mapping.heal[key].maximum_batching_window_in_seconds]] == [[100, 5], [10, 0]]
    error_message = "FIFO takes at most 10 and no window."
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.govern.json, "ReceiveMessage")
    error_message = "The governor reads no letter."
  }
}

run "observe_peeks_and_consumes_nothing" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    mode = "observe"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.heal) == 2 && alltrue([for mapping in aws_lambda_event_source_mapping.heal : !mapping.enabled])
    error_message = "The mappings are there and off."
  }
  assert {
    condition     = jsonencode([for statement in jsondecode(data.aws_iam_policy_document.heal.json).Statement : [statement.Action, statement.Resource] if statement.Sid == "GiveBackWhatWasPeekedAt"]) == jsonencode([["sqs:ChangeMessageVisibility", ["arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo", "arn:aws:sqs:eu-west-1:123456789012:orders-dlq"]]])
    error_message = "The healer gives back what it peeked at."
  }
  assert {
    condition     = length(aws_cloudwatch_event_target.observe) == 1 && aws_cloudwatch_event_target.observe[0].arn == var.heal.function_arn && aws_lambda_permission.observe[0].function_name == "shop-heal" && aws_lambda_permission.observe[0].principal == "events.amazonaws.com"
    error_message = "The schedule invokes the healer, and may."
  }
  assert {
    condition     = jsonencode([for statement in jsondecode(data.aws_iam_policy_document.heal.json).Statement : [statement.Action, statement.Resource, statement.Condition] if statement.Sid == "RememberWhatWasSeen"]) == jsonencode([["dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger", { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = "observed#*" } }]])
    error_message = "It remembers what it has seen, so that each letter counts once."
  }
}

run "pause_consumes_nothing_and_peeks_at_nothing" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    mode = "pause"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.heal) == 2 && alltrue([for mapping in aws_lambda_event_source_mapping.heal : !mapping.enabled]) && !strcontains(data.aws_iam_policy_document.govern.json, "ReceiveMessage")
    error_message = "Every letter stays as it is."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.govern.schedule_expression == "rate(1 minute)" && aws_cloudwatch_event_rule.govern.name == "shop-govern"
    error_message = "The governor runs each minute, whatever the mode."
  }
  assert {
    condition     = aws_cloudwatch_event_target.govern.arn == var.govern.function_arn && aws_lambda_permission.govern.function_name == "shop-govern" && aws_lambda_permission.govern.principal == "events.amazonaws.com"
    error_message = "The schedule invokes the governor, and may."
  }
}

run "without_queues_no_statement_is_empty" {
  command = plan
  module {
    source = "./modules/healer"
  }
  variables {
    mode                   = "observe"
    queues                 = {}
    consumer_function_arns = []
  }

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.heal.json, "sqs:") && alltrue([for service in ["sqs:", "cloudwatch:", "lambda:"] : !strcontains(data.aws_iam_policy_document.govern.json, service)]) && length(aws_lambda_event_source_mapping.heal) == 0
    error_message = "IAM refuses a statement without resources."
  }
}
