#!/usr/bin/env bash
# Pushes a branch with the entry, and opens a pull request.
set -euo pipefail

: "${GH_TOKEN:?}" "${ENTRY:?}" "${ISSUE:?}" "${BASE:?}" "${WORKING_DIRECTORY:?}" "${GITHUB_SERVER_URL:?}" "${GITHUB_OUTPUT:?}" "${RUNNER_TEMP:?}"

fail() {
  echo "::error title=corpuslint::$1"
  exit 2
}

[[ $ISSUE =~ ^[0-9]+$ ]] || fail "This run is for no issue."
[[ $ENTRY =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ ]] || fail "The entry has no path that can be used."
cd -- "$WORKING_DIRECTORY"
name=${ENTRY##*/}
id=${name%.*}
branch=new-entry/issue-$ISSUE

# In the environment, so that the token shows in no list of processes and stays in no file.
credentials=$(printf 'x-access-token:%s' "$GH_TOKEN" | base64 | tr -d '\n')
echo "::add-mask::$credentials"
export GIT_TERMINAL_PROMPT=0
export GIT_CONFIG_COUNT=1
export GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"
export GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $credentials"

git switch --quiet --create "$branch"
git add -- "$ENTRY"
git -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --quiet --message "Add $id, as issue $ISSUE proposes"
# Without force: what somebody has pushed there stays.
git push --quiet origin "HEAD:refs/heads/$branch" ||
  fail "The branch $branch could not be pushed; where it is there already, delete it first."

text=$RUNNER_TEMP/corpuslint-pull-request.md
# shellcheck disable=SC2016 # the backquotes are Markdown
printf 'Adds `%s` from the form in #%s.\n\nCloses #%s.\n' "$id" "$ISSUE" "$ISSUE" >"$text"
url=$(gh pr create --base "$BASE" --head "$branch" --title "Add $id" --body-file "$text") ||
  fail "The branch $branch is pushed, and the pull request could not be opened: allow it in the settings of Actions."
[[ $url =~ ^https://[A-Za-z0-9./_-]+$ ]] || url=
echo "pull-request=$url" >>"$GITHUB_OUTPUT"
