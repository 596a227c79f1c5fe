output "schedule_name" {
  description = "Name of the EventBridge rule that runs the governor."
  value       = aws_cloudwatch_event_rule.govern.name
}
