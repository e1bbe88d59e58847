#!/usr/bin/env bash
# Builds the program for one target, so that one commit gives the same bytes in whatever folder, and
# packs it: dist/corpuslint-VERSION-TARGET.tar.gz, or .zip for Windows.
#
#     build.sh TARGET [ARGUMENT OF CARGO ...]
set -euo pipefail
cd "$(dirname "$0")/../.."

# A release is built by one compiler; tests/delivery/release.rs holds it to Cargo.toml.
toolchain=1.95.0

target=${1:?a target, for example x86_64-unknown-linux-musl}
shift

if ! rustc "+$toolchain" --print target-libdir --target "$target" 2>/dev/null | xargs -I{} test -d {}; then
  rustup toolchain install "$toolchain" --profile minimal --no-self-update --target "$target"
fi

# The folders that a compiler would write into the program: here, the sources of dependencies, and
# what their build scripts make.
case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*) plain() { cygpath -w "$1"; } ;;
  *) plain() { printf '%s' "$1"; } ;;
esac
here=$(plain "$PWD")
home=$(plain "${CARGO_HOME:-$HOME/.cargo}")
built=${CARGO_TARGET_DIR:-target/release-of}
mkdir -p "$built"
built=$(plain "$(cd "$built" && pwd)")
export CARGO_TARGET_DIR=$built

# Of several prefixes that fit the last one counts, so the folder inside of another comes after it.
from=("$here" "$home" "$built")
to=(corpuslint cargo built)
rust=()
c=()
for at in "${!from[@]}"; do
  rust+=("--remap-path-prefix=${from[$at]}=${to[$at]}")
  c+=("-ffile-prefix-map=${from[$at]}=${to[$at]}")
done

name=${target//-/_}
case $target in
  *-linux-musl) export "CC_$name=${CC:-musl-gcc}" ;;
  *-windows-msvc) rust+=(-Ctarget-feature=+crt-static -Clink-arg=/Brepro) c=() ;;
esac
export "CFLAGS_$name=${c[*]-}"
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${rust[*]}")
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export CARGO_ENCODED_RUSTFLAGS SOURCE_DATE_EPOCH CARGO_INCREMENTAL=0 ZERO_AR_DATE=1

cargo "+$toolchain" build --locked --release --bin corpuslint --target "$target" "$@"

python=$(command -v python3 || command -v python)
"$python" .github/release/pack.py "$built/$target/release" "$target" dist
