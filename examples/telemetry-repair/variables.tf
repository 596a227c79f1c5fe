variable "name" {
  description = "Prefix of everything in this example."
  type        = string
  default     = "telemetry"
}

variable "redis" {
  description = "A Redis or Valkey of yours: `url` (redis:// or rediss://) and, where it is inside a VPC, private subnets and security groups from which the functions reach it, DynamoDB and SQS. Null: the example makes a small VPC and a Valkey cache in it."
  type = object({
    url = string
    vpc = optional(object({ subnet_ids = list(string), security_group_ids = list(string) }))
  })
  default = null

  validation {
    condition     = var.redis == null ? true : can(regex("^rediss?://[^@/]+$", var.redis.url))
    error_message = "redis.url must be redis:// or rediss:// (TLS), a host and, if it is not 6379, a port, without a password: a function's environment is no place for one."
  }
}

variable "cache_port" {
  description = "Port of the cache that the example makes."
  type        = number
  default     = 6379
}
