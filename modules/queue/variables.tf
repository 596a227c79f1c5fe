variable "name" {
  description = "Name of the source queue, and the prefix of the others."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string, region = string, account_id = string })
}

variable "settings" {
  description = "As `queues[*].create` of the root, with both visibility timeouts filled in."
  type = object({
    fifo                           = bool
    content_based_deduplication    = bool
    max_receive_count              = number
    retry_tiers                    = list(object({ delay_seconds = number, max_receive_count = number }))
    visibility_timeout_seconds     = number
    delay_seconds                  = number
    retention_days                 = number
    dlq_retention_days             = number
    dlq_visibility_timeout_seconds = number
  })
}

variable "kms_key_arn" {
  description = "Key of the queues; null for SQS-managed encryption."
  type        = string
}

variable "tags" {
  description = "Tags of the queues."
  type        = map(string)
}
