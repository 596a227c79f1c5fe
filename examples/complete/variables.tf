variable "name" {
  description = "Prefix of everything in this example."
  type        = string
  default     = "shop-demo"
}

variable "payment_token" {
  description = "Token of the simulated payment service: while it is \"expired\", orders that ask for \"expired-token\" fail; \"renewed\" ends that."
  type        = string
  default     = "expired"
}
