# What the roles may do: with the state and plans, and with whatever the module creates, by the names that it gives.
# The test of this example holds every call that Terraform really made against them.

locals {
  # ARNs of what a stack of an environment is made of; the module's names all begin with the stack's.
  made = { for environment in var.environments : environment => {
    queues    = ["${local.arn.sqs}:${var.name}-${environment}-*"]
    topics    = ["${local.arn.sns}:${var.name}-${environment}-*"]
    functions = ["${local.arn.lambda}:function:${var.name}-${environment}-*"]
    tables    = ["${local.arn.dynamodb}:table/${var.name}-${environment}-*"]
    logs      = ["${local.arn.logs}:log-group:/aws/lambda/${var.name}-${environment}-*"]
    metrics   = ["${local.arn.cloudwatch}:alarm:${var.name}-${environment}-*", replace("${local.arn.cloudwatch}:dashboard/${var.name}-${environment}", ":${data.aws_region.current.id}:", "::")]
    rules     = ["${local.arn.events}:rule/${var.name}-${environment}-*"]
    roles     = ["${local.iam}:role/${var.name}-${environment}-*"]
    buckets   = ["arn:${data.aws_partition.current.partition}:s3:::${var.name}-${environment}-*"]
    # Mappings have ids that AWS makes up.
    mappings = ["${local.arn.lambda}:event-source-mapping:*"]
  } }
}

data "aws_iam_policy_document" "state" {
  for_each = local.roles

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket}/${each.value.environment}/terraform.tfstate"]
  }

  statement {
    sid       = "HoldLock"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${local.bucket}/${each.value.environment}/terraform.tfstate.tflock"]
  }

  # A plan is written by who plans and read by who applies; neither does the other's.
  statement {
    sid       = each.value.kind == "plan" ? "WritePlans" : "ReadPlans"
    actions   = [each.value.kind == "plan" ? "s3:PutObject" : "s3:GetObject"]
    resources = ["${local.bucket}/plans/${each.value.environment}/*"]
  }

  dynamic "statement" {
    for_each = each.value.kind == "apply" ? ["${local.bucket}/${each.value.environment}/terraform.tfstate"] : []
    content {
      sid       = "WriteState"
      actions   = ["s3:PutObject"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "read" {
  for_each = local.made

  statement {
    sid       = "ReadQueues"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
    resources = each.value.queues
  }

  statement {
    sid       = "ReadTopics"
    actions   = ["sns:GetTopicAttributes", "sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"]
    resources = each.value.topics
  }

  statement {
    sid = "ReadFunctions"
    actions = [
      "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:GetFunctionCodeSigningConfig", "lambda:GetPolicy",
      "lambda:ListVersionsByFunction", "lambda:ListTags",
    ]
    resources = each.value.functions
  }

  statement {
    sid       = "ReadMappings"
    actions   = ["lambda:GetEventSourceMapping", "lambda:ListTags"]
    resources = each.value.mappings
  }

  # Rules and policies, and which queue has which key, are items that Terraform manages; letters are never read.
  statement {
    sid = "ReadTables"
    actions = [
      "dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
    ]
    resources = each.value.tables
  }

  statement {
    sid       = "ReadDocuments"
    actions   = ["dynamodb:GetItem"]
    resources = each.value.tables

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["document", "control"]
    }
  }

  statement {
    sid       = "ReadLogGroups"
    actions   = ["logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"]
    resources = ["*"] # they list, and take no resource
  }

  statement {
    sid       = "ReadLogTags"
    actions   = ["logs:ListTagsForResource"]
    resources = flatten([for arn in each.value.logs : [arn, "${arn}:*"]])
  }

  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"]
    resources = concat(each.value.metrics, ["${local.arn.cloudwatch}:alarm:*"]) # DescribeAlarms finds by name among all
  }

  statement {
    sid       = "ReadRules"
    actions   = ["events:DescribeRule", "events:ListTargetsByRule", "events:ListTagsForResource"]
    resources = each.value.rules
  }

  statement {
    sid       = "ReadRoles"
    actions   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"]
    resources = each.value.roles
  }

  # What Terraform asks of a bucket, and never an object in it.
  statement {
    sid = "ReadBuckets"
    actions = [
      "s3:ListBucket", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment",
      "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetAccelerateConfiguration",
      "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
    ]
    resources = each.value.buckets
  }
}

data "aws_iam_policy_document" "write" {
  for_each = local.made

  statement {
    sid       = "MakeQueues"
    actions   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
    resources = each.value.queues
  }

  statement {
    sid       = "MakeTopics"
    actions   = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:Unsubscribe", "sns:TagResource", "sns:UntagResource"]
    resources = each.value.topics
  }

  statement {
    sid = "MakeFunctions"
    actions = [
      "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      "lambda:AddPermission", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource",
    ]
    resources = each.value.functions
  }

  # A mapping has no name, but it has a function.
  statement {
    sid       = "MakeMappings"
    actions   = ["lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping"]
    resources = ["*"] # by the condition, of the stack's functions alone

    condition {
      test     = "ArnLike"
      variable = "lambda:FunctionArn"
      values   = each.value.functions
    }
  }

  statement {
    sid       = "TagMappings"
    actions   = ["lambda:TagResource", "lambda:UntagResource"]
    resources = each.value.mappings
  }

  statement {
    sid = "MakeTables"
    actions = [
      "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTimeToLive", "dynamodb:TagResource", "dynamodb:UntagResource",
    ]
    resources = each.value.tables
  }

  statement {
    sid       = "WriteDocuments"
    actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    resources = each.value.tables

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["document", "control"]
    }
  }

  statement {
    sid       = "MakeLogGroups"
    actions   = ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
    resources = flatten([for arn in each.value.logs : [arn, "${arn}:*"]])
  }

  statement {
    sid       = "MakeLogQueries"
    actions   = ["logs:PutQueryDefinition", "logs:DeleteQueryDefinition"]
    resources = ["*"] # they take no resource
  }

  statement {
    sid = "MakeMetrics"
    actions = [
      "cloudwatch:PutMetricAlarm", "cloudwatch:PutCompositeAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:PutDashboard",
      "cloudwatch:DeleteDashboards", "cloudwatch:TagResource", "cloudwatch:UntagResource",
    ]
    resources = each.value.metrics
  }

  statement {
    sid       = "MakeRules"
    actions   = ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"]
    resources = each.value.rules
  }

  statement {
    sid = "MakeRoles"
    actions = [
      "iam:CreateRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
      "iam:TagRole", "iam:UntagRole", "iam:ListInstanceProfilesForRole",
    ]
    resources = each.value.roles
  }

  statement {
    sid       = "GiveRolesToFunctions"
    actions   = ["iam:PassRole"]
    resources = each.value.roles

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com"]
    }
  }

  statement {
    sid = "MakeBuckets"
    actions = [
      "s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
      "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
    ]
    resources = each.value.buckets
  }

  # Only where an archive may be destroyed: `disposable`. An environment that must keep its letters needs none of it.
  dynamic "statement" {
    for_each = contains(var.disposable, each.key) ? [each.value.buckets] : []
    content {
      sid       = "EmptyBuckets"
      actions   = ["s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"]
      resources = flatten([for arn in statement.value : [arn, "${arn}/*"]])
    }
  }
}
