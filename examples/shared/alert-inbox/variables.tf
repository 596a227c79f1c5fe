variable "name" {
  description = "Prefix of the queue's name."
  type        = string
}

variable "topic_arn" {
  description = "The topic that may send to the queue."
  type        = string
}
