output "url" {
  description = "Where the cache is."
  # TLS: its scheme tells the client.
  value = "rediss://${aws_elasticache_replication_group.this.primary_endpoint_address}:${var.port}"
}

output "vpc" {
  description = "What a function must be given to reach it."
  value = {
    subnet_ids         = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.functions.id]
  }
}
