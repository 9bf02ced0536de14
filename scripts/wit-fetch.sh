#!/usr/bin/env bash
# Vendors the WIT packages that wit/ names into wit/deps and pins them in wkg.lock.
set -euo pipefail
self=$(realpath "$0")
cd "$(dirname "$self")/.."

usage() {
  cat <<'TEXT'
Usage: scripts/wit-fetch.sh [--wasi VERSION] [--config FILE]

  --wasi VERSION   move every WASI package in wit/ to this version
  --config FILE    a wkg configuration, for a registry of your own; without it
                   wkg's own defaults hold (or WKG_CONFIG_FILE)

wit/deps and wkg.lock are replaced together, when everything was fetched. A run
that was killed in between is completed by the next one.
TEXT
}

# All new files are here, beside the tree, so that each move is a rename. The
# rename of next to ready decides: before it nothing has happened, and after it
# everything will have.
stage=.wit-fetch

main() {
  local wasi='' config=${WKG_CONFIG_FILE:-}
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage && exit ;;
      --wasi) wasi=${2:-} && shift ;;
      --config) config=${2:-} && shift ;;
      -*) fail 2 "no option $1; see --help" ;;
      *) config=$1 ;;
    esac
    shift || fail 2 "a value is missing; see --help"
  done
  [ -z "$config" ] || [ -f "$config" ] || fail 2 "no such wkg configuration: $config"
  [ -z "$config" ] || config=$(realpath "$config")

  alone
  recover
  [ -z "$wasi" ] || spoken "$wasi"
  command -v wkg >/dev/null ||
    fail 127 "wkg is not installed; run: cargo install wkg --version 0.16.1 --locked"

  trap 'rm -rf "$stage"' EXIT
  trap 'exit 130' INT TERM HUP
  copy "$wasi"
  fetch "$config"
  if unchanged; then
    say "wit/deps and wkg.lock were up to date"
    return
  fi
  same_bytes
  commit
  say "wit/deps and wkg.lock updated; review them with git diff"
}

# One run at a time, where the system can lock.
alone() {
  exec 9<.
  ! command -v flock >/dev/null || flock -n 9 || fail 1 "another run is at work"
}

# Completes a run that was killed after it had decided, and forgets any other.
recover() {
  if [ -d "$stage/ready" ]; then
    apply
    say "completed an earlier run that was killed"
  fi
  rm -rf "$stage"
}

# The WASI versions of the Wasmtime that this project links, as its command tells them.
spoken() {
  local command spoken
  command=$(scripts/command.sh) || fail 1 "the WASI that this project links is not known"
  spoken=$("$command" --version | sed -n 's/.*, WASI \(.*\) and \(.*\))$/\1\n\2/p')
  grep -qxF -e "$1" <<<"$spoken" ||
    fail 2 "the linked Wasmtime does not speak WASI $1; it speaks $(paste -sd' ' <<<"$spoken" | sed 's/ / and /')"
}

copy() {
  mkdir -p "$stage/work"
  cp -rL wit "$stage/work/wit"
  local file
  for file in wkg.lock wkg.toml; do
    [ ! -e "$file" ] || cp "$file" "$stage/work/$file"
  done
  [ -n "$1" ] || return 0
  sed -i.bak -E "s/(wasi:[a-z0-9-]+(\/[a-z0-9-]+)?@)[0-9]+\.[0-9]+\.[0-9]+[a-z0-9.-]*/\1$1/g" "$stage"/work/wit/*.wit
  rm -rf "$stage"/work/wit/*.bak "$stage/work/wit/deps" "$stage/work/wkg.lock"
}

fetch() {
  local arguments=()
  [ -z "$1" ] || arguments=(--config "$1")
  (cd "$stage/work" && wkg fetch ${arguments[@]+"${arguments[@]}"} wit) ||
    fail 1 "wkg could not fetch; wit/deps and wkg.lock are as they were"
  [ -n "$(ls -A "$stage/work/wit/deps" 2>/dev/null)" ] && [ -s "$stage/work/wkg.lock" ] ||
    fail 1 "wkg fetched nothing; wit/deps and wkg.lock are as they were"
}

unchanged() {
  diff -rq wit "$stage/work/wit" >/dev/null 2>&1 && cmp -s wkg.lock "$stage/work/wkg.lock"
}

# wkg does not hold what it fetches against the lock: it writes a new one.
same_bytes() {
  [ -e wkg.lock ] || return 0
  local other
  other=$(join <(digests wkg.lock) <(digests "$stage/work/wkg.lock") | awk '$2 != $3 { print $1 }' | paste -sd' ')
  [ -z "$other" ] ||
    fail 1 "the registry has other bytes than wkg.lock says for $other; nothing was changed. If the lock is the one that is wrong: rm wkg.lock, and run this again"
}

# One `name@version digest` a line.
digests() {
  awk -F'"' '/^name/ { name = $2 } /^version = "/ { version = $2 } /^digest/ { print name "@" version, $2 }' "$1" | LC_ALL=C sort
}

commit() {
  mkdir -p "$stage/next/wit"
  mv "$stage/work/wit/deps" "$stage/next/deps"
  mv "$stage/work/wkg.lock" "$stage/next/wkg.lock"
  local file
  for file in wit/*.wit; do
    cmp -s "$file" "$stage/work/$file" || mv "$stage/work/$file" "$stage/next/wit/"
  done
  trap - EXIT
  mv "$stage/next" "$stage/ready"
  # In a session of its own, so that what kills this script leaves it alone.
  if command -v setsid >/dev/null; then
    setsid --wait bash "$self" --apply
  else
    apply
  fi
}

# Every step is left out when an earlier run has done it.
apply() {
  trap '' INT TERM HUP
  local ready=$stage/ready file
  if [ -e "$ready/deps" ]; then
    rm -rf "$stage/old"
    [ ! -e wit/deps ] || mv wit/deps "$stage/old"
    mv "$ready/deps" wit/deps
  fi
  for file in "$ready"/wit/*.wit; do
    [ ! -e "$file" ] || mv -f "$file" wit/
  done
  [ ! -e "$ready/wkg.lock" ] || mv -f "$ready/wkg.lock" wkg.lock
  rm -rf "$stage"
}

say() { echo "wit-fetch: $*"; }

fail() {
  local code=$1
  shift
  echo "wit-fetch: $*" >&2
  exit "$code"
}

case ${1:-} in
  --apply) apply ;;
  *) main "$@" ;;
esac
