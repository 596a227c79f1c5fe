output "dlq_arns" {
  description = "ARNs of the DLQs."
  value       = local.dlq_arns
}

output "source_arns" {
  description = "ARNs of the queues in front of them, where there are any."
  value       = local.source_arns
}

output "function_names" {
  description = "Names of the functions."
  value       = { for key in local.functions : key => "${var.prefix}-${key}" }
}

output "function_arns" {
  description = "ARNs of the functions."
  value       = local.function_arns
}

output "topic_arns" {
  description = "ARNs of the topics."
  value       = local.topic_arns
}

output "rule_arns" {
  description = "ARNs of the rules."
  value       = local.rule_arns
}

output "schedule_name" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.nightly.name
}

output "scheduler_role_arn" {
  description = "ARN of the role that the schedule acts with."
  value       = aws_iam_role.scheduler.arn
}
