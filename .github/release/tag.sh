#!/usr/bin/env bash
# A release is the version of Cargo.toml, is on the default branch, and has its part in the changelog.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${GITHUB_REF_NAME:?}"

fail() {
  echo "::error title=release::$1"
  exit 1
}

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
[[ $GITHUB_REF_NAME == "v$version" ]] || fail "Cargo.toml says $version: tag v$version, or change the version first."
grep -q "^## \[\?$version" CHANGELOG.md || fail "CHANGELOG.md has no part for $version."
git merge-base --is-ancestor HEAD origin/main || fail "The commit of the tag is not on main."
