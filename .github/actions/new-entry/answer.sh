#!/usr/bin/env bash
# Tells the author of the issue what came of it. Nothing that they wrote is repeated.
set -euo pipefail

: "${GH_TOKEN:?}" "${ISSUE:?}" "${RUN_ID:?}" "${GITHUB_SERVER_URL:?}" "${GITHUB_REPOSITORY:?}" "${RUNNER_TEMP:?}"

[[ $ISSUE =~ ^[0-9]+$ && $RUN_ID =~ ^[0-9]+$ ]] || exit 2
text=$RUNNER_TEMP/corpuslint-answer.md
if [[ -n ${PULL_REQUEST:-} ]]; then
  printf 'Thank you. The entry is in %s, where it is discussed and can be changed.\n' "$PULL_REQUEST" >"$text"
else
  printf 'No entry could be made of these answers. [The log](%s/%s/actions/runs/%s) says why, with the line of each fault. Please open a new form with other answers.\n' \
    "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$RUN_ID" >"$text"
fi
gh issue comment "$ISSUE" --body-file "$text"
