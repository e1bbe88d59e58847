#!/usr/bin/env bash
# Runs the check. Green only if the program says so and has written all that it was asked for.
set -euo pipefail

: "${GITHUB_OUTPUT:?}" "${GITHUB_STEP_SUMMARY:?}" "${REPORT:?}" "${WORKING_DIRECTORY:?}"

# GitHub shows no summary of a step that is larger than 1 MiB.
summary_limit=900000

fail() {
  echo "::error title=corpuslint did not check::$1"
  echo "verdict=failed" >>"$GITHUB_OUTPUT"
  printf '**corpuslint did not check this.** %s\n' "$1" >>"$GITHUB_STEP_SUMMARY"
  exit 2
}

# The standard error may hold what a stranger wrote; between these marks the runner obeys nothing.
show_quietly() {
  local mark
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$mark"
  cat -- "$1"
  echo
  echo "::$mark::"
}

# The reason that the program gives, as one line that an annotation can hold.
reason() {
  local line
  line=$(grep -m 1 '^error: ' "$REPORT/stderr" | LC_ALL=C tr -d '\000-\037\177' | head -c 500 | iconv -c -f UTF-8 -t UTF-8) || true
  line=${line#error: }
  printf '%s' "${line//%/%25}"
}

# Where the copy goes, a link of the checked tree may lie in wait, so it is removed first.
copy() {
  if [[ -n $2 ]]; then
    rm -f -- "$2"
    cp -- "$1" "$2"
  fi
}

show_summary() {
  if (($(wc -c <"$1") > summary_limit)); then
    printf 'The summary is too long for this page and ends early; the report has all of it.\n\n'
    head -c "$summary_limit" -- "$1" | iconv -c -f UTF-8 -t UTF-8 || true
    printf '\n'
  else
    cat -- "$1"
  fi
}

arguments=()
add_gate() {
  if [[ -z ${BASE:-} ]]; then
    [[ -z ${HEAD:-} ]] || fail "The input head needs the input base: what to compare with."
    [[ -z ${WAIVE//[[:space:]]/} ]] || fail "The input waive needs the input base: what to compare with."
    return
  fi
  arguments+=("--base=$BASE")
  if [[ -n ${HEAD:-} ]]; then arguments+=("--head=$HEAD"); fi
  case ${MERGE:-} in
    true) arguments+=(--merge) ;;
    false) ;;
    *) fail "The input merge is true or false." ;;
  esac
  local line
  while IFS= read -r line; do
    line=${line//[[:space:]]/}
    if [[ -n $line ]]; then arguments+=("--waive=$line"); fi
  done <<<"${WAIVE:-}"
}

cd -- "$WORKING_DIRECTORY" || fail "The input working-directory names no folder."
[[ -n ${CORPUSLINT:-} && -x $CORPUSLINT ]] || fail "There is no program to run."
add_gate
sarif=$REPORT/report.sarif
summary=$REPORT/summary.md
rm -f -- "$sarif" "$summary"

code=0
"$CORPUSLINT" check "${arguments[@]}" "--fail-on=${FAIL_ON:-error}" \
  --output-format github \
  --output-format sarif --output-file "$sarif" \
  --output-format markdown --output-file "$summary" \
  </dev/null 2>"$REPORT/stderr" || code=$?
show_quietly "$REPORT/stderr"
reason=$(reason)
rm -f -- "$REPORT/stderr"

case $code in
  0) verdict=pass ;;
  1) verdict=findings ;;
  2)
    echo "::error title=corpuslint::${reason:-It gave no reason.}"
    fail "The run itself failed, so nothing was checked. The reason is in the log of this step."
    ;;
  *) fail "The program crashed with exit code $code, so nothing was checked. Please report it." ;;
esac
[[ -s $sarif ]] || fail "The program wrote no SARIF report, so its verdict does not count."
[[ -s $summary ]] || fail "The program wrote no summary, so its verdict does not count."

if [[ ${PULL_REQUEST:-} =~ ^[1-9][0-9]*$ ]]; then echo "$PULL_REQUEST" >"$REPORT/pull-request"; fi
show_summary "$summary" >>"$GITHUB_STEP_SUMMARY"
copy "$sarif" "${SARIF_FILE:-}"
copy "$summary" "${SUMMARY_FILE:-}"
facts=$(git rev-parse --path-format=absolute --git-common-dir 2>/dev/null)/corpuslint || facts=
if [[ ! -e $facts ]]; then facts=; fi
{
  echo "verdict=$verdict"
  echo "sarif=$sarif"
  echo "summary=$summary"
  echo "facts=$facts"
} >>"$GITHUB_OUTPUT"
exit "$code"
