# What people may do who run `dlq`.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  queues = {
    orders   = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq", source_arn = "arn:aws:sqs:eu-west-1:123456789012:orders", tier_arns = ["arn:aws:sqs:eu-west-1:123456789012:orders-retry-1"] }
    payments = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo", source_arn = null, tier_arns = [] }
  }
  targets               = { queues = [], functions = [], state_machines = [] }
  log_group_arns        = []
  heal_function_arn     = "arn:aws:lambda:eu-west-1:123456789012:function:shop-heal"
  ledger_table_arn      = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"
  idempotency_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency"
  archive_bucket_arn    = "arn:aws:s3:::shop-letters"
  kms_key_arn           = null
}

run "who_looks_may_do_this_and_no_more" {
  command = plan
  module {
    source = "./modules/operator"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(output.read_json).Statement : statement.Sid => [statement.Effect, sort(flatten([statement.Action])), sort(flatten([statement.Resource])), try(statement.Condition, null)] }) == jsonencode({
      FindStack                = ["Allow", ["lambda:GetFunctionConfiguration"], ["arn:aws:lambda:eu-west-1:123456789012:function:shop-heal"], null]
      NameStacksAndReadMetrics = ["Allow", ["cloudwatch:GetMetricData", "lambda:ListFunctions"], ["*"], null]
      LookAtDeadLetters        = ["Allow", ["sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-west-1:123456789012:orders-dlq", "arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo"], null]
      MeasureQueues            = ["Allow", ["sqs:GetQueueAttributes"], ["arn:aws:sqs:eu-west-1:123456789012:orders", "arn:aws:sqs:eu-west-1:123456789012:orders-retry-1"], null]
      ReadLedger               = ["Allow", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], concat(["arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"], [for index in ["by-due", "by-group", "by-status"] : "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger/index/${index}"]), null]
      ReadArchivedLetters      = ["Allow", ["s3:GetObject"], ["arn:aws:s3:::shop-letters/letters/*"], null]
    })
    error_message = "The policy for looking: ${output.read_json}"
  }
}

run "who_operates_may_do_this_besides" {
  command = plan
  module {
    source = "./modules/operator"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(output.operate_json).Statement : statement.Sid => [statement.Effect, sort(flatten([statement.Action])), sort(flatten([statement.Resource])), try(sort(statement.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]), null)] }) == jsonencode({
      MoveDeadLetters   = ["Allow", ["sqs:CancelMessageMoveTask", "sqs:DeleteMessage", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"], ["arn:aws:sqs:eu-west-1:123456789012:orders-dlq", "arn:aws:sqs:eu-west-1:123456789012:payments-dlq.fifo"], null]
      SendLetters       = ["Allow", ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], ["arn:aws:sqs:eu-west-1:123456789012:orders", "arn:aws:sqs:eu-west-1:123456789012:orders-retry-1"], null]
      WriteLedger       = ["Allow", ["dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"], ["audit", "content#*", "control", "lane#*", "letter#*", "message#*", "queue#*"]]
      HealEachDeathOnce = ["Allow", ["dynamodb:DeleteItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-west-1:123456789012:table/shop-idempotency"], null]
      ArchiveLetters    = ["Allow", ["s3:PutObject"], ["arn:aws:s3:::shop-letters/letters/*"], null]
    })
    error_message = "The policy for operating: ${output.operate_json}"
  }
}

run "nobody_who_only_looks_changes_anything" {
  command = plan
  module {
    source = "./modules/operator"
  }
  variables {
    targets        = { queues = [], functions = [], state_machines = ["arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"] }
    log_group_arns = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"]
    kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition = alltrue([for action in flatten([for statement in jsondecode(output.read_json).Statement : statement.Action]) :
      can(regex(":(Get|BatchGet|List|Query|Filter|Decrypt)", action)) || contains(["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"], action)
    ])
    error_message = "Looking hides a letter for a moment, and that is all: ${output.read_json}"
  }
}

run "what_is_listed_and_switched_on_is_granted" {
  command = plan
  module {
    source = "./modules/operator"
  }
  variables {
    targets = {
      queues         = ["arn:aws:sqs:eu-west-1:123456789012:refunds", "arn:aws:sqs:eu-west-1:123456789012:orders"]
      functions      = ["arn:aws:lambda:eu-west-1:123456789012:function:mailer:live"]
      state_machines = ["arn:aws:states:eu-west-1:123456789012:stateMachine:nightly:live", "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"]
    }
    log_group_arns = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"]
    kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }

  assert {
    condition = jsonencode({ for statement in jsondecode(output.read_json).Statement : statement.Sid => [statement.Action, statement.Resource] if contains(["LookIntoConsumersLogs", "ListExecutions", "ReadWithKey"], statement.Sid) }) == jsonencode({
      LookIntoConsumersLogs = ["logs:FilterLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders:*"]
      ListExecutions        = ["states:ListExecutions", "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"]
      ReadWithKey           = ["kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/k"]
    })
    error_message = "Logs, executions and the key: ${output.read_json}"
  }
  assert {
    condition = jsonencode({ for statement in jsondecode(output.operate_json).Statement : statement.Sid => [sort(flatten([statement.Action])), sort(flatten([statement.Resource]))] if contains(["SendLetters", "GiveBackToFunctions", "StartExecutions", "LookAtExecutions", "WriteWithKey"], statement.Sid) }) == jsonencode({
      SendLetters         = [["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], [for name in ["orders", "orders-retry-1", "refunds"] : "arn:aws:sqs:eu-west-1:123456789012:${name}"]]
      GiveBackToFunctions = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-west-1:123456789012:function:mailer:live"]]
      StartExecutions     = [["states:StartExecution"], ["arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"]]
      LookAtExecutions    = [["states:DescribeExecution"], ["arn:aws:states:eu-west-1:123456789012:execution:nightly:*"]]
      WriteWithKey        = [["kms:Decrypt", "kms:GenerateDataKey"], ["arn:aws:kms:eu-west-1:123456789012:key/k"]]
    })
    error_message = "Targets and the key: ${output.operate_json}"
  }
}

run "a_stack_without_queues_has_policies_that_iam_takes" {
  command = plan
  module {
    source = "./modules/operator"
  }
  variables {
    queues = {}
  }

  assert {
    condition     = alltrue([for json in [output.read_json, output.operate_json] : alltrue([for statement in jsondecode(json).Statement : length(flatten([statement.Resource])) > 0])])
    error_message = "IAM refuses a statement without resources: ${output.read_json} ${output.operate_json}"
  }
}
