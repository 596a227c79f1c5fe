output "arn" {
  description = "ARN of the queue, for `alerts.sqs`."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "URL of the queue; each message is an alert in SNS's envelope."
  value       = aws_sqs_queue.this.id
}
