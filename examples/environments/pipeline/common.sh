# What the pipeline's scripts share. Sourced, with the environment as $1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=${1:?usage: $0 dev|staging|prod}
backend=backend/$environment.s3.tfbackend
[ -f "$backend" ] || { echo "::error::no such environment: $environment has no $backend" >&2; exit 64; }

bucket=$(sed -n 's/^bucket *= *"\([^"]*\)".*/\1/p' "$backend")
# A plan belongs to the files that it was made of: the tree of the commit, which is the same on the pull request's merge
# commit and on main after the merge, squashed or not, unless something else was merged in between.
tree=$(git rev-parse 'HEAD^{tree}')
plan=s3://$bucket/plans/$environment/$tree.tfplan

export TF_INPUT=0 TF_IN_AUTOMATION=1
init() { terraform init -no-color -backend-config="$backend"; }
