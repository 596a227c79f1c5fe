locals {
  # Who may take a role, by what GitHub says of the job that asks: a pull request, the nightly run on main, or a job of the
  # GitHub environment of that name, whose reviewers have approved it. Pull requests from forks are given no token at all.
  # https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
  subjects = {
    plan  = { for environment in var.environments : environment => ["repo:${var.repository}:pull_request", "repo:${var.repository}:ref:refs/heads/main"] }
    apply = { for environment in var.environments : environment => ["repo:${var.repository}:environment:${environment}"] }
  }
  roles = merge([for kind, by_environment in local.subjects : {
    for environment, subjects in by_environment : "${environment}-${kind}" => { kind = kind, environment = environment, subjects = subjects }
  }]...)
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    sid     = "JobsOfTheRepository"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals" # not StringLike: a wildcard in a subject is how such roles are stolen
      variable = "token.actions.githubusercontent.com:sub"
      values   = each.value.subjects
    }
  }
}

# Not named `<name>-<environment>-…`: what applies an environment must not be able to change itself.
resource "aws_iam_role" "pipeline" {
  for_each = local.roles

  name               = "${var.name}-pipeline-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy" "state" {
  for_each = local.roles

  name   = "state"
  role   = aws_iam_role.pipeline[each.key].name
  policy = data.aws_iam_policy_document.state[each.key].json
}

resource "aws_iam_role_policy" "read" {
  for_each = local.roles

  name   = "read"
  role   = aws_iam_role.pipeline[each.key].name
  policy = data.aws_iam_policy_document.read[each.value.environment].json
}

resource "aws_iam_role_policy" "write" {
  for_each = { for key, role in local.roles : key => role if role.kind == "apply" }

  name   = "write"
  role   = aws_iam_role.pipeline[each.key].name
  policy = data.aws_iam_policy_document.write[each.value.environment].json
}
