output "topic_arn" {
  description = "ARN of the topic to publish to."
  value       = local.topic_arn
}
