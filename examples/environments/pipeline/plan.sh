#!/usr/bin/env bash
# plan.sh <environment>: plans, leaves the plan's text in plan-<environment>.txt for the comment, and stores the plan.
# It goes to the bucket of the states and not among the workflow's artifacts: a plan holds what the state holds.
. "$(dirname "$0")/common.sh"

init
terraform plan -no-color -lock-timeout=5m -out=tfplan -var-file="$environment.tfvars"
terraform show -no-color tfplan > "plan-$environment.txt"
aws s3 cp --only-show-errors tfplan "$plan"
