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

variable "vpc" {
  description = "Private subnets and security groups of a function that must reach what only its VPC does; null for none. Such a function reaches AWS's APIs by the VPC's endpoints or NAT alone."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0
    error_message = "vpc.subnet_ids must name at least one subnet, better one in each of two zones; got []."
  }
  validation {
    condition     = var.vpc == null ? true : length(var.vpc.security_group_ids) > 0
    error_message = "vpc.security_group_ids must name at least one security group: without one Lambda takes the VPC's default group; got []."
  }
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
