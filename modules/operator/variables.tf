variable "queues" {
  description = "By queue key: the DLQ, the source (null if unknown) and its retry tiers."
  type        = map(object({ dlq_arn = string, source_arn = string, tier_arns = list(string) }))
}

variable "targets" {
  description = "ARNs of what letters may be given back to besides the sources; a function's with the version or alias that is invoked."
  type        = object({ queues = list(string), functions = list(string), state_machines = list(string) })
}

variable "log_group_arns" {
  description = "Log groups of the consumers whose logs are looked into for letters that say nothing; without the trailing `:*`."
  type        = list(string)
}

variable "heal_function_arn" {
  description = "ARN of the healer's function."
  type        = string
}

variable "ledger_table_arn" {
  description = "ARN of the ledger table."
  type        = string
}

variable "idempotency_table_arn" {
  description = "ARN of the idempotency table."
  type        = string
}

variable "archive_bucket_arn" {
  description = "ARN of the archive bucket."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of queues, tables and archive; null where the services' own are used."
  type        = string
}
