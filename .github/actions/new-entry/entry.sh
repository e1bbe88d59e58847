#!/usr/bin/env bash
# Makes an entry of the issue's text.
set -euo pipefail

: "${CORPUSLINT:?}" "${EVENT:?}" "${WORKING_DIRECTORY:?}" "${RUNNER_TEMP:?}" "${GITHUB_OUTPUT:?}" "${GITHUB_STEP_SUMMARY:?}"

fail() {
  echo "::error title=corpuslint::$1"
  echo "$1" >>"$GITHUB_STEP_SUMMARY"
  exit "$2"
}

form=$RUNNER_TEMP/corpuslint-form.md
jq --raw-output '.issue.body // ""' "$EVENT" >"$form" || fail "The event of this run could not be read." 2
cd -- "$WORKING_DIRECTORY"
code=0
path=$("$CORPUSLINT" new --from-issue "$form") || code=$?
case $code in
  0) ;;
  1) fail "The answers cannot become an entry; the log of this step says why, with the line of each." 1 ;;
  *) fail "The entry could not be written; the log of this step says why." 2 ;;
esac
# The name is the program's own. Should that ever be untrue, nothing is done with it.
[[ $path =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ && -f $path ]] || fail "The entry has no path that can be used." 2
echo "path=$path" >>"$GITHUB_OUTPUT"
