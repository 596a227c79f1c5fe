# The one Lambda function of this repository: log group, role that may write to it (and make its network
# interfaces, in a VPC), function. What else the function
# may do is attached to its role by the module whose capability needs it.

# A local, because a policy document that names a resource itself waits for it, and the plan could not show it.
locals {
  log_group = aws_cloudwatch_log_group.this.name
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "assume" {
  statement {
    sid     = "LambdaRunsAsThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
  tags               = var.tags
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid     = "WriteOwnLog"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # The streams of the one group: Lambda names them.
    resources = ["arn:${var.aws.partition}:logs:${var.aws.region}:${var.aws.account_id}:log-group:${local.log_group}:*"]
  }
}

resource "aws_iam_role_policy" "logs" {
  name   = "logs"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "network" {
  count = var.vpc == null ? 0 : 1

  statement {
    sid = "ManageOwnNetworkInterfaces"
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ]
    # Lambda makes the interfaces with this role, and nobody knows their ids beforehand. AWS documents that describing
    # works on all resources or on none, and that a deletion limited to one id can keep the function from its VPC.
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "network" {
  count = var.vpc == null ? 0 : 1

  name   = "network"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.network[0].json
}

# Lambda sends there as the function's role, and asks for the permission when the function is made.
data "aws_iam_policy_document" "dead_letters" {
  count = var.dead_letter_arn == null ? 0 : 1

  statement {
    sid       = "KeepDeadEvents"
    actions   = ["sqs:SendMessage"]
    resources = [var.dead_letter_arn]
  }
}

resource "aws_iam_role_policy" "dead_letters" {
  count = var.dead_letter_arn == null ? 0 : 1

  name   = "dead-letters"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.dead_letters[0].json
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = [var.architecture]
  memory_size      = var.memory_mb
  timeout          = var.timeout_seconds
  kms_key_arn      = var.kms_key_arn
  tags             = var.tags

  environment {
    variables = var.environment
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_arn == null ? [] : [var.dead_letter_arn]
    content {
      target_arn = dead_letter_config.value
    }
  }

  # Before the function: Lambda would make a log group of its own that never expires, and refuses a function whose role may
  # not make network interfaces in its VPC, or not send to its dead-letter queue.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.logs,
    aws_iam_role_policy.network,
    aws_iam_role_policy.dead_letters,
  ]
}
