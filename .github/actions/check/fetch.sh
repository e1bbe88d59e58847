#!/usr/bin/env bash
# Brings the commit to check into the object database. Nothing is checked out: its files stay data.
set -euo pipefail

: "${HEAD:?}" "${WORKING_DIRECTORY:?}" "${GITHUB_SERVER_URL:?}"

fail() {
  echo "::error title=corpuslint::$1"
  exit 2
}

present() { git cat-file -e "$HEAD^{commit}" 2>/dev/null; }

cd -- "$WORKING_DIRECTORY"
[[ $HEAD =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "The input head must be the full ID of a commit."
git rev-parse --git-dir >/dev/null 2>&1 || fail "There is no git repository here: check one out before this step."
if present; then exit 0; fi

export GIT_TERMINAL_PROMPT=0
if [[ -n ${TOKEN:-} ]]; then
  # In the environment, so that the token shows in no list of processes and stays in no file.
  credentials=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  echo "::add-mask::$credentials"
  export GIT_CONFIG_COUNT=1
  export GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"
  export GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $credentials"
fi
git fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head origin "$HEAD" ||
  fail "The commit $HEAD could not be fetched from origin."
present || fail "The commit $HEAD is not there after it was fetched."
