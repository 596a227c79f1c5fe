output "url" {
  description = "URL that accepts POSTs."
  value       = "${aws_apigatewayv2_api.this.api_endpoint}${var.path}"
}
