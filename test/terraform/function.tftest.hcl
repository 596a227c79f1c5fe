# The one Lambda function of the repository.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "log_group_role_and_function" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name               = "shop-heal"
    aws                = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip                = "dist/heal.zip"
    timeout_seconds    = 60
    log_retention_days = 14
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/k"
    environment        = { A = "1" }
    tags               = { team = "shop" }
  }

  assert {
    condition = jsonencode([
      aws_lambda_function.this.function_name, aws_lambda_function.this.handler, aws_lambda_function.this.runtime, aws_lambda_function.this.architectures,
      aws_lambda_function.this.memory_size, aws_lambda_function.this.timeout, aws_lambda_function.this.kms_key_arn, aws_lambda_function.this.environment[0].variables,
    ]) == jsonencode(["shop-heal", "index.handler", "nodejs22.x", ["arm64"], 256, 60, "arn:aws:kms:eu-west-1:123456789012:key/k", { A = "1" }])
    error_message = "The function, with its environment encrypted by the key."
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("dist/heal.zip")
    error_message = "A changed zip is a changed function."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/shop-heal" && aws_cloudwatch_log_group.this.retention_in_days == 14 && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/k"
    error_message = "A log group that expires."
  }
  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.logs.policy).Statement) == jsonencode([{
      Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
      Effect   = "Allow"
      Resource = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-heal:*"
      Sid      = "WriteOwnLog"
    }])
    error_message = "It may write its own log."
  }
  assert {
    condition     = aws_iam_role.this.name == "shop-heal" && jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "A role of its own, for Lambda."
  }
  assert {
    condition     = output.arn == "arn:aws:lambda:eu-west-1:123456789012:function:shop-heal" && output.log_group == "/aws/lambda/shop-heal"
    error_message = "Outputs are known at plan."
  }
}

run "outside_a_vpc_no_interface_is_made" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name            = "shop-heal"
    aws             = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip             = "dist/heal.zip"
    timeout_seconds = 60
  }

  assert {
    condition     = length(aws_iam_role_policy.network) == 0 && length(aws_lambda_function.this.vpc_config) == 0
    error_message = "Neither the setting nor the permission."
  }
}

run "in_a_vpc" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name            = "shop-consumer"
    aws             = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip             = "dist/heal.zip"
    timeout_seconds = 60
    vpc             = { subnet_ids = ["subnet-a", "subnet-b"], security_group_ids = ["sg-a"] }
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-a", "subnet-b"]) && aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-a"])
    error_message = "The subnets and the security groups that were given."
  }
  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.network[0].policy).Statement) == jsonencode([{
      Action = [
        "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteNetworkInterface", "ec2:CreateNetworkInterface", "ec2:AssignPrivateIpAddresses",
      ]
      Effect   = "Allow"
      Resource = "*"
      Sid      = "ManageOwnNetworkInterfaces"
    }])
    error_message = "What Lambda needs for its network interfaces, and no more."
  }
  assert {
    condition     = aws_iam_role_policy.network[0].role == "shop-consumer"
    error_message = "Of the function's own role."
  }
}

run "a_vpc_needs_a_subnet" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name            = "shop-consumer"
    aws             = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip             = "dist/heal.zip"
    timeout_seconds = 60
    vpc             = { subnet_ids = [], security_group_ids = ["sg-a"] }
  }
  expect_failures = [var.vpc]
}

run "a_vpc_needs_a_security_group" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name            = "shop-consumer"
    aws             = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip             = "dist/heal.zip"
    timeout_seconds = 60
    vpc             = { subnet_ids = ["subnet-a"], security_group_ids = [] }
  }
  expect_failures = [var.vpc]
}

run "a_function_with_a_dead_letter_queue" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    name            = "shop-mailer"
    aws             = { partition = "aws", region = "eu-west-1", account_id = "123456789012" }
    zip             = "dist/heal.zip"
    timeout_seconds = 5
    dead_letter_arn = "arn:aws:sqs:eu-west-1:123456789012:mailer-dlq"
  }

  assert {
    condition     = aws_lambda_function.this.dead_letter_config[0].target_arn == "arn:aws:sqs:eu-west-1:123456789012:mailer-dlq"
    error_message = "What Lambda gives up on goes to the queue."
  }
  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.dead_letters[0].policy).Statement) == jsonencode([{
      Action   = "sqs:SendMessage"
      Effect   = "Allow"
      Resource = "arn:aws:sqs:eu-west-1:123456789012:mailer-dlq"
      Sid      = "KeepDeadEvents"
    }])
    error_message = "It may send to that queue, and do no more with it."
  }
}
