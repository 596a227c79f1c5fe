variable "name" {
  description = "Name of the HTTP API."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string, region = string, account_id = string })
}

variable "path" {
  description = "Path that accepts POSTs."
  type        = string
}

variable "authorization" {
  description = "AWS_IAM: callers sign their requests. NONE: anyone may send."
  type        = string
}

variable "rate_per_second" {
  description = "Requests per second before the API answers 429."
  type        = number
}

variable "burst" {
  description = "Requests at once before the API answers 429."
  type        = number
}

variable "queue_arn" {
  description = "ARN of the queue to send to."
  type        = string
}

variable "ledger_table_arn" {
  description = "ARN of the ledger table, which holds the schema."
  type        = string
}

variable "function_name" {
  description = "Name of the function."
  type        = string
}

variable "function_arn" {
  description = "ARN of the function."
  type        = string
}

variable "role_name" {
  description = "Name of the function's role."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the access log is kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key of queue, ledger and access log; null where the services' own are used."
  type        = string
}

variable "tags" {
  description = "Tags of API, stage and log group."
  type        = map(string)
}
