variable "bucket" {
  description = "Name of the bucket."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string })
}

variable "glacier_after_days" {
  description = "Age at which letters move to Glacier Instant Retrieval; null for never."
  type        = number
}

variable "expire_after_days" {
  description = "Age at which letters are deleted; null for never."
  type        = number
}

variable "noncurrent_retention_days" {
  description = "Days that an overwritten or deleted object is kept."
  type        = number
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete letters."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of the objects; null for S3's own."
  type        = string
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
}
