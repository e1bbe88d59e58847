#!/usr/bin/env bash
# Builds one commit in two folders, with two homes of cargo, and compares what comes out.
#
#     twice.sh TARGET [ARGUMENT OF CARGO ...]
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${1:?a target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home=${CARGO_HOME:-$HOME/.cargo}
# Both first: what is committed while one is built must not be in the other.
for name in one another-and-longer; do
  git clone --quiet . "$work/$name/project"
done
for name in one another-and-longer; do
  mkdir -p "$work/$name/home"
  cp -R "$home/registry" "$work/$name/home/registry"
  CARGO_HOME=$work/$name/home bash "$work/$name/project/.github/release/build.sh" "$@"
done
cd "$work"
sha256sum -- */project/target/release-of/"$target"/release/corpuslint */project/dist/*
for path in one/project/dist/*; do
  cmp "$path" "another-and-longer/${path#one/}"
done
echo "The same bytes."
