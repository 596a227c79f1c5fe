# Each row of each table under checks/, by the message that it yields. The runs named "accepts" hold the limits' inner
# edges, the runs named "refuses" their outer ones.

variables {
  create = {
    fifo          = false, content_based_deduplication = false, max_receive_count = 5, retry_tiers = [], visibility_timeout_seconds = null
    delay_seconds = 0, retention_days = 4, dlq_retention_days = 14
  }
  existing = {
    dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead", source_arn = "arn:aws:sqs:eu-west-1:123456789012:live", dlq_visibility_timeout_seconds = 360
  }
  consumer = { function_name = "orders", role_name = null, timeout_seconds = 30, batch_size = 10, batching_window_seconds = 0, maximum_concurrency = null }
  when = {
    error_type = null, message_contains = null, message_matches = null, http_status = null, aws_error_code = null
    source     = null, queue = null, attributes = null, body = null
  }
  repair        = { json_patch = null, merge_patch = null, function_arn = null }
  class         = { verdict = null, attempts = null, base_delay_seconds = null, max_delay_seconds = null, notify = null, critical = null }
  degradation   = { error_rate = [0.05, 0.1, 0.2, 0.5], depth = [10000, 20000, 50000, 100000], latency_seconds = null }
  functions     = { runtime = "nodejs22.x", architecture = "arm64", memory_mb = 512, timeout_seconds = 60, batch_size = 10, batching_window_seconds = 0, maximum_concurrency = 5, log_retention_days = 30, log_level = "INFO" }
  storage       = { glacier_after_days = 90, expire_after_days = null, noncurrent_retention_days = 30, ledger_retention_days = 90, force_destroy = false, deletion_protection = true }
  observability = { letters_arrived = 1, letters_waiting = 50, letters_waiting_severe = 200, outage_minutes = 30, dlq_depth = 10, consumer_error_percent = 5 }
  alerts        = { emails = [], sqs = {}, webhooks = {}, topic_arn = null, event_bus = null, window_seconds = 900 }
  ingest        = { queue = "orders", schema_json = "{}", path = "/orders", authorization = "AWS_IAM", rate_per_second = 50, burst = 100 }
  verdicts      = ["heal", "park", "archive", "quarantine", "leave"]
  classes       = ["TIMEOUT", "UNKNOWN"]
}

run "queues_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues"
    inputs = { name = "a23456789012345678901234567", queues = { "A-b_1" = { create = var.create, existing = null, consumer = null, classes = {} }, other = { create = null, existing = var.existing, consumer = null, classes = {} }, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues"
    inputs = { name = "shop", queues = { a = { create = null, existing = null, consumer = null, classes = {} }, b = { create = var.create, existing = var.existing, consumer = null, classes = {} }, "c!" = { create = var.create, existing = null, consumer = null, classes = {} }, "-d" = { create = var.create, existing = null, consumer = null, classes = {} }, "orders-dlq" = { create = var.create, existing = null, consumer = null, classes = {} }, "orders-retry-1" = { create = var.create, existing = null, consumer = null, classes = {} }, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"-d\"]'s key must be letters, digits, hyphens and underscores, with a letter or digit at both ends; got \"-d\".",
      "queues[\"a\"] must have exactly one of `create` and `existing`; got neither.",
      "queues[\"b\"] must have exactly one of `create` and `existing`; got both.",
      "queues[\"c!\"]'s key must be letters, digits, hyphens and underscores, with a letter or digit at both ends; got \"c!\".",
      "queues[\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\"]'s key must be at most 62 characters, so that queue names fit SQS's 80; got 63.",
      "queues[\"orders-dlq\"]'s key must not end like the queues that are made for other keys (-dlq, -retry-1); got \"orders-dlq\".",
      "queues[\"orders-retry-1\"]'s key must not end like the queues that are made for other keys (-dlq, -retry-1); got \"orders-retry-1\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_create_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-create"
    inputs = { queues = { low = { create = merge(var.create, { max_receive_count = 1, visibility_timeout_seconds = 0, delay_seconds = 0, retention_days = 1, dlq_retention_days = 2, retry_tiers = [{ delay_seconds = 0, max_receive_count = 1 }] }), existing = null, consumer = null, classes = {} }, high = { create = merge(var.create, { max_receive_count = 1000, visibility_timeout_seconds = 43200, delay_seconds = 900, retention_days = 13, retry_tiers = [for i in range(5) : { delay_seconds = 900, max_receive_count = 1000 }] }), existing = null, consumer = null, classes = {} }, fifo = { create = merge(var.create, { fifo = true, content_based_deduplication = true, visibility_timeout_seconds = 185 }), existing = null, consumer = merge(var.consumer, { batching_window_seconds = 5 }), classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_create_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-create"
    inputs = { queues = { x = { create = merge(var.create, { max_receive_count = 0, visibility_timeout_seconds = -1, delay_seconds = -1, retention_days = 0, dlq_retention_days = 0, content_based_deduplication = true, retry_tiers = [{ delay_seconds = -1, max_receive_count = 0 }] }), existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].create.max_receive_count must be a whole number from 1 to 1000; got 0.",
      "queues[\"x\"].create.visibility_timeout_seconds must be a whole number from 0 to 43200; got -1.",
      "queues[\"x\"].create.delay_seconds must be a whole number from 0 to 900; got -1.",
      "queues[\"x\"].create.retention_days must be a whole number from 1 to 13 (SQS keeps 14 days at most, and the DLQ must keep longer than its source); got 0.",
      "queues[\"x\"].create.dlq_retention_days must be more than retention_days (0): a dead letter keeps the age it had in the source queue; got 0.",
      "queues[\"x\"].create.content_based_deduplication must go with fifo = true; got true.",
      "queues[\"x\"].create.retry_tiers[0].delay_seconds must be a whole number from 0 to 900; got -1.",
      "queues[\"x\"].create.retry_tiers[0].max_receive_count must be a whole number from 1 to 1000; got 0.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_create_refuses_what_is_too_large" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-create"
    inputs = { queues = { x = { create = merge(var.create, { max_receive_count = 1001, visibility_timeout_seconds = 43201, delay_seconds = 901, retention_days = 14, dlq_retention_days = 15, retry_tiers = concat([{ delay_seconds = 901, max_receive_count = 1001 }], [for i in range(5) : { delay_seconds = 1, max_receive_count = 1 }]) }), existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].create.max_receive_count must be a whole number from 1 to 1000; got 1001.",
      "queues[\"x\"].create.retry_tiers must have at most 5 tiers; got 6.",
      "queues[\"x\"].create.visibility_timeout_seconds must be a whole number from 0 to 43200; got 43201.",
      "queues[\"x\"].create.delay_seconds must be a whole number from 0 to 900; got 901.",
      "queues[\"x\"].create.retention_days must be a whole number from 1 to 13 (SQS keeps 14 days at most, and the DLQ must keep longer than its source); got 14.",
      "queues[\"x\"].create.dlq_retention_days must be a whole number of at most 14; got 15.",
      "queues[\"x\"].create.retry_tiers[0].delay_seconds must be a whole number from 0 to 900; got 901.",
      "queues[\"x\"].create.retry_tiers[0].max_receive_count must be a whole number from 1 to 1000; got 1001.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_create_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-create"
    inputs = { queues = { x = { create = merge(var.create, { max_receive_count = 1.5, visibility_timeout_seconds = 1.5, delay_seconds = 1.5, retention_days = 1.5, dlq_retention_days = 2.5, retry_tiers = [{ delay_seconds = 1.5, max_receive_count = 1.5 }] }), existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].create.max_receive_count must be a whole number from 1 to 1000; got 1.5.",
      "queues[\"x\"].create.visibility_timeout_seconds must be a whole number from 0 to 43200; got 1.5.",
      "queues[\"x\"].create.delay_seconds must be a whole number from 0 to 900; got 1.5.",
      "queues[\"x\"].create.retention_days must be a whole number from 1 to 13 (SQS keeps 14 days at most, and the DLQ must keep longer than its source); got 1.5.",
      "queues[\"x\"].create.dlq_retention_days must be a whole number of at most 14; got 2.5.",
      "queues[\"x\"].create.retry_tiers[0].delay_seconds must be a whole number from 0 to 900; got 1.5.",
      "queues[\"x\"].create.retry_tiers[0].max_receive_count must be a whole number from 1 to 1000; got 1.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_create_refuses_a_visibility_timeout_below_six_times_the_consumers" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-create"
    inputs = { queues = { x = { create = merge(var.create, { visibility_timeout_seconds = 184 }), existing = null, consumer = merge(var.consumer, { batching_window_seconds = 5 }), classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].create.visibility_timeout_seconds must be at least 185 (6 × consumer.timeout_seconds + consumer.batching_window_seconds); got 184.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_targets_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "queues-targets"
    inputs = { name = "shop", region = "eu-west-1", queues = {
      none = { create = var.create, existing = null, targets = [] }
      kinds = { create = null, existing = var.existing, targets = [
        "arn:aws:lambda:eu-west-1:123456789012:function:mailer", "arn:aws:lambda:eu-west-1:123456789012:function:mailer:$LATEST",
        "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly", "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly:live",
        "arn:aws:sqs:eu-west-1:123456789012:refunds", "arn:aws:sqs:eu-west-1:123456789013:refunds.fifo", "arn:aws:sqs:eu-west-1:123456789012:live",
        "arn:aws:events:eu-west-1:123456789012:rule/orders-placed", "arn:aws:events:eu-west-1:123456789012:rule/shop/orders-placed",
        "arn:aws:sqs:eu-west-1:123456789012:shop-kinds-dlq", "arn:aws:sqs:eu-west-1:123456789012:shop-none",
      ] }
      twenty = { create = var.create, existing = null, targets = [for i in range(20) : "arn:aws:sqs:eu-west-1:123456789012:q-${i}"] }
    } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_targets_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "queues-targets"
    inputs = { name = "shop", region = "eu-west-1", queues = {
      a_kinds  = { create = var.create, existing = null, targets = ["mailer", "arn:aws:sns:eu-west-1:123456789012:topic:c9135db0", "arn:aws:states:eu-west-1:123456789012:activity:a"] }
      b_region = { create = var.create, existing = null, targets = ["arn:aws:lambda:eu-west-2:123456789012:function:mailer"] }
      c_loops  = { create = merge(var.create, { fifo = true }), existing = null, targets = ["arn:aws:sqs:eu-west-1:123456789012:dead", "arn:aws:sqs:eu-west-1:123456789012:shop-b_region-dlq", "arn:aws:sqs:eu-west-1:123456789012:shop-c_loops-dlq.fifo"] }
      d_dead   = { create = null, existing = var.existing, targets = [] }
      e_twice  = { create = var.create, existing = null, targets = ["arn:aws:sqs:eu-west-1:123456789012:q", "arn:aws:sqs:eu-west-1:123456789012:q"] }
      f_many   = { create = var.create, existing = null, targets = [for i in range(21) : "arn:aws:sqs:eu-west-1:123456789012:q-${i}"] }
    } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"a_kinds\"].targets[0] must be the ARN of a Lambda function, a Step Functions state machine, an SQS queue, an EventBridge rule or an SNS topic; got \"mailer\".",
      "queues[\"a_kinds\"].targets[1] must be the ARN of a Lambda function, a Step Functions state machine, an SQS queue, an EventBridge rule or an SNS topic; got \"arn:aws:sns:eu-west-1:123456789012:topic:c9135db0\".",
      "queues[\"a_kinds\"].targets[2] must be the ARN of a Lambda function, a Step Functions state machine, an SQS queue, an EventBridge rule or an SNS topic; got \"arn:aws:states:eu-west-1:123456789012:activity:a\".",
      "queues[\"b_region\"].targets[0] must be in the healer's own region, eu-west-1, beyond which it calls nobody; got \"arn:aws:lambda:eu-west-2:123456789012:function:mailer\".",
      "queues[\"c_loops\"].targets[0] must not be a DLQ of this stack, whose letters the healer would only meet again; got \"arn:aws:sqs:eu-west-1:123456789012:dead\".",
      "queues[\"c_loops\"].targets[1] must not be a DLQ of this stack, whose letters the healer would only meet again; got \"arn:aws:sqs:eu-west-1:123456789012:shop-b_region-dlq\".",
      "queues[\"c_loops\"].targets[2] must not be a DLQ of this stack, whose letters the healer would only meet again; got \"arn:aws:sqs:eu-west-1:123456789012:shop-c_loops-dlq.fifo\".",
      "queues[\"e_twice\"].targets must be different from one another; got [\"arn:aws:sqs:eu-west-1:123456789012:q\",\"arn:aws:sqs:eu-west-1:123456789012:q\"].",
      "queues[\"f_many\"].targets must be at most 20; got 21.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_existing_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-existing"
    inputs = { functions = var.functions, queues = { both = { create = null, existing = var.existing, consumer = merge(var.consumer, { role_name = "r" }), classes = {} }, fifo = { create = null, existing = merge(var.existing, { dlq_arn = "arn:aws-cn:sqs:cn-north-1:123456789012:dead.fifo", source_arn = "arn:aws-cn:sqs:cn-north-1:123456789012:live.fifo" }), consumer = null, classes = {} }, dlq_alone = { create = null, existing = merge(var.existing, { source_arn = null }), consumer = null, classes = {} }, created = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_existing_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-existing"
    inputs = { functions = merge(var.functions, { batching_window_seconds = 3 }), queues = { a_arns = { create = null, existing = merge(var.existing, { dlq_arn = "dead", source_arn = "live", dlq_visibility_timeout_seconds = 363 }), consumer = null, classes = {} }, b_region = { create = null, existing = merge(var.existing, { source_arn = "arn:aws:sqs:eu-west-2:123456789012:live", dlq_visibility_timeout_seconds = 363 }), consumer = null, classes = {} }, c_account = { create = null, existing = merge(var.existing, { source_arn = "arn:aws:sqs:eu-west-1:123456789013:live", dlq_visibility_timeout_seconds = 363 }), consumer = null, classes = {} }, d_fifo = { create = null, existing = merge(var.existing, { source_arn = "arn:aws:sqs:eu-west-1:123456789012:live.fifo", dlq_visibility_timeout_seconds = 363 }), consumer = null, classes = {} }, e_same = { create = null, existing = merge(var.existing, { source_arn = "arn:aws:sqs:eu-west-1:123456789012:dead", dlq_visibility_timeout_seconds = 363 }), consumer = null, classes = {} }, f_role = { create = null, existing = merge(var.existing, { source_arn = null, dlq_visibility_timeout_seconds = 363 }), consumer = merge(var.consumer, { role_name = "r" }), classes = {} }, g_time = { create = null, existing = merge(var.existing, { dlq_visibility_timeout_seconds = 362 }), consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"a_arns\"].existing.dlq_arn must be a queue's ARN (arn:aws:sqs:<region>:<account>:<queue name>); got \"dead\".",
      "queues[\"a_arns\"].existing.source_arn must be a queue's ARN (arn:aws:sqs:<region>:<account>:<queue name>); got \"live\".",
      "queues[\"b_region\"].existing.source_arn must be in the region and account of dlq_arn, as SQS demands of a redrive; got \"arn:aws:sqs:eu-west-2:123456789012:live\".",
      "queues[\"c_account\"].existing.source_arn must be in the region and account of dlq_arn, as SQS demands of a redrive; got \"arn:aws:sqs:eu-west-1:123456789013:live\".",
      "queues[\"d_fifo\"].existing.source_arn must be a FIFO queue if dlq_arn is one, and a standard queue if it is not; got \"arn:aws:sqs:eu-west-1:123456789012:live.fifo\".",
      "queues[\"e_same\"].existing.source_arn must be another queue than dlq_arn; got \"arn:aws:sqs:eu-west-1:123456789012:dead\".",
      "queues[\"f_role\"].existing.source_arn must be given where consumer.role_name is, for the consumer's event source mapping; got null.",
      "queues[\"g_time\"].existing.dlq_visibility_timeout_seconds must be at least 363 (6 × functions.timeout_seconds + functions.batching_window_seconds): raise that queue's visibility timeout, or lower functions.timeout_seconds; got 362.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_consumer_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-consumer"
    inputs = { queues = { low = { create = var.create, existing = null, consumer = merge(var.consumer, { role_name = "orders+=,.@_-", timeout_seconds = 1, batch_size = 1, maximum_concurrency = 2 }), classes = {} }, high = { create = var.create, existing = null, consumer = merge(var.consumer, { timeout_seconds = 900, batch_size = 10000, batching_window_seconds = 300, maximum_concurrency = 1000 }), classes = {} }, fifo = { create = merge(var.create, { fifo = true }), existing = null, consumer = var.consumer, classes = {} }, none = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_consumer_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-consumer"
    inputs = { queues = { x = { create = var.create, existing = null, consumer = merge(var.consumer, { function_name = "", role_name = "", timeout_seconds = 0, batch_size = 0, batching_window_seconds = -1, maximum_concurrency = 1 }), classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].consumer.function_name must be a function's name: 1–64 letters, digits, hyphens and underscores, and no ARN; got \"\".",
      "queues[\"x\"].consumer.role_name must be a role's name, and no ARN; got \"\".",
      "queues[\"x\"].consumer.timeout_seconds must be a whole number from 1 to 900; got 0.",
      "queues[\"x\"].consumer.batch_size must be a whole number from 1 to 10000; got 0.",
      "queues[\"x\"].consumer.batching_window_seconds must be a whole number from 0 to 300; got -1.",
      "queues[\"x\"].consumer.maximum_concurrency must be a whole number from 2 to 1000; got 1.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_consumer_refuses_what_is_too_large" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-consumer"
    inputs = { queues = { x = { create = var.create, existing = null, consumer = merge(var.consumer, { function_name = "arn:aws:lambda:eu-west-1:123456789012:function:x", role_name = "arn:aws:iam::123456789012:role/x", timeout_seconds = 901, batch_size = 10001, batching_window_seconds = 301, maximum_concurrency = 1001 }), classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].consumer.function_name must be a function's name: 1–64 letters, digits, hyphens and underscores, and no ARN; got \"arn:aws:lambda:eu-west-1:123456789012:function:x\".",
      "queues[\"x\"].consumer.role_name must be a role's name, and no ARN; got \"arn:aws:iam::123456789012:role/x\".",
      "queues[\"x\"].consumer.timeout_seconds must be a whole number from 1 to 900; got 901.",
      "queues[\"x\"].consumer.batch_size must be a whole number from 1 to 10000; got 10001.",
      "queues[\"x\"].consumer.batching_window_seconds must be a whole number from 0 to 300; got 301.",
      "queues[\"x\"].consumer.maximum_concurrency must be a whole number from 2 to 1000; got 1001.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_consumer_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-consumer"
    inputs = { queues = { x = { create = var.create, existing = null, consumer = merge(var.consumer, { timeout_seconds = 1.5, batch_size = 1.5, batching_window_seconds = 1.5, maximum_concurrency = 2.5 }), classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"x\"].consumer.timeout_seconds must be a whole number from 1 to 900; got 1.5.",
      "queues[\"x\"].consumer.batch_size must be a whole number from 1 to 10000; got 1.5.",
      "queues[\"x\"].consumer.batching_window_seconds must be a whole number from 0 to 300; got 1.5.",
      "queues[\"x\"].consumer.maximum_concurrency must be a whole number from 2 to 1000; got 2.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "queues_consumer_refuses_large_batches_without_a_window_and_on_fifo" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "queues-consumer"
    inputs = { queues = { a = { create = var.create, existing = null, consumer = merge(var.consumer, { batch_size = 11 }), classes = {} }, b = { create = merge(var.create, { fifo = true }), existing = null, consumer = merge(var.consumer, { batch_size = 11, batching_window_seconds = 1 }), classes = {} }, c = { create = null, existing = merge(var.existing, { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead.fifo" }), consumer = merge(var.consumer, { batching_window_seconds = 1 }), classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "queues[\"a\"].consumer.batching_window_seconds must be at least 1 with a batch_size above 10 (11); got 0.",
      "queues[\"b\"].consumer.batch_size must be at most 10 on a FIFO queue; got 11.",
      "queues[\"b\"].consumer.batching_window_seconds must be 0 on a FIFO queue, which has no batching window; got 1.",
      "queues[\"c\"].consumer.batching_window_seconds must be 0 on a FIFO queue, which has no batching window; got 1.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "rules_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "rules"
    inputs = { verdicts = var.verdicts, queue_keys = ["orders"], rules = [
      { id = "a", class = "TIMEOUT", verdict = null, when = merge(var.when, { message_matches = "(?i)card (declined|expired)" }) },
      { id = "B-2_c", class = "MY_OWN2", verdict = "leave", when = merge(var.when, { http_status = 100 }) },
      { id = "c", class = "X", verdict = null, when = merge(var.when, { http_status = 599, queue = "orders", attributes = { a = "b" }, body = "customer.email" }) }
    ] }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "rules_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "rules"
    inputs = { verdicts = var.verdicts, queue_keys = ["orders", "payments"], rules = [
      { id = "a", class = "low", verdict = null, when = merge(var.when, { message_contains = "x" }) },
      { id = "a", class = "X", verdict = "drop", when = merge(var.when, {}) },
      { id = "!", class = "X", verdict = null, when = merge(var.when, { message_matches = "(?=x)" }) },
      { id = "d", class = "X", verdict = null, when = merge(var.when, { message_matches = join("", [for i in range(1001) : "x"]) }) },
      { id = "e", class = "X", verdict = null, when = merge(var.when, { http_status = 99 }) },
      { id = "f", class = "X", verdict = null, when = merge(var.when, { http_status = 600 }) },
      { id = "g", class = "X", verdict = null, when = merge(var.when, { http_status = 404.5 }) },
      { id = "h", class = "X", verdict = null, when = merge(var.when, { queue = "oders" }) },
      { id = "i", class = "X", verdict = null, when = merge(var.when, { attributes = {} }) },
      { id = "j", class = "X", verdict = null, when = merge(var.when, { error_type = " ", message_contains = "", message_matches = " ", aws_error_code = "", source = "", body = " " }) }
    ] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "rules[*].id must be different from one another; got [\"a\",\"a\",\"!\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\"].",
      "rules[0].class must be upper-case letters, digits and underscores, like TIMEOUT; got \"low\".",
      "rules[1].verdict must be one of heal, park, archive, quarantine, leave; got \"drop\".",
      "rules[1].when must have at least one condition, spelled error_type, message_contains, message_matches, http_status, aws_error_code, source, queue, attributes or body; got none.",
      "rules[2].id must be 1–64 letters, digits, hyphens and underscores; got \"!\".",
      "rules[2].when.message_matches must be a regular expression that RE2 compiles (no look-around, no back-references); got \"(?=x)\".",
      "rules[3].when.message_matches must be at most 1000 characters; got 1001.",
      "rules[4].when.http_status must be a whole number from 100 to 599; got 99.",
      "rules[5].when.http_status must be a whole number from 100 to 599; got 600.",
      "rules[6].when.http_status must be a whole number from 100 to 599; got 404.5.",
      "rules[7].when.queue must be a key of queues (orders, payments); got \"oders\".",
      "rules[8].when.attributes must name 1–10 message attributes; got 0.",
      "rules[9].when.error_type must not be blank: leave it out where it does not matter; got \" \".",
      "rules[9].when.message_contains must not be blank: leave it out where it does not matter; got \"\".",
      "rules[9].when.message_matches must not be blank: leave it out where it does not matter; got \" \".",
      "rules[9].when.aws_error_code must not be blank: leave it out where it does not matter; got \"\".",
      "rules[9].when.source must not be blank: leave it out where it does not matter; got \"\".",
      "rules[9].when.body must not be blank: leave it out where it does not matter; got \" \".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "rules_repair_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "rules-repair"
    inputs = { rules = [
      { verdict = "archive", repair = null },
      { verdict = null, repair = merge(var.repair, { merge_patch = jsonencode({ a = null, prototypes = "constructors" }) }) },
      { verdict = "heal", repair = merge(var.repair, { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:mend-orders" }) },
      { verdict = null, repair = merge(var.repair, { function_arn = "arn:aws-cn:lambda:cn-north-1:123456789012:function:mend:$LATEST" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = jsonencode([for i in range(100) : { op = "remove", path = "/${i}" }]) }) },
      { verdict = null, repair = merge(var.repair, { json_patch = jsonencode([
        { op = "test", path = "", value = null }, { op = "add", path = "/a~1b/m~0n/-", value = { x = [1] } }, { op = "replace", path = "/", value = "x" },
        { op = "move", path = "/b", from = "/c" }, { op = "copy", path = "/b", from = "" }
      ]) }) },
    ] }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "rules_repair_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table = "rules-repair"
    inputs = { rules = [
      { verdict = "park", repair = merge(var.repair, { merge_patch = "{\"a\":1}" }) },
      { verdict = null, repair = var.repair },
      { verdict = null, repair = merge(var.repair, { merge_patch = "{\"a\":1}", function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:mend" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = "[" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = "{\"op\":\"remove\"}" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = "[]" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = jsonencode([for i in range(101) : { op = "remove", path = "/a" }]) }) },
      { verdict = null, repair = merge(var.repair, { merge_patch = "[]" }) },
      { verdict = null, repair = merge(var.repair, { merge_patch = "{}" }) },
      { verdict = null, repair = merge(var.repair, { merge_patch = "{\"a\":{\"__proto__\":1}}" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = "[{\"op\":\"remove\",\"path\":\"/constructor\"}]" }) },
      { verdict = null, repair = merge(var.repair, { function_arn = "mend" }) },
      { verdict = null, repair = merge(var.repair, { function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:mend:live:1" }) },
      { verdict = null, repair = merge(var.repair, { json_patch = jsonencode([
        { op = "set", path = "/a" }, { op = "remove", path = "a" }, { op = "remove" }, { op = "remove", path = "/a~2" },
        { op = "move", path = "/a" }, { op = "copy", path = "/a", from = "b" }, { op = "remove", path = "/a", from = "/b" },
        { op = "add", path = "/a" }, { op = "remove", path = "/a", value = 1 }, "x"
      ]) }) },
    ] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "rules[0].verdict must be \"heal\", or left out, where the rule has a repair; got \"park\".",
      "rules[1].repair must have exactly one of json_patch, merge_patch and function_arn; got [].",
      "rules[2].repair must have exactly one of json_patch, merge_patch and function_arn; got [\"function_arn\",\"merge_patch\"].",
      "rules[3].repair.json_patch must be a list of operations as JSON (use jsonencode); got \"[\".",
      "rules[4].repair.json_patch must be a list of operations as JSON (use jsonencode); got \"{\\\"op\\\":\\\"remove\\\"}\".",
      "rules[5].repair.json_patch must have 1–100 operations; got 0.",
      "rules[6].repair.json_patch must have 1–100 operations; got 101.",
      "rules[7].repair.merge_patch must be an object with at least one member as JSON (use jsonencode); got \"[]\".",
      "rules[8].repair.merge_patch must be an object with at least one member as JSON (use jsonencode); got \"{}\".",
      "rules[9].repair must name no __proto__, constructor or prototype; got {\"a\":{\"__proto__\":1}}.",
      "rules[10].repair must name no __proto__, constructor or prototype; got [{\"op\":\"remove\",\"path\":\"/constructor\"}].",
      "rules[11].repair.function_arn must be the ARN of a Lambda function, a version or an alias; got \"mend\".",
      "rules[12].repair.function_arn must be the ARN of a Lambda function, a version or an alias; got \"arn:aws:lambda:eu-west-1:123456789012:function:mend:live:1\".",
      "rules[13].repair.json_patch[0].op must be add, remove, replace, move, copy or test; got \"set\".",
      "rules[13].repair.json_patch[1].path must be a JSON Pointer: \"\", or \"/\" and names, with ~0 for ~ and ~1 for /; got \"a\".",
      "rules[13].repair.json_patch[2].path must be a JSON Pointer: \"\", or \"/\" and names, with ~0 for ~ and ~1 for /; got null.",
      "rules[13].repair.json_patch[3].path must be a JSON Pointer: \"\", or \"/\" and names, with ~0 for ~ and ~1 for /; got \"/a~2\".",
      "rules[13].repair.json_patch[4].from must be a JSON Pointer with move and copy, and left out elsewhere; got null.",
      "rules[13].repair.json_patch[5].from must be a JSON Pointer with move and copy, and left out elsewhere; got \"b\".",
      "rules[13].repair.json_patch[6].from must be a JSON Pointer with move and copy, and left out elsewhere; got \"/b\".",
      "rules[13].repair.json_patch[7].value must be given with add, replace and test (null is a value too), and left out elsewhere; got none.",
      "rules[13].repair.json_patch[8].value must be given with add, replace and test (null is a value too), and left out elsewhere; got 1.",
      "rules[13].repair.json_patch[9].op must be add, remove, replace, move, copy or test; got null.",
      "rules[13].repair.json_patch[9].path must be a JSON Pointer: \"\", or \"/\" and names, with ~0 for ~ and ~1 for /; got null.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [{ class = "MINE" }], queues = { orders = { classes = { TIMEOUT = merge(var.class, { notify = "always" }) } } }, policy = { classes = { TIMEOUT = merge(var.class, { verdict = "heal", attempts = 5, base_delay_seconds = 0, max_delay_seconds = 0 }), MINE = merge(var.class, { attempts = 1, base_delay_seconds = 1, max_delay_seconds = 604800, notify = "exhausted" }), UNKNOWN = merge(var.class, { verdict = "leave", notify = "never" }) }, poison = { threshold = 2, window_seconds = 60 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "breaker_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy-breaker"
    inputs = { breaker = { relapses = 1, window_seconds = 60, cool_down_seconds = 60, max_cool_down_seconds = 60, probes = 100, ramp_per_minute = 100000, max_per_minute = 100000 } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "breaker_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy-breaker"
    inputs = { breaker = { relapses = 0, window_seconds = 59, cool_down_seconds = 600, max_cool_down_seconds = 300, probes = 1.5, ramp_per_minute = 50, max_per_minute = 20 } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.breaker.probes must be a whole number from 1 to 100; got 1.5.",
      "policy.breaker.relapses must be a whole number from 1 to 1000; got 0.",
      "policy.breaker.window_seconds must be a whole number from 60 to 86400; got 59.",
      "policy.breaker.max_cool_down_seconds must be at least cool_down_seconds (600); got 300.",
      "policy.breaker.ramp_per_minute must be at most max_per_minute (20); got 50.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_accepts_the_largest_poison_numbers" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = {}, poison = { threshold = 100, window_seconds = 1209600 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = { TIMEOUT = merge(var.class, { attempts = 0, base_delay_seconds = -1, max_delay_seconds = -2 }) }, poison = { threshold = 1, window_seconds = 59 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.poison.threshold must be a whole number from 2 to 100: the ledger remembers that many deaths of one body; got 1.",
      "policy.poison.window_seconds must be a whole number from 60 to 1209600 (14 days); got 59.",
      "policy.classes[\"TIMEOUT\"].attempts must be a whole number from 1 to 5 (Lambda's recursion detection drops a message after about 16 hops); got 0.",
      "policy.classes[\"TIMEOUT\"].base_delay_seconds must be a whole number of at least 0; got -1.",
      "policy.classes[\"TIMEOUT\"].max_delay_seconds must be at least base_delay_seconds (-1); got -2.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_what_is_too_large" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = { TIMEOUT = merge(var.class, { attempts = 6, base_delay_seconds = 1, max_delay_seconds = 604801 }) }, poison = { threshold = 101, window_seconds = 1209601 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.poison.threshold must be a whole number from 2 to 100: the ledger remembers that many deaths of one body; got 101.",
      "policy.poison.window_seconds must be a whole number from 60 to 1209600 (14 days); got 1209601.",
      "policy.classes[\"TIMEOUT\"].attempts must be a whole number from 1 to 5 (Lambda's recursion detection drops a message after about 16 hops); got 6.",
      "policy.classes[\"TIMEOUT\"].max_delay_seconds must be a whole number of at most 604800 (7 days); got 604801.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = { TIMEOUT = merge(var.class, { attempts = 1.5, base_delay_seconds = 1.5, max_delay_seconds = 2.5 }) }, poison = { threshold = 2.5, window_seconds = 60.5 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.poison.threshold must be a whole number from 2 to 100: the ledger remembers that many deaths of one body; got 2.5.",
      "policy.poison.window_seconds must be a whole number from 60 to 1209600 (14 days); got 60.5.",
      "policy.classes[\"TIMEOUT\"].attempts must be a whole number from 1 to 5 (Lambda's recursion detection drops a message after about 16 hops); got 1.5.",
      "policy.classes[\"TIMEOUT\"].base_delay_seconds must be a whole number of at least 0; got 1.5.",
      "policy.classes[\"TIMEOUT\"].max_delay_seconds must be a whole number of at most 604800 (7 days); got 2.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_words_it_does_not_know_and_contradictions" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = { orders = { classes = { TIMOUT = var.class } } }, policy = { classes = { TIMEOUT = merge(var.class, { verdict = "retry", notify = "often", base_delay_seconds = 5 }), UNKNOWN = merge(var.class, { verdict = "park", attempts = 2, max_delay_seconds = 5 }) }, poison = { threshold = 5, window_seconds = 86400 }, heal_fifo = false, degradation = var.degradation } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.classes[\"TIMEOUT\"].verdict must be one of heal, park, archive, quarantine, leave; got \"retry\".",
      "policy.classes[\"TIMEOUT\"].base_delay_seconds must be given together with max_delay_seconds (null); got 5.",
      "policy.classes[\"TIMEOUT\"].notify must be one of always, exhausted, never; got \"often\".",
      "policy.classes[\"UNKNOWN\"].attempts must go with the verdict heal, not \"park\"; got 2.",
      "policy.classes[\"UNKNOWN\"].base_delay_seconds must be given together with max_delay_seconds (5); got null.",
      "queues[\"orders\"].classes[\"TIMOUT\"] must be a built-in failure class (TIMEOUT, UNKNOWN) or the class of one of your rules; got \"TIMOUT\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_accepts_the_outermost_thresholds" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = {}, poison = { threshold = 5, window_seconds = 86400 }, heal_fifo = false, degradation = { error_rate = [0.0001, 0.1, 0.2, 1], depth = [1, 2, 3, 4], latency_seconds = [1, 60, 600, 86400] } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_thresholds_that_are_not_four_rising_numbers" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = {}, poison = { threshold = 5, window_seconds = 86400 }, heal_fifo = false, degradation = { error_rate = [0.05, 0.1, 0.2], depth = [10, 20, 20, 30], latency_seconds = [] } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.degradation.depth must rise: each level begins above the one before; got [10,20,20,30].",
      "policy.degradation.error_rate must be four numbers, where levels 1, 2, 3 and 4 begin; got [0.05,0.1,0.2].",
      "policy.degradation.latency_seconds must be four numbers, where levels 1, 2, 3 and 4 begin; got [].",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_thresholds_that_no_signal_can_have" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = {}, poison = { threshold = 5, window_seconds = 86400 }, heal_fifo = false, degradation = { error_rate = [0, 0.1, 0.2, 0.5], depth = [0, 2, 3, 4], latency_seconds = [1, 1.5, 2, 3] } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.degradation.depth must be whole numbers of at least 1; got [0,2,3,4].",
      "policy.degradation.error_rate must be shares above 0 and at most 1; got [0,0.1,0.2,0.5].",
      "policy.degradation.latency_seconds must be whole numbers of at least 1; got [1,1.5,2,3].",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "policy_refuses_percent_where_a_share_is_meant_and_numbers_that_are_none" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "policy"
    inputs = { verdicts = var.verdicts, built_in_classes = var.classes, rules = [], queues = {}, policy = { classes = {}, poison = { threshold = 5, window_seconds = 86400 }, heal_fifo = false, degradation = { error_rate = [5, 10, 20, 50], depth = [1, null, 3, 4], latency_seconds = null } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "policy.degradation.depth must rise: each level begins above the one before; got [1,null,3,4].",
      "policy.degradation.depth must be whole numbers of at least 1; got [1,null,3,4].",
      "policy.degradation.error_rate must be shares above 0 and at most 1; got [5,10,20,50].",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "alerts_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "alerts"
    inputs = { alerts = merge(var.alerts, { emails = ["a@b.co"], sqs = { q = "arn:aws:sqs:eu-west-1:123456789012:q" }, webhooks = { w = "https://x" }, window_seconds = 60 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "alerts_accepts_a_topic" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "alerts"
    inputs = { alerts = merge(var.alerts, { topic_arn = "arn:aws:sns:eu-west-1:123456789012:t", event_bus = "arn:aws:events:eu-west-1:123456789012:event-bus/shop", window_seconds = 86400 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "alerts_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "alerts"
    inputs = { alerts = { emails = ["a@b", "x y@b.co", "a@b"], sqs = { q = "q", f = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" }, webhooks = { w = "http://hooks.example.com/secret" }, topic_arn = "arn:aws:sns:eu-west-1:123456789012:t.fifo", event_bus = "my bus", window_seconds = 59 } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "alerts.window_seconds must be a whole number from 60 to 86400; got 59.",
      "alerts.topic_arn must be the ARN of a standard SNS topic (CloudWatch alarms cannot publish to a FIFO topic); got \"arn:aws:sns:eu-west-1:123456789012:t.fifo\".",
      "alerts.topic_arn must not go with emails, sqs or webhooks: subscribe them to your own topic; got \"arn:aws:sns:eu-west-1:123456789012:t.fifo\".",
      "alerts.event_bus must be the name or the ARN of an event bus; got \"my bus\".",
      "alerts.emails must be different from one another; got [\"a@b\",\"x y@b.co\",\"a@b\"].",
      "alerts.emails[0] must be an e-mail address; got \"a@b\".",
      "alerts.emails[1] must be an e-mail address; got \"x y@b.co\".",
      "alerts.emails[2] must be an e-mail address; got \"a@b\".",
      "alerts.sqs[\"f\"] must be the ARN of a standard queue; got \"arn:aws:sqs:eu-west-1:123456789012:q.fifo\".",
      "alerts.sqs[\"q\"] must be the ARN of a standard queue; got \"q\".",
      "alerts.webhooks[\"w\"] must be an https:// URL; got http://….",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "alerts_refuses_a_long_window" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "alerts"
    inputs = { alerts = merge(var.alerts, { window_seconds = 86401 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "alerts.window_seconds must be a whole number from 60 to 86400; got 86401.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "alerts_refuses_half_a_second" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "alerts"
    inputs = { alerts = merge(var.alerts, { window_seconds = 60.5 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "alerts.window_seconds must be a whole number from 60 to 86400; got 60.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_accepts_its_absence" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = null, queues = {} }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = merge(var.ingest, { path = "/", rate_per_second = 1, burst = 1 }), queues = { orders = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_accepts_an_attached_source" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = merge(var.ingest, { path = "/v1/orders", rate_per_second = 10000, burst = 5000 }), queues = { orders = { create = null, existing = var.existing, consumer = null, classes = {} } } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = { queue = "oders", schema_json = "[1]", path = "orders", authorization = "none", rate_per_second = 0, burst = 0 }, queues = { orders = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.queue must be a key of queues (orders); got \"oders\".",
      "ingest.schema_json must be a JSON Schema, as the text of a JSON object; try file(\"order.schema.json\"); got \"[1]\".",
      "ingest.path must be a path like /orders; got \"orders\".",
      "ingest.authorization must be AWS_IAM or NONE; got \"none\".",
      "ingest.rate_per_second must be from 1 to 10000; got 0.",
      "ingest.burst must be a whole number from 1 to 5000; got 0.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses_too_much" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = { queue = "orders", schema_json = "{", path = "/orders/", authorization = "NONE", rate_per_second = 10001, burst = 5001 }, queues = { orders = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.schema_json must be a JSON Schema, as the text of a JSON object; try file(\"order.schema.json\"); got \"{\".",
      "ingest.path must be a path like /orders; got \"/orders/\".",
      "ingest.rate_per_second must be from 1 to 10000; got 10001.",
      "ingest.burst must be a whole number from 1 to 5000; got 5001.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses_half_a_request" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = merge(var.ingest, { burst = 1.5 }), queues = { orders = { create = var.create, existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.burst must be a whole number from 1 to 5000; got 1.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses_a_dlq_alone" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = var.ingest, queues = { orders = { create = null, existing = merge(var.existing, { source_arn = null }), consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.queue must name a queue with a source: `create`, or existing.source_arn; got \"orders\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses_fifo" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = var.ingest, queues = { orders = { create = merge(var.create, { fifo = true }), existing = null, consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.queue must name a standard queue: what arrives over HTTP has no message group; got \"orders\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "ingest_refuses_an_attached_fifo" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "ingest"
    inputs = { ingest = var.ingest, queues = { orders = { create = null, existing = merge(var.existing, { dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:dead.fifo" }), consumer = null, classes = {} } } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "ingest.queue must name a standard queue: what arrives over HTTP has no message group; got \"orders\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { glacier_after_days = 0, expire_after_days = 15, noncurrent_retention_days = 1, ledger_retention_days = 15 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_accepts_no_glacier" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { glacier_after_days = null, expire_after_days = 3650, ledger_retention_days = 3650 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { glacier_after_days = -1, expire_after_days = 0, noncurrent_retention_days = 0, ledger_retention_days = 14 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "storage.glacier_after_days must be a whole number of at least 0, or null for never; got -1.",
      "storage.expire_after_days must be a whole number of at least 1, or null for never; got 0.",
      "storage.expire_after_days must be at least ledger_retention_days (14), or the ledger points to letters that are gone; got 0.",
      "storage.noncurrent_retention_days must be a whole number of at least 1; got 0.",
      "storage.ledger_retention_days must be a whole number from 15 to 3650: a row must outlive the 14 days of a DLQ; got 14.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { glacier_after_days = 1.5, expire_after_days = 100.5, noncurrent_retention_days = 1.5, ledger_retention_days = 15.5 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "storage.glacier_after_days must be a whole number of at least 0, or null for never; got 1.5.",
      "storage.expire_after_days must be a whole number of at least 1, or null for never; got 100.5.",
      "storage.noncurrent_retention_days must be a whole number of at least 1; got 1.5.",
      "storage.ledger_retention_days must be a whole number from 15 to 3650: a row must outlive the 14 days of a DLQ; got 15.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_refuses_expiry_before_glacier" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { expire_after_days = 90 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "storage.expire_after_days must be more than glacier_after_days (90); got 90.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "storage_refuses_a_ledger_of_ten_years_and_more" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "storage"
    inputs = { storage = merge(var.storage, { ledger_retention_days = 3651 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "storage.ledger_retention_days must be a whole number from 15 to 3650: a row must outlive the 14 days of a DLQ; got 3651.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { runtime = "nodejs24.x", architecture = "x86_64", memory_mb = 256, timeout_seconds = 10, batch_size = 1, maximum_concurrency = 2, log_retention_days = 0, log_level = "DEBUG" }), log_retentions = [0, 30] }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_accepts_much" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { memory_mb = 10240, timeout_seconds = 900, batch_size = 10000, batching_window_seconds = 300, maximum_concurrency = 1000, log_level = "ERROR" }), log_retentions = [0, 30] }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { runtime = "nodejs20.x", architecture = "arm", memory_mb = 255, timeout_seconds = 9, batch_size = 0, batching_window_seconds = -1, maximum_concurrency = 1, log_retention_days = 2, log_level = "info" }), log_retentions = [0, 30] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "functions.runtime must be nodejs22.x or nodejs24.x; got \"nodejs20.x\".",
      "functions.architecture must be arm64 or x86_64; got \"arm\".",
      "functions.memory_mb must be a whole number from 256 to 10240: ten letters of 1 MiB need room; got 255.",
      "functions.timeout_seconds must be a whole number from 10 to 900; got 9.",
      "functions.batch_size must be a whole number from 1 to 10000; got 0.",
      "functions.batching_window_seconds must be a whole number from 0 to 300; got -1.",
      "functions.maximum_concurrency must be a whole number from 2 to 1000; got 1.",
      "functions.log_retention_days must be one of 0, 30; got 2.",
      "functions.log_level must be DEBUG, INFO, WARN or ERROR; got \"info\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_refuses_what_is_too_large" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { memory_mb = 10241, timeout_seconds = 901, batch_size = 10001, batching_window_seconds = 301, maximum_concurrency = 1001 }), log_retentions = [0, 30] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "functions.memory_mb must be a whole number from 256 to 10240: ten letters of 1 MiB need room; got 10241.",
      "functions.timeout_seconds must be a whole number from 10 to 900; got 901.",
      "functions.batch_size must be a whole number from 1 to 10000; got 10001.",
      "functions.batching_window_seconds must be a whole number from 0 to 300; got 301.",
      "functions.maximum_concurrency must be a whole number from 2 to 1000; got 1001.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { memory_mb = 256.5, timeout_seconds = 10.5, batch_size = 1.5, batching_window_seconds = 1.5, maximum_concurrency = 2.5 }), log_retentions = [0, 30] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "functions.memory_mb must be a whole number from 256 to 10240: ten letters of 1 MiB need room; got 256.5.",
      "functions.timeout_seconds must be a whole number from 10 to 900; got 10.5.",
      "functions.batch_size must be a whole number from 1 to 10000; got 1.5.",
      "functions.batching_window_seconds must be a whole number from 0 to 300; got 1.5.",
      "functions.maximum_concurrency must be a whole number from 2 to 1000; got 2.5.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "functions_refuses_large_batches_without_a_window" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "functions"
    inputs = { functions = merge(var.functions, { batch_size = 11 }), log_retentions = [0, 30] }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "functions.batching_window_seconds must be at least 1 with a batch_size above 10 (11); got 0.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "observability_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "observability"
    inputs = { observability = merge(var.observability, { letters_waiting = 0, letters_waiting_severe = 1, outage_minutes = 10, dlq_depth = 0, consumer_error_percent = 0 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "observability_accepts_much" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "observability"
    inputs = { observability = merge(var.observability, { outage_minutes = 1440, consumer_error_percent = 99.5 }) }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "observability_refuses_what_is_too_small" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "observability"
    inputs = { observability = merge(var.observability, { letters_arrived = 0, letters_waiting = -1, letters_waiting_severe = -1, outage_minutes = 5, dlq_depth = -1, consumer_error_percent = -1 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "observability.letters_arrived must be a whole number of at least 1; got 0.",
      "observability.letters_waiting must be a whole number of at least 0; got -1.",
      "observability.letters_waiting_severe must be a whole number of at least 0; got -1.",
      "observability.dlq_depth must be a whole number of at least 0; got -1.",
      "observability.letters_waiting_severe must be more than letters_waiting (-1); got -1.",
      "observability.outage_minutes must be a multiple of 5 from 10 to 1440; got 5.",
      "observability.consumer_error_percent must be at least 0 and less than 100; got -1.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "observability_refuses_what_is_too_large" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "observability"
    inputs = { observability = merge(var.observability, { letters_waiting = 200, outage_minutes = 1445, consumer_error_percent = 100 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "observability.letters_waiting_severe must be more than letters_waiting (200); got 200.",
      "observability.outage_minutes must be a multiple of 5 from 10 to 1440; got 1445.",
      "observability.consumer_error_percent must be at least 0 and less than 100; got 100.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "observability_refuses_what_is_not_whole" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "observability"
    inputs = { observability = merge(var.observability, { letters_arrived = 1.5, letters_waiting = 1.5, letters_waiting_severe = 2.5, outage_minutes = 12, dlq_depth = 1.5 }) }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "observability.letters_arrived must be a whole number of at least 1; got 1.5.",
      "observability.letters_waiting must be a whole number of at least 0; got 1.5.",
      "observability.letters_waiting_severe must be a whole number of at least 0; got 2.5.",
      "observability.dlq_depth must be a whole number of at least 0; got 1.5.",
      "observability.outage_minutes must be a multiple of 5 from 10 to 1440; got 12.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "tags_accepts" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "tags"
    inputs = { tags = { "team/name" = "Déjà vu: 1+1=2@_.-" } }
  }

  assert {
    condition     = jsonencode(output.faults) == jsonencode([])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "tags_refuses" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "tags"
    inputs = { tags = { "aws:x" = "1", "a?" = "b?" } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "tags[\"a?\"] must have a key of 1–128 letters, digits, spaces and _.:/=+@- that does not start with aws:; got \"a?\".",
      "tags[\"aws:x\"] must have a key of 1–128 letters, digits, spaces and _.:/=+@- that does not start with aws:; got \"aws:x\".",
      "tags[\"a?\"] must be at most 256 letters, digits, spaces and _.:/=+@-; got \"b?\".",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}

run "tags_refuses_more_than_fifty" {
  command = plan
  module {
    source = "./test/terraform/faults"
  }
  variables {
    table  = "tags"
    inputs = { tags = { for i in range(51) : "t${i}" => "" } }
  }

  assert {
    condition = jsonencode(output.faults) == jsonencode([
      "tags must be at most 50; got 51.",
    ])
    error_message = "The faults were: ${join("\n", output.faults)}"
  }
}
