variable "name" {
  description = "How the stacks' names begin; the environment follows."
  type        = string
  default     = "checkout"
}

variable "environments" {
  description = "Environments of this account. Where each has an account of its own, this root is applied in each, with one."
  type        = set(string)
  default     = ["dev", "staging", "prod"]
}

variable "repository" {
  description = "The GitHub repository whose workflows may take the roles, as owner/name."
  type        = string
  default     = "example/checkout"

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be owner/name, without wildcards; got ${var.repository}."
  }
}

variable "state_bucket" {
  description = "Name of the bucket that is made for states and plans. Names of buckets are the whole world's."
  type        = string
  default     = "checkout-terraform-state"
}

variable "disposable" {
  description = "Environments whose archived letters the pipeline may delete with the stack: those with disposable = true."
  type        = set(string)
  default     = ["dev", "staging"]
}
