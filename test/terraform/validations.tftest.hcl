# Every validation is wired to its variable. What each row of a table says is in checks.tftest.hcl.

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

run "good_values_are_accepted" {
  command = plan
  variables {
    name = "s2"
    mode = "pause"
    queues = {
      orders = {
        create   = { retry_tiers = [{ delay_seconds = 60 }] }
        consumer = { function_name = "orders", maximum_concurrency = 2 }
        targets  = ["arn:aws:lambda:eu-west-1:123456789012:function:mailer"]
        classes  = { CARD = { verdict = "heal", attempts = 2 } }
      }
      payments = { existing = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead", dlq_visibility_timeout_seconds = 720 } }
    }
    rules         = [{ id = "card", when = { message_matches = "(?i)card (declined|expired)", queue = "orders" }, class = "CARD" }]
    policy        = { classes = { TIMEOUT = { attempts = 5 }, CARD = { verdict = "archive" } } }
    alerts        = { emails = ["oncall@example.com"] }
    ingest        = { queue = "orders", schema_json = "{}" }
    storage       = { expire_after_days = 365 }
    functions     = { timeout_seconds = 120 }
    observability = { outage_minutes = 60 }
    kms_key_arn   = "arn:aws:kms:eu-west-1:123456789012:key/0f5e"
    tags          = { team = "shop" }
  }

  assert {
    condition     = output.effective_configuration.name == "s2" && length(output.queues) == 2
    error_message = "They plan."
  }
}

run "name_is_checked" {
  command = plan
  variables {
    name = "Shop"
  }
  expect_failures = [var.name]
}

run "name_may_not_end_with_a_hyphen" {
  command = plan
  variables {
    name = "shop-"
  }
  expect_failures = [var.name]
}

run "name_may_not_have_two_hyphens_in_a_row" {
  command = plan
  variables {
    name = "shop--prod"
  }
  expect_failures = [var.name]
}

run "name_may_not_be_too_long_for_the_bucket" {
  command = plan
  variables {
    name = "a234567890123456789012345678"
  }
  expect_failures = [var.name]
}

run "mode_is_checked" {
  command = plan
  variables {
    mode = "dry-run"
  }
  expect_failures = [var.mode]
}

run "queues_are_checked" {
  command = plan
  variables {
    queues = { orders = {} }
  }
  expect_failures = [var.queues]
}

run "created_queues_are_checked" {
  command = plan
  variables {
    queues = { orders = { create = { max_receive_count = 0 } } }
  }
  expect_failures = [var.queues]
}

run "attached_queues_are_checked" {
  command = plan
  variables {
    queues = { orders = { existing = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead", dlq_visibility_timeout_seconds = 30 } } }
  }
  expect_failures = [var.queues]
}

run "consumers_are_checked" {
  command = plan
  variables {
    queues = { orders = { create = {}, consumer = { function_name = "orders", batch_size = 0 } } }
  }
  expect_failures = [var.queues]
}

run "targets_of_a_queue_are_checked" {
  command = plan
  variables {
    queues = { orders = { create = {}, targets = ["arn:aws:lambda:eu-west-2:123456789012:function:mailer"] } }
  }
  expect_failures = [var.queues]
}

run "classes_of_a_queue_are_checked" {
  command = plan
  variables {
    queues = { orders = { create = {}, classes = { TIMOUT = {} } } }
  }
  expect_failures = [var.policy]
}

run "rules_are_checked" {
  command = plan
  variables {
    rules = [{ id = "a", when = {}, class = "TIMEOUT" }]
  }
  expect_failures = [var.rules]
}

run "repairs_are_checked" {
  command = plan
  variables {
    rules = [{ id = "a", when = { http_status = 400 }, class = "TIMEOUT", repair = { json_patch = "{}" } }]
  }
  expect_failures = [var.rules]
}

run "policy_is_checked" {
  command = plan
  variables {
    policy = { classes = { TIMEOUT = { attempts = 6 } } }
  }
  expect_failures = [var.policy]
}

run "alerts_are_checked" {
  command = plan
  variables {
    alerts = { emails = ["nobody"] }
  }
  expect_failures = [var.alerts]
}

run "ingest_is_checked" {
  command = plan
  variables {
    ingest = { queue = "orders", schema_json = "{}" }
  }
  expect_failures = [var.ingest]
}

run "storage_is_checked" {
  command = plan
  variables {
    storage = { ledger_retention_days = 1 }
  }
  expect_failures = [var.storage]
}

run "functions_are_checked" {
  command = plan
  variables {
    functions = { timeout_seconds = 1 }
  }
  expect_failures = [var.functions]
}

run "log_retention_is_checked_against_what_cloudwatch_logs_accepts" {
  command = plan
  variables {
    functions = { log_retention_days = 2 }
  }
  expect_failures = [var.functions]
}

run "observability_is_checked" {
  command = plan
  variables {
    observability = { outage_minutes = 7 }
  }
  expect_failures = [var.observability]
}

run "kms_key_arn_is_checked" {
  command = plan
  variables {
    kms_key_arn = "alias/aws/sqs"
  }
  expect_failures = [var.kms_key_arn]
}

run "tags_are_checked" {
  command = plan
  variables {
    tags = { "aws:x" = "y" }
  }
  expect_failures = [var.tags]
}
