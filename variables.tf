# Twelve inputs, one object per concern. Every rule that AWS would enforce at apply, and every pair of numbers that
# contradict each other, is refused at plan. A rule and its message are one row of a table in checks/*.tftpl: the
# condition asks whether the table yields any fault, the message prints the faults. (Terraform finds a cycle when a
# validation reads a local that reads the same variable, so the tables cannot be locals.)

variable "name" {
  description = "Prefix of everything the module creates, and the value of the metrics' `stack` dimension. 2–27 characters, so that the archive bucket's name fits S3's 63."
  type        = string
  default     = "dlq-healer"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,25}[a-z0-9]$", var.name)) && !strcontains(var.name, "--")
    error_message = "name must be 2–27 lower-case letters, digits and single hyphens, starting with a letter and not ending with a hyphen; got ${jsonencode(var.name)}."
  }
}

variable "mode" {
  description = "`heal` acts on letters; `observe` touches nothing and publishes what it would have done; `pause` leaves every letter in its DLQ. The default is `observe`: nothing is touched until someone says so."
  type        = string
  default     = "observe"
  nullable    = false

  validation {
    condition     = contains(local.modes, var.mode)
    error_message = "mode must be one of ${join(", ", local.modes)}; got ${jsonencode(var.mode)}."
  }
}

variable "queues" {
  description = <<-EOT
    The queues to look after, by a name of yours. Each has exactly one of:
    - `create`: source queue, retry tiers and DLQ made here. Messages that fail `max_receive_count` times in the source move to tier 1, and so on to the DLQ.
    - `existing`: queues that you have. `dlq_visibility_timeout_seconds` is what that DLQ is set to now, at least 6 × `functions.timeout_seconds`.

    `consumer` names the Lambda function that works on the source queue, for the alarms and for finding its logs. With `role_name` (known at plan) the
    module also gives that role the permissions it needs and makes the event source mappings of the source and of every tier.
    With `log_lookup` a letter that says nothing of why it died is looked for by its message id in the function's log group, `/aws/lambda/<function_name>`.
    `targets`: ARNs of Lambda functions, Step Functions state machines and SQS queues that letters of this DLQ may be given back to, besides the source
    queue, where they belong to one of them; of EventBridge rules that pass their events on unchanged; and of SNS topics whose one subscriber here is listed too.
    All in this region. See docs/targets.md.
    `classes` overrides `policy.classes` for this queue.
  EOT
  type = map(object({
    create = optional(object({
      fifo                        = optional(bool, false)
      content_based_deduplication = optional(bool, false)
      max_receive_count           = optional(number, 5)
      retry_tiers = optional(list(object({
        delay_seconds     = number
        max_receive_count = optional(number, 3)
      })), [])
      visibility_timeout_seconds = optional(number) # 6 × consumer.timeout_seconds + consumer.batching_window_seconds
      delay_seconds              = optional(number, 0)
      retention_days             = optional(number, 4)
      dlq_retention_days         = optional(number, 14)
    }))
    existing = optional(object({
      dlq_arn                        = string
      source_arn                     = optional(string)
      dlq_visibility_timeout_seconds = number
    }))
    consumer = optional(object({
      function_name           = string
      role_name               = optional(string)
      timeout_seconds         = optional(number, 30)
      batch_size              = optional(number, 10)
      batching_window_seconds = optional(number, 0)
      maximum_concurrency     = optional(number)
      log_lookup              = optional(bool, false)
    }))
    targets = optional(list(string), [])
    classes = optional(map(object({
      verdict            = optional(string)
      attempts           = optional(number)
      base_delay_seconds = optional(number)
      max_delay_seconds  = optional(number)
      notify             = optional(string)
      critical           = optional(bool)
    })), {})
  }))
  default  = {}
  nullable = false

  # One table each, so that an ARN that is only known after apply defers the checks of `existing` and no others.
  validation {
    condition     = templatefile("${path.module}/checks/queues.tftpl", { name = var.name, queues = var.queues }) == ""
    error_message = templatefile("${path.module}/checks/queues.tftpl", { name = var.name, queues = var.queues })
  }
  validation {
    condition     = templatefile("${path.module}/checks/queues-create.tftpl", { queues = var.queues }) == ""
    error_message = templatefile("${path.module}/checks/queues-create.tftpl", { queues = var.queues })
  }
  validation {
    condition     = templatefile("${path.module}/checks/queues-existing.tftpl", { queues = var.queues, functions = var.functions }) == ""
    error_message = templatefile("${path.module}/checks/queues-existing.tftpl", { queues = var.queues, functions = var.functions })
  }
  validation {
    condition     = templatefile("${path.module}/checks/queues-consumer.tftpl", { queues = var.queues }) == ""
    error_message = templatefile("${path.module}/checks/queues-consumer.tftpl", { queues = var.queues })
  }
  validation {
    condition     = templatefile("${path.module}/checks/queues-targets.tftpl", { name = var.name, queues = var.queues, region = data.aws_region.current.id }) == ""
    error_message = templatefile("${path.module}/checks/queues-targets.tftpl", { name = var.name, queues = var.queues, region = data.aws_region.current.id })
  }
}

variable "rules" {
  description = "Your own classification, before the built-in one; the first rule whose every given condition holds wins. `message_matches` is an RE2 expression, `body` a JMESPath expression that must be truthy. `class` is a built-in failure class or a new one of yours. `repair` mends the body before the letter is healed: exactly one of `json_patch` and `merge_patch` (both by `jsonencode`) and `function_arn`, a Lambda function."
  type = list(object({
    id = string
    when = object({
      error_type       = optional(string)
      message_contains = optional(string)
      message_matches  = optional(string)
      http_status      = optional(number)
      aws_error_code   = optional(string)
      source           = optional(string)
      queue            = optional(string)
      attributes       = optional(map(string))
      body             = optional(string)
    })
    class   = string
    verdict = optional(string)
    repair = optional(object({
      json_patch   = optional(string)
      merge_patch  = optional(string)
      function_arn = optional(string)
    }))
  }))
  default  = []
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/rules.tftpl", { rules = var.rules, queue_keys = keys(var.queues), verdicts = local.verdicts }) == ""
    error_message = templatefile("${path.module}/checks/rules.tftpl", { rules = var.rules, queue_keys = keys(var.queues), verdicts = local.verdicts })
  }
  # A table of its own, so that a function's ARN that is only known after apply defers no other check.
  validation {
    condition     = templatefile("${path.module}/checks/rules-repair.tftpl", { rules = var.rules }) == ""
    error_message = templatefile("${path.module}/checks/rules-repair.tftpl", { rules = var.rules })
  }
}

variable "policy" {
  description = "What happens to each failure class: `verdict` heal, park, archive, quarantine or leave; `attempts` 1–5; back-off between `base_delay_seconds` and `max_delay_seconds`; `notify` always, exhausted or never; `critical`: its letters are healed one degradation level longer. `poison`: content that dies `threshold` times within the window is quarantined. `breaker`: so many `relapses` within the window hold a group of letters for the cool-down, which doubles each time; then `probes` letters go first, and the rest at a rate that doubles each minute from `ramp_per_minute` to `max_per_minute`, the most that is released to one queue at all. `heal_fifo`: FIFO letters are healed too; those of one message group keep their order among themselves, not with messages that lived on. `degradation`: where each queue's levels 1 (light), 2 (moderate), 3 (severe) and 4 (emergency) begin, four rising numbers each; the worst signal counts. `error_rate` is the share of the consumer's invocations, or of the messages, that fail within 5 minutes, `depth` the messages that wait in the source queue and its tiers, `latency_seconds` the age of the source's oldest message: without a default, for a queue that is filled for a nightly run holds old messages by design."
  type = object({
    classes = optional(map(object({
      verdict            = optional(string)
      attempts           = optional(number)
      base_delay_seconds = optional(number)
      max_delay_seconds  = optional(number)
      notify             = optional(string)
      critical           = optional(bool)
    })), {})
    poison = optional(object({
      threshold      = optional(number, 5)
      window_seconds = optional(number, 86400)
    }), {})
    breaker = optional(object({
      relapses              = optional(number, 5)
      window_seconds        = optional(number, 300)
      cool_down_seconds     = optional(number, 120)
      max_cool_down_seconds = optional(number, 3600)
      probes                = optional(number, 3)
      ramp_per_minute       = optional(number, 30)
      max_per_minute        = optional(number, 3000)
    }), {})
    heal_fifo = optional(bool, false)
    degradation = optional(object({
      error_rate      = optional(list(number), [0.05, 0.1, 0.2, 0.5])
      depth           = optional(list(number), [10000, 20000, 50000, 100000])
      latency_seconds = optional(list(number))
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/policy.tftpl", { policy = var.policy, queues = var.queues, rules = var.rules, verdicts = local.verdicts, built_in_classes = local.built_in_classes }) == ""
    error_message = templatefile("${path.module}/checks/policy.tftpl", { policy = var.policy, queues = var.queues, rules = var.rules, verdicts = local.verdicts, built_in_classes = local.built_in_classes })
  }
  validation {
    condition     = templatefile("${path.module}/checks/policy-breaker.tftpl", { breaker = var.policy.breaker }) == ""
    error_message = templatefile("${path.module}/checks/policy-breaker.tftpl", { breaker = var.policy.breaker })
  }
}

variable "alerts" {
  description = "Who is told. Subscriptions of the module's own topic: `emails`, `sqs` (name → queue ARN; the queue's policy must let the topic send), `webhooks` (name → https URL). Or `topic_arn`, a topic of yours, which must let this account's CloudWatch alarms publish. One alert per group of letters and `window_seconds`. `event_bus`, a name or an ARN: an EventBridge bus that is told of each letter (`Letter Healed`, `Letter Parked`, …)."
  type = object({
    emails         = optional(list(string), [])
    sqs            = optional(map(string), {})
    webhooks       = optional(map(string), {})
    topic_arn      = optional(string)
    event_bus      = optional(string)
    window_seconds = optional(number, 900)
  })
  default  = {}
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/alerts.tftpl", { alerts = var.alerts }) == ""
    error_message = templatefile("${path.module}/checks/alerts.tftpl", { alerts = var.alerts })
  }
}

variable "ingest" {
  description = "Optional HTTP API in front of one of the queues: `POST path` validates the body against a JSON Schema and sends it, or answers 400 with the reasons. `authorization` is AWS_IAM (callers sign their requests) or NONE (anyone on the internet may send)."
  type = object({
    queue           = string
    schema_json     = string
    path            = optional(string, "/")
    authorization   = optional(string, "AWS_IAM")
    rate_per_second = optional(number, 50)
    burst           = optional(number, 100)
  })
  default = null

  validation {
    condition     = templatefile("${path.module}/checks/ingest.tftpl", { ingest = var.ingest, queues = var.queues }) == ""
    error_message = templatefile("${path.module}/checks/ingest.tftpl", { ingest = var.ingest, queues = var.queues })
  }
}

variable "storage" {
  description = "Archive bucket and tables. Letters move to Glacier Instant Retrieval after `glacier_after_days` (null: never) and are deleted after `expire_after_days`, those that still wait included (null: never). Ledger rows expire after `ledger_retention_days`. `force_destroy` lets `terraform destroy` delete archived letters; `deletion_protection` guards both tables."
  type = object({
    glacier_after_days        = optional(number, 90)
    expire_after_days         = optional(number)
    noncurrent_retention_days = optional(number, 30)
    ledger_retention_days     = optional(number, 90)
    force_destroy             = optional(bool, false)
    deletion_protection       = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/storage.tftpl", { storage = var.storage }) == ""
    error_message = templatefile("${path.module}/checks/storage.tftpl", { storage = var.storage })
  }
}

variable "functions" {
  description = "The module's Lambda functions. `batch_size`, `batching_window_seconds` and `maximum_concurrency` are those of the healer's event source mappings, one per DLQ."
  type = object({
    runtime                 = optional(string, "nodejs22.x")
    architecture            = optional(string, "arm64")
    memory_mb               = optional(number, 512)
    timeout_seconds         = optional(number, 60)
    batch_size              = optional(number, 10)
    batching_window_seconds = optional(number, 0)
    maximum_concurrency     = optional(number, 5)
    log_retention_days      = optional(number, 30)
    log_level               = optional(string, "INFO")
  })
  default  = {}
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/functions.tftpl", { functions = var.functions, log_retentions = local.log_retentions }) == ""
    error_message = templatefile("${path.module}/checks/functions.tftpl", { functions = var.functions, log_retentions = local.log_retentions })
  }
}

variable "observability" {
  description = "Thresholds of the alarms. `letters_arrived` per 5 minutes; `letters_waiting` for a person, levels 1 and 2; `outage_minutes` of unbroken deaths, level 3; `dlq_depth` for 5 minutes means that the healer is stuck; `consumer_error_percent` over 5 minutes."
  type = object({
    letters_arrived        = optional(number, 1)
    letters_waiting        = optional(number, 50)
    letters_waiting_severe = optional(number, 200)
    outage_minutes         = optional(number, 30)
    dlq_depth              = optional(number, 10)
    consumer_error_percent = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = templatefile("${path.module}/checks/observability.tftpl", { observability = var.observability }) == ""
    error_message = templatefile("${path.module}/checks/observability.tftpl", { observability = var.observability })
  }
}

variable "kms_key_arn" {
  description = "A customer-managed key for queues, tables, archive, topic, logs and the functions' environment; null uses the services' own keys. Its key policy must let cloudwatch.amazonaws.com, sns.amazonaws.com and logs.<region>.amazonaws.com use it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (arn:aws:kms:<region>:<account>:key/<id>), not an alias: an IAM policy cannot name an alias; got ${jsonencode(var.kms_key_arn)}."
  }
}

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = templatefile("${path.module}/checks/tags.tftpl", { tags = var.tags }) == ""
    error_message = templatefile("${path.module}/checks/tags.tftpl", { tags = var.tags })
  }
}
