module "fetch" {
  source = "../../modules/function"

  name            = "${var.name}-fetch"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-step-functions-fetch.zip"
  timeout_seconds = 30
  # How long a site may take; 10 seconds or more in earnest.
  environment = { FETCH_TIMEOUT_MS = "4000" }
}

module "parse" {
  source = "../../modules/function"

  name            = "${var.name}-parse"
  aws             = local.aws
  zip             = "${path.module}/../../dist/example-step-functions-parse.zip"
  timeout_seconds = 30
  environment     = { PARSER = tostring(var.parser) }
}

resource "aws_s3_bucket" "pages" {
  bucket        = "${var.name}-pages-${local.aws.account_id}-${local.aws.region}"
  force_destroy = true # not in production
}

resource "aws_s3_bucket_public_access_block" "pages" {
  bucket = aws_s3_bucket.pages.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Standard, not express: only a standard workflow tells EventBridge how it ended, starts once under one name, and can be
# listed afterwards.
resource "aws_sfn_state_machine" "crawl" {
  name     = var.name
  role_arn = aws_iam_role.workflow.arn
  type     = "STANDARD"
  definition = templatefile("${path.module}/crawl.asl.json", {
    partition = local.aws.partition
    fetch_arn = module.fetch.arn
    parse_arn = module.parse.arn
    bucket    = aws_s3_bucket.pages.id
  })

  # A role without its permissions would fail the first executions.
  depends_on = [aws_iam_role_policy.workflow]
}

data "aws_iam_policy_document" "workflow_trust" {
  statement {
    sid     = "StepFunctionsOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.aws.account_id]
    }
  }
}

resource "aws_iam_role" "workflow" {
  name               = "${var.name}-workflow"
  assume_role_policy = data.aws_iam_policy_document.workflow_trust.json
}

data "aws_iam_policy_document" "workflow" {
  statement {
    sid       = "FetchAndParse"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.fetch.arn, module.parse.arn]
  }

  statement {
    sid       = "StorePages"
    actions   = ["s3:PutObject"]
    resources = ["${local.pages_arn}/pages/*"] # one object for each page
  }
}

resource "aws_iam_role_policy" "workflow" {
  name   = "crawl"
  role   = aws_iam_role.workflow.name
  policy = data.aws_iam_policy_document.workflow.json
}
