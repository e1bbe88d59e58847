#!/usr/bin/env bash
# Names the folders of this run, and the key that the built program is kept under.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?}" "${GITHUB_OUTPUT:?}" "${RUNNER_TEMP:?}" "${WORKING_DIRECTORY:?}"

# The key covers all that goes into the program. The built-in `hashFiles` sees only the workspace, and
# an action of another repository does not lie in it.
key() {
  cd "$GITHUB_ACTION_PATH/../../.."
  {
    uname -sm
    rustc --version --verbose 2>/dev/null || true
    find Cargo.toml Cargo.lock corpuslint.toml src schema -type f -print0 | LC_ALL=C sort -z |
      xargs -0 sha256sum
  } | sha256sum | cut -c 1-40
}

# The facts of unchanged files lie beside git's own data, if there is a repository.
facts() {
  cd -- "$WORKING_DIRECTORY"
  git rev-parse --path-format=absolute --git-common-dir 2>/dev/null || true
}

digest=$(key)
git_dir=$(facts)
commit=$(cd -- "$WORKING_DIRECTORY" && git rev-parse --verify --quiet HEAD 2>/dev/null) || commit=none
{
  echo "key=$digest"
  echo "commit=$commit"
  echo "facts=${git_dir:+$git_dir/corpuslint}"
  # One name in all runs: a cache is only found under the path that it was kept from.
  echo "program=$RUNNER_TEMP/corpuslint-program"
  # A name of its own, so that no file of an earlier run or of the corpus is taken for a report.
  echo "report=$(mktemp -d "$RUNNER_TEMP/corpuslint-report.XXXXXX")"
} >>"$GITHUB_OUTPUT"
