output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = "arn:${var.aws.partition}:lambda:${var.aws.region}:${var.aws.account_id}:function:${aws_lambda_function.this.function_name}"
}

output "role_name" {
  description = "Name of the function's role, to attach policies to."
  value       = aws_iam_role.this.name
}

output "log_group" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}
