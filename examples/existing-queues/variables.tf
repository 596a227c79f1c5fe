variable "name" {
  description = "Prefix of everything of the healer in this example."
  type        = string
  default     = "attached"
}

variable "mode" {
  description = "`observe` looks at the other team's letters and leaves them alone; `heal` gives them back."
  type        = string
  default     = "observe"
}

variable "their_prefix" {
  description = "Prefix of everything of the other team."
  type        = string
  default     = "theirs"
}

variable "their_outage" {
  description = "Whether the other team has its bad day: its functions fail, and its topic, rules and schedule may not invoke theirs. False ends it."
  type        = bool
  default     = true
}
