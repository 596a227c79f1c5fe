variable "name" {
  description = "Name of the policy on the consumer's role."
  type        = string
}

variable "source_arn" {
  description = "ARN of the source queue; null if unknown."
  type        = string
}

variable "tier_arns" {
  description = "ARNs of the retry tiers, by name."
  type        = map(string)
}

variable "dlq_arn" {
  description = "ARN of the DLQ."
  type        = string
}

variable "consumer" {
  description = "As `queues[*].consumer` of the root, or null. Its `role_name` must be known at plan."
  type = object({
    function_name           = string
    role_name               = string
    batch_size              = number
    batching_window_seconds = number
    maximum_concurrency     = number
  })
}

variable "ledger_table_arn" {
  description = "ARN of the ledger table."
  type        = string
}

variable "idempotency_table_arn" {
  description = "ARN of the idempotency table."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of queues and tables; null where the services' own are used."
  type        = string
}

variable "tags" {
  description = "Tags of the mappings."
  type        = map(string)
}
