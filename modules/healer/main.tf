# What the healer and the governor may do, the event source mapping of every DLQ, and the governor's schedule.

locals {
  dlq_arns = [for queue in var.queues : queue.dlq_arn]

  # Healed letters go back to the source, never to a tier: a retry starts from the beginning.
  target_arns = distinct(concat(compact([for queue in var.queues : queue.source_arn]), var.targets.queues))

  # Whose depth is a signal of the degradation level, and whose settings say how long a canary takes to come back.
  measured_arns = flatten([for queue in var.queues : concat([queue.source_arn], queue.tier_arns) if queue.source_arn != null])

  # Step Functions authorises by the state machine, whichever version or alias is started.
  # https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
  state_machine_arns = distinct([for arn in var.targets.state_machines : join(":", slice(split(":", arn), 0, 7))])
}

data "aws_iam_policy_document" "heal" {
  dynamic "statement" {
    for_each = length(local.dlq_arns) == 0 ? [] : [local.dlq_arns]
    content {
      sid       = "ReadDeadLetters" # the event source mapping's calls
      actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.target_arns) == 0 ? [] : [local.target_arns]
    content {
      sid       = "SendHealedLetters"
      actions   = ["sqs:SendMessage"]
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

  statement {
    sid       = "ReadAndWriteLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
    resources = [var.ledger_table_arn]
  }

  statement {
    sid       = "HealEachDeathOnce"
    actions   = ["dynamodb:PutItem", "dynamodb:DeleteItem"]
    resources = [var.idempotency_table_arn]
  }

  statement {
    sid       = "ArchiveLetters"
    actions   = ["s3:PutObject"]
    resources = ["${var.archive_bucket_arn}/letters/*"] # one object per batch, queue and class
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
    for_each = length(var.repair_function_arns) == 0 ? [] : [var.repair_function_arns]
    content {
      sid       = "RepairLetters"
      actions   = ["lambda:InvokeFunction"]
      resources = statement.value
    }
  }

  # A peek hides messages, which are given back at once: only in the mode that lives by it.
  dynamic "statement" {
    for_each = var.mode == "observe" && length(local.dlq_arns) > 0 ? [local.dlq_arns] : []
    content {
      sid       = "GiveBackWhatWasPeekedAt"
      actions   = ["sqs:ChangeMessageVisibility"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.mode == "observe" && length(local.dlq_arns) > 0 ? [var.ledger_table_arn] : []
    content {
      sid       = "RememberWhatWasSeen"
      actions   = ["dynamodb:PutItem"]
      resources = [statement.value]

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["observed#*"] # one partition for each letter that was peeked at
      }
    }
  }

  statement {
    sid       = "Alert"
    actions   = ["sns:Publish"]
    resources = [var.topic_arn]
  }

  dynamic "statement" {
    for_each = var.event_bus_arn == null ? [] : [var.event_bus_arn]
    content {
      sid       = "TellTheBus"
      actions   = ["events:PutEvents"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "heal" {
  name   = "heal"
  role   = var.heal.role_name
  policy = data.aws_iam_policy_document.heal.json
}

# Never a filter: a mapping deletes what its filter does not match.
resource "aws_lambda_event_source_mapping" "heal" {
  for_each = var.queues

  event_source_arn                   = each.value.dlq_arn
  function_name                      = var.heal.function_name
  enabled                            = var.mode == "heal"
  batch_size                         = each.value.fifo ? min(10, var.batch_size) : var.batch_size
  maximum_batching_window_in_seconds = each.value.fifo ? 0 : var.batching_window_seconds
  # Without it Lambda ignores the answer and deletes the whole batch.
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  # Not reserved concurrency: throttled invocations would use up receive counts.
  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }

  depends_on = [aws_iam_role_policy.heal]
}

data "aws_iam_policy_document" "govern" {
  statement {
    sid       = "FindWhatIsDueOrWaits"
    actions   = ["dynamodb:Query"]
    resources = ["${var.ledger_table_arn}/index/by-due", "${var.ledger_table_arn}/index/by-status"]
  }

  statement {
    sid       = "ReadAndWriteLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
    resources = [var.ledger_table_arn]
  }

  statement {
    sid       = "ReadArchivedLetters"
    actions   = ["s3:GetObject"]
    resources = ["${var.archive_bucket_arn}/letters/*"] # whatever the healer archived
  }

  dynamic "statement" {
    for_each = length(local.target_arns) == 0 ? [] : [local.target_arns]
    content {
      sid       = "SendReleasedLetters"
      actions   = ["sqs:SendMessage"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.measured_arns) == 0 ? [] : [local.measured_arns]
    content {
      sid       = "MeasureQueues"
      actions   = ["sqs:GetQueueAttributes"]
      resources = statement.value
    }
  }

  # The action takes no resource: it is granted for all metrics of the account or for none.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
  dynamic "statement" {
    for_each = length(local.measured_arns) + length(var.consumer_function_arns) == 0 ? [] : ["*"]
    content {
      sid       = "ReadSignals"
      actions   = ["cloudwatch:GetMetricData"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(var.consumer_function_arns) == 0 ? [] : [var.consumer_function_arns]
    content {
      sid       = "NoticeDeploys"
      actions   = ["lambda:GetFunctionConfiguration"]
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

  statement {
    sid       = "Alert"
    actions   = ["sns:Publish"]
    resources = [var.topic_arn]
  }

  dynamic "statement" {
    for_each = var.event_bus_arn == null ? [] : [var.event_bus_arn]
    content {
      sid       = "TellTheBus"
      actions   = ["events:PutEvents"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "govern" {
  name   = "govern"
  role   = var.govern.role_name
  policy = data.aws_iam_policy_document.govern.json
}

# In every mode: the gauges are published even where nothing is healed.
resource "aws_cloudwatch_event_rule" "govern" {
  name                = "${var.name}-govern"
  description         = "Runs the governor of ${var.name}: releases what is due, sets degradation levels, publishes gauges."
  schedule_expression = "rate(1 minute)"
  tags                = var.tags
}

resource "aws_lambda_permission" "govern" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = var.govern.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.govern.arn
}

resource "aws_cloudwatch_event_target" "govern" {
  rule      = aws_cloudwatch_event_rule.govern.name
  target_id = "govern"
  arn       = var.govern.function_arn

  # The next minute's run does what this one could not.
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }

  depends_on = [aws_iam_role_policy.govern, aws_lambda_permission.govern]
}

# Each minute the healer looks at a sample of every DLQ, where it is not given the letters themselves.
resource "aws_lambda_permission" "observe" {
  count = var.mode == "observe" ? 1 : 0

  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = var.heal.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.govern.arn
}

resource "aws_cloudwatch_event_target" "observe" {
  count = var.mode == "observe" ? 1 : 0

  rule      = aws_cloudwatch_event_rule.govern.name
  target_id = "observe"
  arn       = var.heal.function_arn

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }

  depends_on = [aws_iam_role_policy.heal, aws_lambda_permission.observe]
}
