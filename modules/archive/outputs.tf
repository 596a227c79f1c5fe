output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.letters.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = local.bucket_arn
}
