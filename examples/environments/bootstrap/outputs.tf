output "state_bucket" {
  description = "For backend/<environment>.s3.tfbackend."
  value       = aws_s3_bucket.state.bucket
}

output "role_arns" {
  description = "By <environment>-plan and <environment>-apply: for the repository's variable PIPELINE_ROLES and so on."
  value       = { for key, role in aws_iam_role.pipeline : key => role.arn }
}
