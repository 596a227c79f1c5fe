variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string, region = string, account_id = string })
}

variable "zip" {
  description = "Path of the zip. It holds index.mjs, which exports `handler`."
  type        = string
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  default     = "nodejs22.x"
}

variable "architecture" {
  description = "arm64 or x86_64."
  type        = string
  default     = "arm64"
}

variable "memory_mb" {
  description = "Memory, in MB."
  type        = number
  default     = 256
}

variable "timeout_seconds" {
  description = "Timeout, in seconds."
  type        = number
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  default     = {}
}

variable "dead_letter_arn" {
  description = "ARN, known at plan, of an SQS queue for events of asynchronous invocations that Lambda gives up on; null for none."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days that the log is kept."
  type        = number
  default     = 30
}

variable "kms_key_arn" {
  description = "Key of the log group and of the environment; null for the services' own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of function, role and log group."
  type        = map(string)
  default     = {}
}
