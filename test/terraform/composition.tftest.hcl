# Created and attached queues, ingest and the functions' environment together.

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

run "created_and_attached_queues_have_one_shape" {
  command = plan

  variables {
    name = "shop"
    mode = "heal"
    queues = {
      orders = {
        create   = { retry_tiers = [{ delay_seconds = 60 }, { delay_seconds = 600 }] }
        consumer = { function_name = "orders", role_name = "orders-role" }
      }
      payments = {
        existing = {
          dlq_arn                        = "arn:aws:sqs:eu-west-1:123456789012:payments-dead.fifo"
          source_arn                     = "arn:aws:sqs:eu-west-1:123456789012:payments.fifo"
          dlq_visibility_timeout_seconds = 360
        }
      }
      events = {
        existing = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:events-dead", dlq_visibility_timeout_seconds = 360 }
      }
    }
  }

  assert {
    condition     = output.queues["orders"].source_arn == "arn:aws:sqs:eu-west-1:123456789012:shop-orders" && output.queues["orders"].dlq_arn == "arn:aws:sqs:eu-west-1:123456789012:shop-orders-dlq"
    error_message = "Created queues are named after stack and key."
  }
  assert {
    condition     = output.queues["orders"].retry_tier_arns == tolist(["arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-1", "arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-2"])
    error_message = "Tiers in order."
  }
  assert {
    condition = jsonencode(output.queues["payments"]) == jsonencode({
      source_url      = "https://sqs.eu-west-1.amazonaws.com/123456789012/payments.fifo"
      source_arn      = "arn:aws:sqs:eu-west-1:123456789012:payments.fifo"
      retry_tier_arns = []
      dlq_url         = "https://sqs.eu-west-1.amazonaws.com/123456789012/payments-dead.fifo"
      dlq_arn         = "arn:aws:sqs:eu-west-1:123456789012:payments-dead.fifo"
    })
    error_message = "Attached queues' URLs are derived from their ARNs."
  }
  assert {
    condition     = output.queues["events"].source_arn == null && output.queues["events"].source_url == null
    error_message = "What an attached queue was not told is null."
  }
  assert {
    condition     = toset(keys(output.consumer_policies)) == toset(["orders", "payments", "events"])
    error_message = "A policy for each queue's consumer."
  }
  assert {
    condition = local.queue_keys == {
      "arn:aws:sqs:eu-west-1:123456789012:shop-orders"         = "orders"
      "arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-1" = "orders"
      "arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-2" = "orders"
      "arn:aws:sqs:eu-west-1:123456789012:shop-orders-dlq"     = "orders"
      "arn:aws:sqs:eu-west-1:123456789012:payments.fifo"       = "payments"
      "arn:aws:sqs:eu-west-1:123456789012:payments-dead.fifo"  = "payments"
      "arn:aws:sqs:eu-west-1:123456789012:events-dead"         = "events"
    }
    error_message = "A consumer finds its queue's key by whatever queue it receives from, or by the DLQ: ${jsonencode(local.queue_keys)}"
  }
  assert {
    condition = jsonencode([for policy in ["read", "operate"] : [for statement in jsondecode(output.operator_policies[policy]).Statement : sort(flatten([statement.Resource])) if contains(["LookAtDeadLetters", "SendLetters"], statement.Sid)]]) == jsonencode([
      [["arn:aws:sqs:eu-west-1:123456789012:events-dead", "arn:aws:sqs:eu-west-1:123456789012:payments-dead.fifo", "arn:aws:sqs:eu-west-1:123456789012:shop-orders-dlq"]],
      [["arn:aws:sqs:eu-west-1:123456789012:payments.fifo", "arn:aws:sqs:eu-west-1:123456789012:shop-orders", "arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-1", "arn:aws:sqs:eu-west-1:123456789012:shop-orders-retry-2"]],
    ])
    error_message = "Operators look at every DLQ and send to every queue that works: ${jsonencode(output.operator_policies)}"
  }
  assert {
    condition     = jsondecode(output.operator_policies["read"]).Statement[0].Resource == "arn:aws:lambda:eu-west-1:123456789012:function:shop-heal"
    error_message = "They find the stack by its heal function."
  }
}

run "the_policy_document_is_the_contract" {
  command = plan

  variables {
    name = "shop"
    queues = {
      payments = {
        existing = {
          dlq_arn                        = "arn:aws:sqs:eu-west-1:123456789012:payments-dead"
          source_arn                     = "arn:aws:sqs:eu-west-1:123456789012:payments"
          dlq_visibility_timeout_seconds = 360
        }
        consumer = { function_name = "pay" }
        targets = [
          "arn:aws:lambda:eu-west-1:123456789012:function:mailer", "arn:aws:events:eu-west-1:123456789012:rule/placed",
          "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly", "arn:aws:sqs:eu-west-1:123456789012:refunds",
        ]
        classes = { TIMEOUT = { verdict = "park" } }
      }
    }
    rules   = [{ id = "r1", when = { message_matches = "card (declined|expired)", attributes = { tenant = "a" } }, class = "CARD", verdict = "archive" }]
    policy  = { classes = { CARD = { verdict = "archive", notify = "never" } } }
    alerts  = { window_seconds = 600 }
    storage = { ledger_retention_days = 30 }
  }

  assert {
    condition = local.policy_document == jsonencode({
      version = 1
      stack   = "shop"
      queues = {
        payments = {
          dlq_url           = "https://sqs.eu-west-1.amazonaws.com/123456789012/payments-dead"
          dlq_arn           = "arn:aws:sqs:eu-west-1:123456789012:payments-dead"
          source_url        = "https://sqs.eu-west-1.amazonaws.com/123456789012/payments"
          source_arn        = "arn:aws:sqs:eu-west-1:123456789012:payments"
          tier_arns         = []
          fifo              = false
          consumer_function = "pay"
          log_group         = "/aws/lambda/pay"
          log_lookup        = false
          targets = [
            "arn:aws:lambda:eu-west-1:123456789012:function:mailer", "arn:aws:events:eu-west-1:123456789012:rule/placed",
            "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly", "arn:aws:sqs:eu-west-1:123456789012:refunds",
          ]
          classes = { TIMEOUT = { verdict = "park", attempts = null, base_delay_seconds = null, max_delay_seconds = null, notify = null, critical = null } }
        }
      }
      rules = [{
        id = "r1"
        when = {
          error_type     = null, message_contains = null, message_matches = "card (declined|expired)", http_status = null
          aws_error_code = null, source = null, queue = null, attributes = { tenant = "a" }, body = null
        }
        class   = "CARD"
        verdict = "archive"
        repair  = null
      }]
      policy = {
        classes     = { CARD = { verdict = "archive", attempts = null, base_delay_seconds = null, max_delay_seconds = null, notify = "never", critical = null } }
        poison      = { threshold = 5, window_seconds = 86400 }
        breaker     = { relapses = 5, window_seconds = 300, cool_down_seconds = 120, max_cool_down_seconds = 3600, probes = 3, ramp_per_minute = 30, max_per_minute = 3000 }
        heal_fifo   = false
        degradation = { error_rate = [0.05, 0.1, 0.2, 0.5], depth = [10000, 20000, 50000, 100000], latency_seconds = null }
      }
      alerts    = { window_seconds = 600 }
      retention = { ledger_days = 30 }
    })
    error_message = "The document that the handlers parse: ${local.policy_document}"
  }
  assert {
    condition = jsonencode(local.targets) == jsonencode({
      lambda = ["arn:aws:lambda:eu-west-1:123456789012:function:mailer"]
      sqs    = ["arn:aws:sqs:eu-west-1:123456789012:refunds"]
      states = ["arn:aws:states:eu-west-1:123456789012:stateMachine:nightly"]
    })
    error_message = "The permissions are for what is called; a rule is not: ${jsonencode(local.targets)}"
  }
  assert {
    condition     = module.ledger.document_hashes == { policy = sha256(local.policy_document) }
    error_message = "The functions hold the hash of the text in the ledger."
  }
  assert {
    condition = jsonencode(local.functions["heal"].environment) == jsonencode({
      STACK_NAME        = "shop"
      MODE              = "observe"
      LEDGER_TABLE      = "shop-ledger"
      IDEMPOTENCY_TABLE = "shop-idempotency"
      ARCHIVE_BUCKET    = "shop-letters-123456789012-eu-west-1"
      ALERT_TOPIC_ARN   = "arn:aws:sns:eu-west-1:123456789012:shop-alerts"
      POLICY_HASH       = sha256(local.policy_document)
      EVENT_BUS         = "none"
    })
    error_message = "The healer's environment."
  }
  assert {
    condition     = jsonencode(local.functions["govern"].environment) == jsonencode(local.functions["heal"].environment)
    error_message = "The governor's environment is the healer's."
  }
}

run "a_log_look_up_is_switched_on_for_one_queue_alone" {
  command = plan

  variables {
    name = "shop"
    mode = "heal"
    queues = {
      orders   = { create = {}, consumer = { function_name = "orders", log_lookup = true } }
      returns  = { create = {}, consumer = { function_name = "orders", log_lookup = true } }
      payments = { create = {}, consumer = { function_name = "pay" } }
      events   = { create = {} }
    }
  }

  assert {
    condition     = jsonencode({ for key, queue in local.queues : key => [queue.log_group, queue.log_lookup] }) == jsonencode({ orders = ["/aws/lambda/orders", true], returns = ["/aws/lambda/orders", true], payments = ["/aws/lambda/pay", false], events = [null, false] })
    error_message = "The functions are told where to look."
  }
  assert {
    condition     = jsonencode(local.log_group_arns) == jsonencode(["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders"])
    error_message = "And may look there, once named: ${jsonencode(local.log_group_arns)}"
  }
  assert {
    condition     = jsonencode(local.consumer_function_arns) == jsonencode([for name in ["orders", "pay"] : "arn:aws:lambda:eu-west-1:123456789012:function:${name}"])
    error_message = "The governor may look at each consumer, once named: ${jsonencode(local.consumer_function_arns)}"
  }
}

run "a_rule_may_name_a_function_that_repairs" {
  command = plan

  variables {
    name = "shop"
    rules = [
      { id = "a", when = { http_status = 400 }, class = "A", repair = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:mend" } },
      { id = "b", when = { http_status = 422 }, class = "B", repair = { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:mend" } },
      { id = "c", when = { http_status = 409 }, class = "C", repair = { merge_patch = jsonencode({ c = null }) } },
    ]
  }

  assert {
    condition     = jsonencode(jsondecode(local.policy_document).rules[*].repair) == jsonencode([for one in [["arn:aws:lambda:eu-west-1:123456789012:function:mend", null], ["arn:aws:lambda:eu-west-1:123456789012:function:mend", null], [null, "{\"c\":null}"]] : { function_arn = one[0], json_patch = null, merge_patch = one[1] }])
    error_message = "The document that the handlers parse: ${local.policy_document}"
  }
  assert {
    condition     = jsonencode(local.repair_function_arns) == jsonencode(["arn:aws:lambda:eu-west-1:123456789012:function:mend"])
    error_message = "The healer may call it, once named: ${jsonencode(local.repair_function_arns)}"
  }
}

run "ingest_has_a_function_an_api_and_a_schema" {
  command = plan

  variables {
    name = "shop"
    queues = {
      orders = { existing = { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead", source_arn = "arn:aws:sqs:eu-west-1:123456789012:orders", dlq_visibility_timeout_seconds = 360 } }
    }
    ingest = { queue = "orders", schema_json = "{\"type\":\"object\"}", path = "/orders" }
  }

  assert {
    condition = jsonencode(local.functions["ingest"].environment) == jsonencode({
      STACK_NAME   = "shop"
      LEDGER_TABLE = "shop-ledger"
      QUEUE_URL    = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
      SCHEMA_HASH  = sha256("{\"type\":\"object\"}")
    })
    error_message = "Ingest's environment."
  }
  assert {
    condition     = output.function_names["ingest"] == "shop-ingest"
    error_message = "Ingest's function."
  }
  assert {
    condition     = !can(output.effective_configuration.ingest.schema_json) && output.effective_configuration.ingest.path == "/orders"
    error_message = "The effective configuration shows the path and leaves the schema out."
  }
}

run "webhook_urls_are_not_shown" {
  command = plan

  variables {
    alerts = { webhooks = { chat = "https://hooks.example.com/secret" } }
  }

  assert {
    condition     = !strcontains(jsonencode(output.effective_configuration), "secret") && strcontains(jsonencode(output.effective_configuration), "chat")
    error_message = "A webhook's URL may be a secret; its name is not."
  }
}

run "a_topic_of_the_callers_is_used" {
  command = plan

  variables {
    alerts = { topic_arn = "arn:aws:sns:eu-west-1:123456789012:ours" }
  }

  assert {
    condition     = output.alert_topic_arn == "arn:aws:sns:eu-west-1:123456789012:ours"
    error_message = "The caller's topic."
  }
}
