output "queue_url" {
  description = "URL of the source queue: send orders here."
  value       = module.dlq_healer.queues[local.queue].source_url
}

output "queue_arn" {
  description = "ARN of the source queue."
  value       = module.dlq_healer.queues[local.queue].source_arn
}

output "dlq_arn" {
  description = "ARN of the DLQ."
  value       = module.dlq_healer.queues[local.queue].dlq_arn
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "orders_table" {
  description = "Table that orders are booked in: how often each, at which level, with which recommendations."
  value       = aws_dynamodb_table.orders.name
}

output "services_table" {
  description = "Table that says whether a service is up: put { service = \"payments\", state = \"down\" } to end its day."
  value       = aws_dynamodb_table.services.name
}

output "function_names" {
  description = "Names of the Lambda functions: the module's, the consumer and both services."
  value = merge(
    module.dlq_healer.function_names,
    { consumer = module.consumer.name },
    { for key, service in module.service : key => service.name },
  )
}

output "consumer_environment" {
  description = "Environment of the consumer function."
  value       = module.dlq_healer.consumer_environment
}

output "worker_environment" {
  description = "Environment of the Python worker."
  value       = local.worker_environment
}

output "worker_role" {
  description = "Name of the role that the Python worker runs as, in ECS; its policy is all that it needs."
  value       = aws_iam_role.worker.name
}
