# Renders one table of checks/ as a list of faults, so that tests see each row's message and not only that some row failed.

variable "table" {
  description = "Name of the table."
  type        = string
}

variable "inputs" {
  description = "What the table reads. Untyped: the tests give every attribute, as the variables' types would."
  type        = any
}

output "faults" {
  description = "The messages, in order."
  value       = compact(split("\n", templatefile("${path.module}/../../../checks/${var.table}.tftpl", var.inputs)))
}
