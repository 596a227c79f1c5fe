variable "name" {
  description = "Prefix of both tables' names."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string, region = string, account_id = string })
}

variable "documents" {
  description = "JSON texts that functions read at run time, by sort key (`policy`, `schema`)."
  type        = map(string)
}

variable "queue_keys" {
  description = "The key of each queue, by the ARNs of its source, its retry tiers and its DLQ: for consumers that ask for their queue's level."
  type        = map(string)
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the tables."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of the tables; null for DynamoDB's own."
  type        = string
}

variable "tags" {
  description = "Tags of the tables."
  type        = map(string)
}
