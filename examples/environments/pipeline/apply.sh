#!/usr/bin/env bash
# apply.sh <environment>: applies the very plan that was made, commented and reviewed on the pull request.
# Terraform itself refuses a plan whose state has changed since.
. "$(dirname "$0")/common.sh"

aws s3 cp --only-show-errors "$plan" tfplan || {
  echo "::error::No plan of $environment for these files ($tree). Main has changed since the pull request was planned, or the plan is older than 30 days: open a pull request again, bring its branch up to date, and merge that." >&2
  exit 1
}
init
terraform apply -no-color -lock-timeout=5m tfplan
