#!/usr/bin/env bash
# comment.sh <pull request>: one comment with the plans of all environments, plan-*.txt, renewed with each push.
set -euo pipefail
cd "$(dirname "$0")/.."

# A comment has at most 65,536 characters; a plan that is longer is whole in the job's log.
for file in plan-*.txt; do
  environment=${file#plan-}
  summary=$(grep -E '^(Plan:|No changes|Changes to Outputs)' "$file" | head -n 1 || true)
  printf '<details><summary><b>%s</b>: %s</summary>\n\n```\n' "${environment%.txt}" "${summary:-see the plan}"
  head -c 18000 "$file"
  [ "$(wc -c < "$file")" -le 18000 ] || printf '\n… cut here; all of it is in the log of the job that planned.\n'
  printf '\n```\n</details>\n\n'
done > comment.md
gh pr comment "$1" --edit-last --create-if-none --body-file comment.md
