# HTTP API in front of a queue.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "the_api_sends_to_its_queue_alone" {
  command = plan
  module {
    source = "./modules/ingest"
  }
  variables {
    name               = "shop-ingest"
    aws                = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    path               = "/orders"
    authorization      = "AWS_IAM"
    rate_per_second    = 20
    burst              = 40
    queue_arn          = "arn:aws:sqs:eu-west-1:123456789012:orders"
    ledger_table_arn   = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger"
    function_name      = "shop-ingest"
    function_arn       = "arn:aws:lambda:eu-west-1:123456789012:function:shop-ingest"
    role_name          = "shop-ingest"
    log_retention_days = 14
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/k"
    tags               = {}
  }

  assert {
    condition = jsonencode([for s in jsondecode(aws_iam_role_policy.ingest.policy).Statement : [s.Sid, s.Effect, s.Action, s.Resource, try(s.Condition, null)]]) == jsonencode([
      ["SendAcceptedOrders", "Allow", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders", null],
      ["ReadSchema", "Allow", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-ledger", { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "document" } }],
      ["UseKey", "Allow", ["kms:GenerateDataKey", "kms:Decrypt"], "arn:aws:kms:eu-west-1:123456789012:key/k", null],
    ])
    error_message = "Ingest's policy: ${aws_iam_role_policy.ingest.policy}"
  }
  assert {
    condition     = aws_apigatewayv2_route.this.authorization_type == "AWS_IAM"
    error_message = "Nobody sends unsigned."
  }
  assert {
    condition     = aws_apigatewayv2_route.this.route_key == "POST /orders" && aws_apigatewayv2_integration.this.payload_format_version == "2.0" && aws_apigatewayv2_integration.this.integration_uri == "arn:aws:lambda:eu-west-1:123456789012:function:shop-ingest"
    error_message = "One route, to the function."
  }
  assert {
    condition     = [aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit, aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit] == [20, 40]
    error_message = "Throttled."
  }
  assert {
    condition     = length(aws_apigatewayv2_stage.this.access_log_settings) == 1 && !can(regex("(?i)body", aws_apigatewayv2_stage.this.access_log_settings[0].format)) && aws_apigatewayv2_stage.this.access_log_settings[0].destination_arn == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/apigateway/shop-ingest"
    error_message = "Access logs, without bodies."
  }
  assert {
    condition     = aws_lambda_permission.this.principal == "apigateway.amazonaws.com" && aws_lambda_permission.this.function_name == "shop-ingest"
    error_message = "The API may invoke the function."
  }
}
