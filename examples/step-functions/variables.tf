variable "name" {
  description = "Prefix of everything in this example."
  type        = string
  default     = "crawler"
}

variable "parser" {
  description = "Version of the parser: 1 stumbles over pages without a title, 2 is mended."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2], var.parser)
    error_message = "parser must be 1 or 2; got ${var.parser}."
  }
}
