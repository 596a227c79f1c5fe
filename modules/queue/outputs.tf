output "source_url" {
  description = "URL of the source queue."
  value       = aws_sqs_queue.source.id
}

output "source_arn" {
  description = "ARN of the source queue."
  value       = "${local.arn_prefix}:${aws_sqs_queue.source.name}"
}

output "tier_arns" {
  description = "ARNs of the retry tiers: retry-1, retry-2, …"
  value       = { for index, queue in aws_sqs_queue.retry : "retry-${index + 1}" => "${local.arn_prefix}:${queue.name}" }
}

output "dlq_url" {
  description = "URL of the DLQ."
  value       = aws_sqs_queue.dlq.id
}

output "dlq_arn" {
  description = "ARN of the DLQ."
  value       = "${local.arn_prefix}:${aws_sqs_queue.dlq.name}"
}
