variable "name" {
  description = "Prefix of everything in this example."
  type        = string
  default     = "shop-tiers"
}
