# What people need who run `dlq`: a policy for looking, and one that adds to it what changes something. Each queue is named
# once in each, because a managed policy has at most 6,144 characters.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

locals {
  dlq_arns   = distinct([for queue in var.queues : queue.dlq_arn])
  work_arns  = distinct(flatten([for queue in var.queues : concat(compact([queue.source_arn]), queue.tier_arns)]))
  index_arns = [for index in ["by-due", "by-group", "by-status"] : "${var.ledger_table_arn}/index/${index}"]

  # Tiers too: SQS's own redrive moves a message to the queue that it came from, which is the last tier where there are any.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  send_arns = distinct(concat(local.work_arns, var.targets.queues))

  # Step Functions authorises by the state machine, whichever version or alias is started.
  # https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
  state_machine_arns = distinct([for arn in var.targets.state_machines : join(":", slice(split(":", arn), 0, 7))])
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "FindStack" # its environment says where everything is
    actions   = ["lambda:GetFunctionConfiguration"]
    resources = [var.heal_function_arn]
  }

  # Neither action takes a resource: they are granted for all of the account or for nothing. The first names the nearest
  # stacks to who misspelt one, and can be left out.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
  statement {
    sid       = "NameStacksAndReadMetrics"
    actions   = ["lambda:ListFunctions", "cloudwatch:GetMetricData"]
    resources = ["*"] # see above
  }

  # A look at a letter is a receive: it hides the letter until it is given back, which is at once.
  dynamic "statement" {
    for_each = length(local.dlq_arns) == 0 ? [] : [local.dlq_arns]
    content {
      sid = "LookAtDeadLetters"
      actions = [
        "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ListDeadLetterSourceQueues",
        "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility",
      ]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.work_arns) == 0 ? [] : [local.work_arns]
    content {
      sid       = "MeasureQueues"
      actions   = ["sqs:GetQueueAttributes"]
      resources = statement.value
    }
  }

  statement {
    sid       = "ReadLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
    resources = concat([var.ledger_table_arn], local.index_arns)
  }

  statement {
    sid       = "ReadArchivedLetters"
    actions   = ["s3:GetObject"]
    resources = ["${var.archive_bucket_arn}/letters/*"] # whatever the healer archived
  }

  # CloudWatch Logs authorises a search on the group's streams; the ARN of a group in a policy ends with `:*`.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
  dynamic "statement" {
    for_each = length(var.log_group_arns) == 0 ? [] : [var.log_group_arns]
    content {
      sid       = "LookIntoConsumersLogs"
      actions   = ["logs:FilterLogEvents"]
      resources = [for arn in statement.value : "${arn}:*"]
    }
  }

  dynamic "statement" {
    for_each = length(local.state_machine_arns) == 0 ? [] : [local.state_machine_arns]
    content {
      sid       = "ListExecutions"
      actions   = ["states:ListExecutions"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "ReadWithKey"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "operate" {
  # SQS's own redrive acts with the permissions of who starts it: these, those to receive, and those to send.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  dynamic "statement" {
    for_each = length(local.dlq_arns) == 0 ? [] : [local.dlq_arns]
    content {
      sid = "MoveDeadLetters"
      actions = [
        "sqs:DeleteMessage",
        "sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:CancelMessageMoveTask",
      ]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.send_arns) == 0 ? [] : [local.send_arns]
    content {
      sid       = "SendLetters"
      actions   = ["sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SendMessage"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.targets.functions) == 0 ? [] : [var.targets.functions]
    content {
      sid       = "GiveBackToFunctions"
      actions   = ["lambda:InvokeFunction"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.state_machine_arns) == 0 ? [] : [local.state_machine_arns]
    content {
      sid       = "StartExecutions"
      actions   = ["states:StartExecution"]
      resources = statement.value
    }
  }

  # Whether an execution of a letter's name has begun already.
  dynamic "statement" {
    for_each = length(local.state_machine_arns) == 0 ? [] : [local.state_machine_arns]
    content {
      sid       = "LookAtExecutions"
      actions   = ["states:DescribeExecution"]
      resources = [for arn in statement.value : "${replace(arn, ":stateMachine:", ":execution:")}:*"]
    }
  }

  # The audit, letters, their groups, bodies and message groups, and the switches. Never the policy document.
  statement {
    sid       = "WriteLedger"
    actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"]
    resources = [var.ledger_table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["audit", "control", "letter#*", "queue#*", "message#*", "content#*", "lane#*"]
    }
  }

  statement {
    sid       = "HealEachDeathOnce" # neither twice by people, nor by them and the healer
    actions   = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
    resources = [var.idempotency_table_arn]
  }

  statement {
    sid       = "ArchiveLetters"
    actions   = ["s3:PutObject"]
    resources = ["${var.archive_bucket_arn}/letters/*"] # the original of each letter that is edited
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "WriteWithKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}
