output "read_json" {
  description = "IAM policy for the commands that only look."
  value       = data.aws_iam_policy_document.read.json
}

output "operate_json" {
  description = "IAM policy that adds what the changing commands need."
  value       = data.aws_iam_policy_document.operate.json
}
