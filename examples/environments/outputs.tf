output "orders_queue_url" {
  description = "URL of the source queue."
  value       = module.dlq_healer.queues["orders"].source_url
}

output "orders_table" {
  description = "Table that the consumer books orders in."
  value       = aws_dynamodb_table.orders.name
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "operator_policies" {
  description = "IAM policies (JSON) for people who run `dlq`."
  value       = module.dlq_healer.operator_policies
}

output "effective_configuration" {
  description = "What was really applied: the plan on a pull request shows what a change of it changes."
  value       = module.dlq_healer.effective_configuration
}
