#!/usr/bin/env bash
# Sends the report to code scanning, for the pull request that was found and for nothing else: a
# report from a stranger can never change the alerts of a branch.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?}" "${GITHUB_REPOSITORY:?}" "${REPORT:?}" "${NUMBER:?}" "${HEAD_SHA:?}" "${CATEGORY:?}"

fail() {
  echo "::error title=corpuslint::The report was not sent to code scanning: $1"
  exit 1
}

jq -cf "$GITHUB_ACTION_PATH/code-scanning.jq" --arg category "$CATEGORY" \
  "$REPORT/report.sarif" >"$REPORT/checked.sarif" 2>"$REPORT/reason" ||
  fail "it does not have the shape of one that corpuslint writes."
gzip -c "$REPORT/checked.sarif" | base64 | tr -d '\n' >"$REPORT/checked.base64"
jq -n --rawfile sarif "$REPORT/checked.base64" --arg sha "$HEAD_SHA" --arg ref "refs/pull/$NUMBER/head" \
  '{commit_sha: $sha, ref: $ref, sarif: $sarif, tool_name: "corpuslint"}' >"$REPORT/upload.json"
gh api --method POST "repos/$GITHUB_REPOSITORY/code-scanning/sarifs" --input "$REPORT/upload.json" --silent ||
  fail "GitHub refused it. Code scanning may be off, or the job lacks security-events: write."
