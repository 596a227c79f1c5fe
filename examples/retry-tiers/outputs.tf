output "queue_urls" {
  description = "URLs of the two source queues, by key."
  value       = { for key, queue in module.dlq_healer.queues : key => queue.source_url }
}

output "orders_table" {
  description = "Table that both consumers book orders in, as <queue>#<order>."
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
