#!/usr/bin/env bash
# Vendors the WIT packages that wit/ names into wit/deps and pins them in wkg.lock.
#
#   scripts/wit-fetch.sh [WKG-CONFIG]
#
# WKG-CONFIG is a wkg configuration file, for a registry of your own; without it
# wkg's own defaults hold. The fetch runs in a copy, and wit/deps and wkg.lock are
# replaced only when it succeeded.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${1:-${WKG_CONFIG_FILE:-}}
if ! command -v wkg >/dev/null; then
  echo "wit-fetch: wkg is not installed; run: cargo install wkg --version 0.16.1 --locked" >&2
  exit 127
fi

# Beside the tree, so that each swap below is a rename within one file system.
copy=$(mktemp -d ./.wit-fetch.XXXXXX)
trap 'rm -rf "$copy"' EXIT
cp -rL wit "$copy/wit"
[ ! -e wkg.lock ] || cp wkg.lock "$copy/wkg.lock"

wkg_args=()
[ -z "$config" ] || wkg_args+=(--config "$(realpath "$config")")
(cd "$copy" && wkg fetch ${wkg_args[@]+"${wkg_args[@]}"} wit)

if [ -z "$(ls -A "$copy/wit/deps" 2>/dev/null)" ] || [ ! -s "$copy/wkg.lock" ]; then
  echo "wit-fetch: wkg fetched nothing; wit/deps and wkg.lock are as they were" >&2
  exit 1
fi

if diff -rq wit/deps "$copy/wit/deps" >/dev/null 2>&1 && cmp -s wkg.lock "$copy/wkg.lock"; then
  echo "wit-fetch: wit/deps and wkg.lock were up to date"
  exit 0
fi

[ ! -e wit/deps ] || mv wit/deps "$copy/old-deps"
mv "$copy/wit/deps" wit/deps
mv "$copy/wkg.lock" wkg.lock
echo "wit-fetch: wit/deps and wkg.lock updated; review them with git diff"
