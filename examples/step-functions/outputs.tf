output "frontier_url" {
  description = "Send {\"url\": \"https://…\"} here."
  value       = module.dlq_healer.queues["frontier"].source_url
}

output "failed_url" {
  description = "URL of the queue that gets the events of executions that failed: the DLQ of the crawls."
  value       = aws_sqs_queue.failed.id
}

output "state_machine_arn" {
  description = "ARN of the crawler's state machine."
  value       = local.state_machine_arn
}

output "pages_bucket" {
  description = "Bucket of the pages: one object for each, under pages/."
  value       = aws_s3_bucket.pages.id
}

output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "alert_inbox_url" {
  description = "URL of the queue that receives the alerts, each in SNS's envelope."
  value       = module.alert_inbox.url
}

output "alarm_names" {
  description = "Names of the CloudWatch alarms; docs/runbook.md says which is which escalation level."
  value       = module.dlq_healer.alarm_names
}

output "function_names" {
  description = "Names of the Lambda functions: the module's, the starter, and the workflow's."
  value = merge(module.dlq_healer.function_names, {
    starter = module.starter.name
    fetch   = module.fetch.name
    parse   = module.parse.name
  })
}

output "operator_policies" {
  description = "IAM policies (JSON) for people who run `dlq`: `read`, and `operate`, which adds to it."
  value       = module.dlq_healer.operator_policies
}
