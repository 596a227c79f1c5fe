variable "name" {
  description = "Prefix of everything here."
  type        = string
}

variable "region" {
  description = "For the names of the endpoints' services."
  type        = string
}

variable "port" {
  description = "Port of the cache."
  type        = number
}
