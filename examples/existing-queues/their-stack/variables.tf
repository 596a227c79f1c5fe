variable "prefix" {
  description = "Prefix of everything of this team."
  type        = string
}

variable "outage" {
  description = "Whether the functions fail, and topics, rules and the schedule lack the permission to invoke theirs."
  type        = bool
}
