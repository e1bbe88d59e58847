#!/usr/bin/env bash
# Writes the report as the one comment that corpuslint has on a pull request.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_SERVER_URL:?}" "${AUTHOR:?}"
: "${REPORT:?}" "${NUMBER:?}" "${RUN_ID:?}" "${CONCLUSION:?}" "${HEAD_SHA:?}"

# Whether the change touches the workflow that judged it. A pull request runs its own workflows, so
# only a person can see that such a verdict is true. GitHub lists at most 3,000 files.
changes_the_gate() {
  gh api --paginate "repos/$GITHUB_REPOSITORY/pulls/$NUMBER/files?per_page=100" | jq -rs '
    add // []
    | if any(.[]; .filename, .previous_filename // "" | startswith(".github/")) then "yes"
      elif length >= 3000 then "unknown" else "no" end'
}

# The oldest comment of ours that begins with our mark. Anybody can write the mark, but not as the bot.
find_comment() {
  gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments?per_page=100" |
    jq -rs --arg author "$AUTHOR" '
      [add // [] | .[] | select(.user.login == $author and .user.type == "Bot"
        and (.body | startswith("<!-- corpuslint: report -->")))] | first | .id // empty'
}

changed=$(changes_the_gate)
body=$REPORT/comment.json
jq -Rs -f "$GITHUB_ACTION_PATH/comment.jq" \
  --arg conclusion "$CONCLUSION" --arg sha "$HEAD_SHA" --arg changed "$changed" \
  --arg run "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$RUN_ID" \
  "$REPORT/summary.md" >"$body"

comment=$(find_comment)
if [[ $comment =~ ^[1-9][0-9]*$ ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" --input "$body" --silent
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" --input "$body" --silent
fi
