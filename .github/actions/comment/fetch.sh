#!/usr/bin/env bash
# Fetches the report of a run and finds out which pull request it is about.
#
# The artefact says a number, and anybody can write any number. It counts only if GitHub says that this
# pull request is open and that its head is the very commit, branch and repository that the run was for.
set -euo pipefail

: "${GITHUB_REPOSITORY:?}" "${GITHUB_OUTPUT:?}" "${RUNNER_TEMP:?}" "${ARTIFACT:?}"

archive_limit=$((8 * 1024 * 1024))
summary_limit=$((2 * 1024 * 1024))
sarif_limit=$((20 * 1024 * 1024))

fail() {
  echo "::error title=corpuslint::$1"
  exit 1
}

# Nothing to say, and nobody's fault.
leave() {
  echo "::notice title=corpuslint::$1"
  exit 0
}

# Standard input to a file that is at most so many bytes long; longer input is refused, not cut.
bounded() {
  head -c "$(($2 + 1))" >"$1"
  (($(wc -c <"$1") <= $2)) || fail "The $3 of the report is larger than $2 bytes."
}

# One file of the archive by its name. Its bytes go through a pipe that ends at the limit, whatever
# the archive says about sizes, and into a file that we name.
extract() {
  { unzip -p "$archive" "$1" 2>/dev/null || true; } | bounded "$report/$1" "$2" "file $1"
  [[ -s $report/$1 ]] || fail "The report holds no readable $1."
}

# Exactly the files that are expected, each once. Names are compared here and used nowhere.
expect_names() {
  local names
  names=$(unzip -Z1 "$archive" 2>/dev/null | head -n 9 | LC_ALL=C sort) ||
    fail "The report is no archive that can be read."
  [[ $names == $'pull-request\nreport.sarif\nsummary.md' ]] ||
    fail "The report holds other files than pull-request, report.sarif and summary.md."
}

[[ ${RUN_ID:-} =~ ^[1-9][0-9]*$ && ${HEAD_SHA:-} =~ ^[0-9a-f]{40}$ ]] ||
  fail "This action only works in a workflow that workflow_run started."
[[ -n ${HEAD_REPOSITORY:-} ]] || leave "The repository of the pull request is gone."

report=$(mktemp -d "$RUNNER_TEMP/corpuslint-comment.XXXXXX")
archive=$report/archive.zip

artifact=$(gh api --method GET "repos/$GITHUB_REPOSITORY/actions/runs/$RUN_ID/artifacts" \
  -f "name=$ARTIFACT" -f per_page=100 |
  jq --arg name "$ARTIFACT" '
    [.artifacts[] | select(.name == $name and (.expired | not))] | sort_by(.created_at) | last // empty')
[[ -n $artifact ]] || leave "The run kept no report: nothing was checked, and its log says why."
id=$(jq -r '.id | numbers' <<<"$artifact")
[[ $id =~ ^[1-9][0-9]*$ ]] || fail "The report has no number."
jq -e --argjson limit "$archive_limit" '.size_in_bytes <= $limit' <<<"$artifact" >/dev/null ||
  fail "The report is larger than $archive_limit bytes."

gh api "repos/$GITHUB_REPOSITORY/actions/artifacts/$id/zip" | bounded "$archive" "$archive_limit" archive
expect_names
extract pull-request 12
extract summary.md "$summary_limit"
extract report.sarif "$sarif_limit"

number=$(tr -d '\n' <"$report/pull-request")
[[ $number =~ ^[1-9][0-9]{0,9}$ ]] || fail "The report names no pull request."
pull=$(gh api "repos/$GITHUB_REPOSITORY/pulls/$number") || fail "There is no pull request $number."
jq -e --arg repository "$HEAD_REPOSITORY" --arg branch "${HEAD_BRANCH:-}" --arg base "$GITHUB_REPOSITORY" '
  .head.repo.full_name == $repository and .head.ref == $branch and .base.repo.full_name == $base
  ' <<<"$pull" >/dev/null ||
  fail "The report names the pull request $number, but the run was not for it."
jq -e '.state == "open"' <<<"$pull" >/dev/null || leave "The pull request is closed."
jq -e --arg sha "$HEAD_SHA" '.head.sha == $sha' <<<"$pull" >/dev/null ||
  leave "The pull request has new commits; their run reports."

{
  echo "number=$number"
  echo "report=$report"
} >>"$GITHUB_OUTPUT"
