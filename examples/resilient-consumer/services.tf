# The simulated services that the consumer depends on: up, unless a row of the table or the order says otherwise.

module "service" {
  source   = "../../modules/function"
  for_each = toset(["payments", "recommendations"])

  name            = "${var.name}-${each.key}"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-resilient-consumer-service.zip"
  timeout_seconds = 15
  environment     = { SERVICE = each.key, SERVICES_TABLE = aws_dynamodb_table.services.name }
}

data "aws_iam_policy_document" "service" {
  statement {
    sid       = "ReadOwnState"
    actions   = ["dynamodb:GetItem"]
    resources = [local.table_arns["services"]]
  }
}

resource "aws_iam_role_policy" "service" {
  for_each = module.service

  name   = "state"
  role   = each.value.role_name
  policy = data.aws_iam_policy_document.service.json
}

resource "aws_dynamodb_table" "services" {
  name         = "${var.name}-services"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "service"

  attribute {
    name = "service"
    type = "S"
  }
}
