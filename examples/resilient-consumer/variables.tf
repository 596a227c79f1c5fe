variable "name" {
  description = "Prefix of everything in this example."
  type        = string
  default     = "resilient"
}

variable "breaker_failures" {
  description = "So many failures of payments in a row open the consumer's circuit breaker. 0: there is none, and every order asks, whatever became of the others."
  type        = number
  default     = 3
}
