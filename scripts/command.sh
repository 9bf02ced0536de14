#!/usr/bin/env bash
# Prints where the project's command is: WORLDHOST, or the newest below target/, or the
# one on PATH. It is the one that was built last, for the project itself may not build
# before its to-do list is done.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -z "${WORLDHOST:-}" ] || { echo "$WORLDHOST" && exit; }
name=$(sed -n 's/^default-run = "\(.*\)"$/\1/p' Cargo.toml)
target=${CARGO_TARGET_DIR:-target}
newest=$(ls -t "$target"/{debug,release}/"${name:=worldhost}" 2>/dev/null | head -n 1 || true)
[ -z "$newest" ] || { realpath "$newest" && exit; }
command -v "$name" || {
  echo "no $name is built; run cargo build in a tree that builds, or cargo install --path ." >&2
  exit 1
}
