output "queues" {
  description = "By queue key: URLs and ARNs of source, retry tiers (in order) and DLQ. What an attached queue was not told is null."
  value = { for key, queue in local.queues : key => {
    source_url      = queue.source_url
    source_arn      = queue.source_arn
    retry_tier_arns = values(queue.tier_arns)
    dlq_url         = queue.dlq_url
    dlq_arn         = queue.dlq_arn
  } }
}

output "consumer_environment" {
  description = "Environment variables that the consumer kit needs. They depend on no queue, so that a consumer may use them and be named in `queues`."
  value = {
    DLQ_HEALER_STACK             = var.name
    DLQ_HEALER_LEDGER_TABLE      = module.ledger.ledger_table
    DLQ_HEALER_IDEMPOTENCY_TABLE = module.ledger.idempotency_table
  }
}

output "consumer_policies" {
  description = "By queue key: IAM policy (JSON) that the queue's consumer needs. Attached already where `consumer.role_name` was given."
  value       = { for key, consumer in module.consumer : key => consumer.policy_json }
}

output "operator_policies" {
  description = "IAM policies (JSON) for people who run `dlq`: `read` for the commands that look, `operate` for those that change something, which need both."
  value       = { read = module.operator.read_json, operate = module.operator.operate_json }
}

output "function_names" {
  description = "Names of the Lambda functions: heal, govern, and ingest where there is one."
  value       = { for key, function in module.function : key => function.name }
}

output "function_arns" {
  description = "ARNs of the Lambda functions, by the same keys as `function_names`."
  value       = { for key, function in module.function : key => function.arn }
}

output "function_role_names" {
  description = "Names of the functions' IAM roles, by the same keys as `function_names`."
  value       = { for key, function in module.function : key => function.role_name }
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.ledger.ledger_table
}

output "ledger_table_arn" {
  description = "ARN of the ledger table."
  value       = module.ledger.ledger_table_arn
}

output "idempotency_table" {
  description = "Name of the idempotency table."
  value       = module.ledger.idempotency_table
}

output "idempotency_table_arn" {
  description = "ARN of the idempotency table."
  value       = module.ledger.idempotency_table_arn
}

output "archive_bucket" {
  description = "Name of the bucket that holds every parked, archived and quarantined letter whole."
  value       = module.archive.bucket
}

output "archive_bucket_arn" {
  description = "ARN of the archive bucket."
  value       = module.archive.bucket_arn
}

output "alert_topic_arn" {
  description = "ARN of the topic that alerts and alarms are published to: the module's own, or yours."
  value       = module.alerts.topic_arn
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "alarm_names" {
  description = "Names of the CloudWatch alarms."
  value       = module.observability.alarm_names
}

output "ingest_url" {
  description = "URL that accepts POSTs, or null without `ingest`."
  value       = one([for ingest in module.ingest : ingest.url])
}

output "effective_configuration" {
  description = "The configuration that was really applied, with every default. Terraform drops a misspelt optional key without a word: what you set and do not find here was misspelt."
  value = {
    name          = var.name
    mode          = var.mode
    queues        = var.queues
    rules         = var.rules
    policy        = var.policy
    alerts        = merge(var.alerts, { webhooks = keys(var.alerts.webhooks) }) # a webhook's URL may be a secret
    ingest        = var.ingest == null ? null : { for name, value in var.ingest : name => value if name != "schema_json" }
    storage       = var.storage
    functions     = var.functions
    observability = var.observability
    kms_key_arn   = var.kms_key_arn
    tags          = var.tags
  }
}
