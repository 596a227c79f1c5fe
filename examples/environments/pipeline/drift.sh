#!/usr/bin/env bash
# drift.sh <environment>: whether what runs is still what main says. Exit code 0: it is; 2: it is not, with the differences
# in drift-<environment>.txt; 1: it could not be told.
. "$(dirname "$0")/common.sh"

init
code=0
terraform plan -no-color -lock=false -detailed-exitcode -out=tfplan -var-file="$environment.tfvars" || code=$?
[ "$code" -ne 1 ] || exit 1
terraform show -no-color tfplan > "drift-$environment.txt"
[ "$code" -ne 2 ] || echo "::error::$environment has drifted: see the log. Apply main again, or bring main up to what was changed by hand."
exit "$code"
