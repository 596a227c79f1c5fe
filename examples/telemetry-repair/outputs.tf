output "queue_url" {
  description = "URL of the queue that devices' records are sent to."
  value       = module.dlq_healer.queues["positions"].source_url
}

output "dlq_url" {
  description = "URL of the DLQ."
  value       = module.dlq_healer.queues["positions"].dlq_url
}

output "devices_table" {
  description = "The registry of devices."
  value       = aws_dynamodb_table.devices.name
}

output "positions_table" {
  description = "Table that the consumer books positions in."
  value       = aws_dynamodb_table.positions.name
}

output "redis_url" {
  description = "Where the functions look for the metadata."
  value       = local.redis.url
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "function_names" {
  description = "Names of the Lambda functions: the module's, the consumer and the repair."
  value       = merge(module.dlq_healer.function_names, { consumer = module.consumer.name, repair = module.repair.name })
}
