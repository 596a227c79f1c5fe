# One root, planned as dev and as prod. That the tfvars files are complete is test/examples/environments.test.ts.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "dev_heals_and_may_be_thrown_away" {
  command = plan
  module {
    source = "./examples/environments"
  }
  variables {
    environment        = "dev"
    mode               = "heal"
    alert_emails       = []
    disposable         = true
    log_retention_days = 7
    retry              = { max_receive_count = 2, tier_delay = 5, max_delay = 10 }
    letters_waiting    = { first = 1, second = 10 }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_data {
    target = module.dlq_healer.data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = output.effective_configuration.mode == "heal" && output.effective_configuration.storage.force_destroy && !output.effective_configuration.storage.deletion_protection && !aws_dynamodb_table.orders.deletion_protection_enabled
    error_message = "Nothing of dev is protected."
  }
  assert {
    condition     = output.ledger_table == "checkout-dev-ledger" && output.archive_bucket == "checkout-dev-letters-123456789012-eu-west-1"
    error_message = "Names begin with the environment's."
  }
  assert {
    condition     = output.effective_configuration.policy.classes["TIMEOUT"].max_delay_seconds == 10 && output.effective_configuration.functions.log_retention_days == 7
    error_message = "It waits for seconds, and keeps logs for a week."
  }
}

run "prod_observes_first_and_is_protected" {
  command = plan
  module {
    source = "./examples/environments"
  }
  variables {
    environment        = "prod"
    mode               = "observe"
    alert_emails       = ["oncall@example.com", "orders-team@example.com"]
    disposable         = false
    log_retention_days = 90
    retry              = { max_receive_count = 5, tier_delay = 300, max_delay = 900 }
    letters_waiting    = { first = 50, second = 200 }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_data {
    target = module.dlq_healer.data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  assert {
    condition     = output.effective_configuration.mode == "observe" && !output.effective_configuration.storage.force_destroy && output.effective_configuration.storage.deletion_protection && aws_dynamodb_table.orders.deletion_protection_enabled
    error_message = "Prod is protected, and nothing is touched at first."
  }
  assert {
    condition     = output.effective_configuration.observability.letters_waiting == 50 && output.effective_configuration.observability.letters_waiting_severe == 200 && length(output.effective_configuration.alerts.emails) == 2
    error_message = "Escalation levels 1 and 2 as in the runbook, and somebody is told."
  }
}

run "an_environment_that_does_not_exist" {
  command = plan
  module {
    source = "./examples/environments"
  }
  variables {
    environment        = "production"
    mode               = "observe"
    alert_emails       = []
    disposable         = false
    log_retention_days = 90
    retry              = { max_receive_count = 5, tier_delay = 300, max_delay = 900 }
    letters_waiting    = { first = 50, second = 200 }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_data {
    target = module.dlq_healer.data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  expect_failures = [var.environment]
}

run "the_pipeline_s_roles" {
  command = plan
  module {
    source = "./examples/environments/bootstrap"
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }
  override_resource {
    target = aws_iam_openid_connect_provider.github
    values = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  assert {
    condition     = keys(aws_iam_role.pipeline) == ["dev-apply", "dev-plan", "prod-apply", "prod-plan", "staging-apply", "staging-plan"] && keys(aws_iam_role_policy.write) == ["dev-apply", "prod-apply", "staging-apply"]
    error_message = "Two roles for each environment, and only one of them writes."
  }
  assert {
    condition     = local.subjects.apply["prod"] == ["repo:example/checkout:environment:prod"] && !contains(local.subjects.plan["prod"], "repo:example/checkout:environment:prod")
    error_message = "Prod is applied by jobs of its GitHub environment alone."
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.write["prod"].json, "s3:DeleteObject") && strcontains(data.aws_iam_policy_document.write["dev"].json, "s3:DeleteObject")
    error_message = "The letters of prod cannot be deleted by the pipeline."
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.write["dev"].json, "checkout-prod") && !strcontains(data.aws_iam_policy_document.write["dev"].json, "checkout-pipeline")
    error_message = "What applies dev touches neither prod nor the pipeline."
  }
}

run "a_repository_with_a_wildcard" {
  command = plan
  module {
    source = "./examples/environments/bootstrap"
  }
  variables {
    repository = "example/*"
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "123456789012" }
  }

  expect_failures = [var.repository]
}
