variable "name" {
  description = "Prefix of the topic's name, and of the alarms that may publish to it."
  type        = string
}

variable "aws" {
  description = "Where this is: for ARNs that are known at plan."
  type        = object({ partition = string, region = string, account_id = string })
}

variable "topic_arn" {
  description = "A topic that exists; null to make one."
  type        = string
}

variable "emails" {
  description = "E-mail addresses to subscribe."
  type        = list(string)
}

variable "sqs" {
  description = "ARNs of queues to subscribe, by name."
  type        = map(string)
}

variable "webhooks" {
  description = "https URLs to subscribe, by name."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key of the topic; null for no encryption at rest."
  type        = string
}

variable "tags" {
  description = "Tags of the topic."
  type        = map(string)
}
