#!/usr/bin/env bash
# Finds the program: the one that was named, the one that was kept, or a new one from the commit of
# this action.
set -euo pipefail

: "${GITHUB_ACTION_PATH:?}" "${GITHUB_OUTPUT:?}" "${PROGRAM:?}"

fail() {
  echo "::error title=corpuslint::$1"
  exit 2
}

if [[ -n ${BINARY:-} ]]; then
  program=$(command -v -- "$BINARY") || fail "The program that the input binary names is not there."
elif [[ -x $PROGRAM/bin/corpuslint ]]; then
  program=$PROGRAM/bin/corpuslint
else
  command -v cargo >/dev/null || fail "Rust is not installed: install it before this step, or set the input binary."
  cargo install --locked --root "$PROGRAM" --path "$GITHUB_ACTION_PATH/../../.." ||
    fail "corpuslint could not be built; the log of this step says why."
  program=$PROGRAM/bin/corpuslint
  echo "built=true" >>"$GITHUB_OUTPUT"
fi
echo "binary=$program" >>"$GITHUB_OUTPUT"
