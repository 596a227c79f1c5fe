output "policy_json" {
  description = "The consumer's IAM policy."
  value       = data.aws_iam_policy_document.consumer.json
}
