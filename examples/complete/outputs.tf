output "api_url" {
  description = "POST orders here."
  value       = module.dlq_healer.ingest_url
}

output "orders_queue_url" {
  description = "URL of the source queue."
  value       = module.dlq_healer.queues["orders"].source_url
}

output "orders_queue_arn" {
  description = "ARN of the source queue."
  value       = module.dlq_healer.queues["orders"].source_arn
}

output "retry_tier_arns" {
  description = "ARNs of the retry tiers, in order."
  value       = module.dlq_healer.queues["orders"].retry_tier_arns
}

output "dlq_url" {
  description = "URL of the DLQ."
  value       = module.dlq_healer.queues["orders"].dlq_url
}

output "dlq_arn" {
  description = "ARN of the DLQ."
  value       = module.dlq_healer.queues["orders"].dlq_arn
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "idempotency_table" {
  description = "Name of the idempotency table."
  value       = module.dlq_healer.idempotency_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "orders_table" {
  description = "Table that the consumer books orders in."
  value       = aws_dynamodb_table.orders.name
}

output "alert_inbox_url" {
  description = "URL of the queue that receives the alerts, each in SNS's envelope."
  value       = module.alert_inbox.url
}

output "alert_topic_arn" {
  description = "ARN of the alerts' topic."
  value       = module.dlq_healer.alert_topic_arn
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.dlq_healer.dashboard_name
}

output "function_names" {
  description = "Names of the Lambda functions: the module's, the consumer and the payment service."
  value = merge(module.dlq_healer.function_names, {
    consumer = module.consumer.name
    payments = module.payments.name
  })
}

output "operator_policies" {
  description = "IAM policies (JSON) for people who run `dlq`: `read`, and `operate`, which adds to it."
  value       = module.dlq_healer.operator_policies
}
