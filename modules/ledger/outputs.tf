output "ledger_table" {
  description = "Name of the ledger table."
  value       = aws_dynamodb_table.ledger.name
}

output "ledger_table_arn" {
  description = "ARN of the ledger table."
  value       = "${local.arn_prefix}/${aws_dynamodb_table.ledger.name}"
}

output "idempotency_table" {
  description = "Name of the idempotency table."
  value       = aws_dynamodb_table.idempotency.name
}

output "idempotency_table_arn" {
  description = "ARN of the idempotency table."
  value       = "${local.arn_prefix}/${aws_dynamodb_table.idempotency.name}"
}

# Read back from the items, so that whatever holds a hash is changed after the document is there.
output "document_hashes" {
  description = "SHA-256 (hex) of each document."
  value       = { for key, row in aws_dynamodb_table_item.document : key => jsondecode(row.item).hash.S }
}
