output "ledger_table" {
  description = "Name of the ledger table."
  value       = module.dlq_healer.ledger_table
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = module.dlq_healer.archive_bucket
}

output "function_names" {
  description = "Names of the healer's Lambda functions."
  value       = module.dlq_healer.function_names
}

output "function_role_names" {
  description = "Names of their roles: what the other team's queue and key policies have to let in where they are in another account."
  value       = module.dlq_healer.function_role_names
}

output "operator_policies" {
  description = "IAM policies (JSON) for people who run `dlq`: `read`, and `operate`, which adds to it."
  value       = module.dlq_healer.operator_policies
}

output "theirs" {
  description = "The other team's stack, for those who want to break it: names and ARNs by a short name."
  value       = module.theirs
}
