#!/usr/bin/env bash
# Writes what the program is made of, as CycloneDX 1.5 in JSON: dist/corpuslint-VERSION.cdx.json.
# Needs cargo-cyclonedx (cargo install --locked cargo-cyclonedx@0.5.9) and jq.
set -euo pipefail
cd "$(dirname "$0")/../.."

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
version=$(cargo metadata --format-version 1 --no-deps --locked | jq -r '.packages[0].version')
mkdir -p dist
cargo cyclonedx --format json --spec-version 1.5 --target all --no-build-deps --override-filename corpuslint-sbom

# The tool names this folder, and a random number; neither belongs into something that can be compared.
jq --arg here "file://$PWD" '
  walk(if type == "string" then split($here) | join("file:///corpuslint") else . end)
  | del(.serialNumber)
' corpuslint-sbom.json >"dist/corpuslint-$version.cdx.json"
rm corpuslint-sbom.json
jq -e '.bomFormat == "CycloneDX" and (.components | length > 50)' "dist/corpuslint-$version.cdx.json" >/dev/null
echo "dist/corpuslint-$version.cdx.json"
