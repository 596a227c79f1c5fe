# What a bare module call plans, and what it means.

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

run "a_bare_module_plans_and_touches_nothing" {
  command = plan

  assert {
    condition     = output.effective_configuration.mode == "observe"
    error_message = "Nothing may be touched until someone says so."
  }
  assert {
    condition     = output.queues == {} && output.consumer_policies == {} && output.ingest_url == null
    error_message = "A bare module has no queues and no API."
  }
  assert {
    condition     = output.function_names == { heal = "dlq-healer-heal", govern = "dlq-healer-govern" }
    error_message = "Healer and governor, named after the stack, and no ingest."
  }
}

run "names_and_arns_are_known_at_plan" {
  command = plan

  variables {
    name = "shop-prod"
  }

  assert {
    condition = [output.ledger_table, output.ledger_table_arn, output.idempotency_table, output.idempotency_table_arn] == [
      "shop-prod-ledger", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-prod-ledger",
      "shop-prod-idempotency", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-prod-idempotency",
    ]
    error_message = "The tables' names and ARNs."
  }
  assert {
    condition     = output.archive_bucket == "shop-prod-letters-123456789012-eu-west-1" && output.archive_bucket_arn == "arn:aws:s3:::shop-prod-letters-123456789012-eu-west-1"
    error_message = "The bucket is named after stack, account and region."
  }
  assert {
    condition     = output.alert_topic_arn == "arn:aws:sns:eu-west-1:123456789012:shop-prod-alerts"
    error_message = "The topic's ARN."
  }
  assert {
    condition     = output.function_arns == { for key in ["heal", "govern"] : key => "arn:aws:lambda:eu-west-1:123456789012:function:shop-prod-${key}" }
    error_message = "The functions' ARNs."
  }
  assert {
    condition     = output.function_role_names == { heal = "shop-prod-heal", govern = "shop-prod-govern" }
    error_message = "One role per function."
  }
  assert {
    condition     = output.dashboard_name == "shop-prod"
    error_message = "The dashboard's name."
  }
  assert {
    condition = output.consumer_environment == {
      DLQ_HEALER_STACK             = "shop-prod"
      DLQ_HEALER_LEDGER_TABLE      = "shop-prod-ledger"
      DLQ_HEALER_IDEMPOTENCY_TABLE = "shop-prod-idempotency"
    }
    error_message = "What the kit reads."
  }
}

run "the_longest_name_fits_the_bucket" {
  command = plan

  variables {
    name = "a23456789012345678901234567"
  }

  assert {
    condition     = length("${var.name}-letters-123456789012-ap-southeast-1") <= 63 && length(var.name) == 27
    error_message = "S3 bucket names have at most 63 characters."
  }
}

run "defaults" {
  command = plan

  variables {
    queues = {
      orders = { create = {}, consumer = { function_name = "orders" } }
    }
  }

  assert {
    condition = jsonencode(output.effective_configuration.queues["orders"].create) == jsonencode({
      fifo                        = false
      content_based_deduplication = false
      max_receive_count           = 5
      retry_tiers                 = []
      visibility_timeout_seconds  = null
      delay_seconds               = 0
      retention_days              = 4
      dlq_retention_days          = 14
    })
    error_message = "A created queue: five receives, and a DLQ that keeps letters for 14 days."
  }
  assert {
    condition = jsonencode(output.effective_configuration.queues["orders"].consumer) == jsonencode({
      function_name           = "orders"
      role_name               = null
      timeout_seconds         = 30
      batch_size              = 10
      batching_window_seconds = 0
      maximum_concurrency     = null
      log_lookup              = false
    })
    error_message = "A consumer."
  }
  assert {
    condition = jsonencode(output.effective_configuration.functions) == jsonencode({
      runtime                 = "nodejs22.x"
      architecture            = "arm64"
      memory_mb               = 512
      timeout_seconds         = 60
      batch_size              = 10
      batching_window_seconds = 0
      maximum_concurrency     = 5
      log_retention_days      = 30
      log_level               = "INFO"
    })
    error_message = "The functions."
  }
  assert {
    condition = jsonencode(output.effective_configuration.storage) == jsonencode({
      glacier_after_days        = 90
      expire_after_days         = null
      noncurrent_retention_days = 30
      ledger_retention_days     = 90
      force_destroy             = false
      deletion_protection       = true
    })
    error_message = "Storage: nothing expires, nothing is deleted by accident."
  }
  assert {
    condition = jsonencode(output.effective_configuration.observability) == jsonencode({
      letters_arrived        = 1
      letters_waiting        = 50
      letters_waiting_severe = 200
      outage_minutes         = 30
      dlq_depth              = 10
      consumer_error_percent = 5
    })
    error_message = "The alarms' thresholds."
  }
  assert {
    condition     = output.effective_configuration.policy.poison == { threshold = 5, window_seconds = 86400 } && !output.effective_configuration.policy.heal_fifo
    error_message = "Poison detection, and FIFO letters that are not healed out of order."
  }
  assert {
    condition     = output.effective_configuration.alerts.window_seconds == 900
    error_message = "One alert per group and quarter of an hour."
  }
}
