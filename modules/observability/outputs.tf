output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of the alarms."
  value = sort([for alarm in concat(
    values(aws_cloudwatch_metric_alarm.queue),
    values(aws_cloudwatch_metric_alarm.dlq_depth),
    values(aws_cloudwatch_metric_alarm.function_errors),
    values(aws_cloudwatch_metric_alarm.consumer_error_rate),
    values(aws_cloudwatch_metric_alarm.recursion),
  ) : alarm.alarm_name])
}
