variable "name" {
  description = "Prefix of the schedule's name."
  type        = string
}

variable "mode" {
  description = "heal, observe or pause."
  type        = string
}

variable "queues" {
  description = "By queue key: the DLQ to read, the source to send healed letters to (null if unknown), its retry tiers, and whether they are FIFO."
  type        = map(object({ dlq_arn = string, source_arn = string, tier_arns = list(string), fifo = bool }))
}

variable "consumer_function_arns" {
  description = "Functions that work on the source queues; a new deploy of one is noticed."
  type        = list(string)
}

variable "targets" {
  description = "ARNs of what letters may be given back to besides the sources; a function's with the version or alias that is invoked."
  type        = object({ queues = list(string), functions = list(string), state_machines = list(string) })
}

variable "log_group_arns" {
  description = "Log groups of the consumers whose logs are looked into for letters that say nothing; without the trailing `:*`."
  type        = list(string)
}

variable "repair_function_arns" {
  description = "Lambda functions that the user's rules name to mend letters."
  type        = list(string)
}

variable "heal" {
  description = "The healer's function and role."
  type        = object({ function_name = string, function_arn = string, role_name = string })
}

variable "govern" {
  description = "The governor's function and role."
  type        = object({ function_name = string, function_arn = string, role_name = string })
}

variable "batch_size" {
  description = "Most letters per invocation; 10 on FIFO whatever this is."
  type        = number
}

variable "batching_window_seconds" {
  description = "How long a mapping gathers letters; none on FIFO."
  type        = number
}

variable "maximum_concurrency" {
  description = "Most healers at once, per DLQ."
  type        = number
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

variable "topic_arn" {
  description = "ARN of the alerts' topic."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of queues, tables, archive and topic; null where the services' own are used."
  type        = string
}

variable "event_bus_arn" {
  description = "Bus that is told of each letter; null for none."
  type        = string
}

variable "tags" {
  description = "Tags of mappings and schedule."
  type        = map(string)
}
