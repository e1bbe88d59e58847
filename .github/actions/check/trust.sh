#!/usr/bin/env bash
# Throws away restored files that the checked change may have written itself.
#
# A pull request reads caches of its own before those of the default branch. One commit could keep a
# forged program or forged facts under our key, and the next commit would look harmless and pass. This
# action keeps caches on the default branch only, so any entry of ours in another scope was not
# written by it. The order matters: this looks after the restore, so nothing can slip in between.
set -euo pipefail

: "${GITHUB_REPOSITORY:?}" "${GITHUB_REF:?}" "${GITHUB_EVENT_NAME:?}" "${PROGRAM:?}"

discard() {
  echo "::notice title=corpuslint::The caches are not used: $1."
  rm -rf -- "$PROGRAM" ${FACTS:+"$FACTS"}
  exit 0
}

# What a push restores was kept by somebody who may push.
if [[ $GITHUB_EVENT_NAME == push ]]; then exit 0; fi

count=$(gh api --method GET "repos/$GITHUB_REPOSITORY/actions/caches" \
  -f key=corpuslint- -f "ref=$GITHUB_REF" --jq .total_count) ||
  discard "they could not be listed, which needs the permission actions: read"
if [[ $count != 0 ]]; then discard "this change wrote some itself"; fi
