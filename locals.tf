locals {
  modes            = ["heal", "observe", "pause"]
  verdicts         = ["heal", "park", "archive", "quarantine", "leave"]
  built_in_classes = ["AUTH_FAILURE", "VALIDATION_ERROR", "BAD_PAYLOAD", "TIMEOUT", "THROTTLED", "DEPENDENCY_FAILURE", "RESOURCE_EXHAUSTED", "CODE_BUG", "UNKNOWN"]

  # What CloudWatch Logs accepts; 0 means for ever.
  log_retentions = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

  # Modules spell ARNs out from this and from names that are known at plan, so that a plan shows every policy in full
  # for review, where a resource's `arn` would show "(known after apply)".
  aws = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }

  # SQS and Lambda: a queue hides a message for six times its consumer's timeout, so that throttled retries of one batch
  # never meet the message again. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  dlq_visibility_timeout_seconds = 6 * var.functions.timeout_seconds + var.functions.batching_window_seconds

  # Every queue in one shape, whether it was created or attached.
  queues = { for key, queue in var.queues : key => {
    fifo              = queue.create != null ? queue.create.fifo : endswith(queue.existing.dlq_arn, ".fifo")
    source_url        = queue.create != null ? module.queue[key].source_url : try(local.existing_urls[key].source, null)
    source_arn        = queue.create != null ? module.queue[key].source_arn : queue.existing.source_arn
    tier_arns         = queue.create != null ? module.queue[key].tier_arns : {}
    dlq_url           = queue.create != null ? module.queue[key].dlq_url : local.existing_urls[key].dlq
    dlq_arn           = queue.create != null ? module.queue[key].dlq_arn : queue.existing.dlq_arn
    consumer_function = try(queue.consumer.function_name, null)
    log_group         = queue.consumer == null ? null : "/aws/lambda/${queue.consumer.function_name}"
    log_lookup        = queue.consumer == null ? false : queue.consumer.log_lookup
    targets           = queue.targets
  } }

  # Source and tiers after the DLQs: a consumer asks by the queue that it receives from.
  queue_keys = merge(concat(
    [for key, queue in local.queues : { (queue.dlq_arn) = key }],
    [for key, queue in local.queues : { for arn in concat(compact([queue.source_arn]), values(queue.tier_arns)) : arn => key }],
  )...)

  # By the service in their ARN. What a rule lists says something about its letters and is called by nobody.
  targets = { for service in ["sqs", "lambda", "states"] : service => distinct([
    for arn in flatten([for queue in local.queues : queue.targets]) : arn if try(split(":", arn)[2], "") == service
  ]) }

  # Looked into for letters that say nothing. Several queues may share a consumer.
  log_group_arns = distinct([for queue in local.queues :
    "arn:${local.aws.partition}:logs:${local.aws.region}:${local.aws.account_id}:log-group:${queue.log_group}" if queue.log_lookup
  ])

  # Called by the healer to mend letters. Several rules may share a function.
  repair_function_arns = distinct([for rule in var.rules : rule.repair.function_arn if try(rule.repair.function_arn, null) != null])

  # Several queues may share a consumer.
  consumer_function_arns = [for name in distinct(compact([for queue in local.queues : queue.consumer_function])) :
    "arn:${local.aws.partition}:lambda:${local.aws.region}:${local.aws.account_id}:function:${name}"
  ]

  existing_urls = { for key, queue in var.queues : key => {
    for role, arn in { dlq = queue.existing.dlq_arn, source = queue.existing.source_arn } :
    role => format("https://sqs.%s.%s/%s/%s", split(":", arn)[3], local.aws.dns_suffix, split(":", arn)[4], split(":", arn)[5]) if arn != null
  } if queue.existing != null }

  # A bus is given by name or ARN; policies and the functions take the ARN.
  event_bus_arn = var.alerts.event_bus == null ? null : (
    startswith(var.alerts.event_bus, "arn:") ? var.alerts.event_bus :
    "arn:${local.aws.partition}:events:${local.aws.region}:${local.aws.account_id}:event-bus/${var.alerts.event_bus}"
  )

  # What the functions read at run time. They hold its hash, so that a change takes effect at once and a stale read is noticed.
  policy_document = jsonencode({
    version = 1
    stack   = var.name
    queues = { for key, queue in local.queues : key => {
      dlq_url           = queue.dlq_url
      dlq_arn           = queue.dlq_arn
      source_url        = queue.source_url
      source_arn        = queue.source_arn
      tier_arns         = values(queue.tier_arns)
      fifo              = queue.fifo
      consumer_function = queue.consumer_function
      log_group         = queue.log_group
      log_lookup        = queue.log_lookup
      targets           = queue.targets
      classes           = var.queues[key].classes
    } }
    rules     = var.rules
    policy    = var.policy
    alerts    = { window_seconds = var.alerts.window_seconds }
    retention = { ledger_days = var.storage.ledger_retention_days }
  })

  documents = merge({ policy = local.policy_document }, var.ingest == null ? {} : { schema = var.ingest.schema_json })

  healer_environment = {
    STACK_NAME        = var.name
    MODE              = var.mode
    LEDGER_TABLE      = module.ledger.ledger_table
    IDEMPOTENCY_TABLE = module.ledger.idempotency_table
    ARCHIVE_BUCKET    = module.archive.bucket
    ALERT_TOPIC_ARN   = module.alerts.topic_arn
    POLICY_HASH       = module.ledger.document_hashes["policy"]
    EVENT_BUS         = local.event_bus_arn == null ? "none" : local.event_bus_arn
  }

  functions = merge(
    {
      heal   = { timeout_seconds = var.functions.timeout_seconds, environment = local.healer_environment }
      govern = { timeout_seconds = var.functions.timeout_seconds, environment = local.healer_environment }
    },
    var.ingest == null ? {} : {
      ingest = {
        timeout_seconds = 10 # an HTTP API gives up after 30 s; a caller before that
        environment = {
          STACK_NAME   = var.name
          LEDGER_TABLE = module.ledger.ledger_table
          QUEUE_URL    = try(local.queues[var.ingest.queue].source_url, null)
          SCHEMA_HASH  = module.ledger.document_hashes["schema"]
        }
      }
    },
  )
}
