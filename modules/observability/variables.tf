variable "name" {
  description = "Name of the dashboard, prefix of the alarms, value of the metrics' `stack` dimension."
  type        = string
}

variable "aws" {
  description = "Where this is."
  type        = object({ region = string })
}

variable "topic_arn" {
  description = "Topic that alarms publish to."
  type        = string
}

variable "thresholds" {
  description = "As `observability` of the root."
  type = object({
    letters_arrived        = number
    letters_waiting        = number
    letters_waiting_severe = number
    outage_minutes         = number
    dlq_depth              = number
    consumer_error_percent = number
  })
}

variable "functions" {
  description = "Names of the module's functions, by short name; heal and govern at least."
  type        = map(string)
}

variable "queues" {
  description = "By queue key: names of all its queues, of its DLQ, and of its consumer (null if unknown)."
  type        = map(object({ names = list(string), dlq_name = string, consumer_function = string }))
}

variable "tags" {
  description = "Tags of the alarms."
  type        = map(string)
}
