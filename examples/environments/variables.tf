# What differs between environments, and nothing else: every variable is set in each of dev.tfvars, staging.tfvars and
# prod.tfvars, and none has the same value in all three. What is the same everywhere is in main.tf. No variable has a
# default, so that one that is missing or misspelt in a tfvars file is an error and not a surprise.

variable "environment" {
  description = "Which one this is; part of every name."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod; got ${var.environment}. Pass -var-file=<environment>.tfvars."
  }
}

variable "mode" {
  description = "observe, heal or pause: docs of the module."
  type        = string
}

variable "alert_emails" {
  description = "Who gets alerts."
  type        = list(string)
}

variable "disposable" {
  description = "Whether `terraform destroy` may take the archived letters and the tables along."
  type        = bool
}

variable "log_retention_days" {
  description = "Days that the functions' logs are kept."
  type        = number
}

variable "retry" {
  description = "How patient the queue is: receives in the source, seconds until the retry tier's try, seconds of the longest back-off."
  type = object({
    max_receive_count = number
    tier_delay        = number
    max_delay         = number
  })
}

variable "letters_waiting" {
  description = "How many letters may wait for a person before alarm 1 and alarm 2 ring."
  type        = object({ first = number, second = number })
}
