#!/usr/bin/env bash
# After a change in wit/: fetch, verify, say what changed, check the host and its
# bindings. Ends with a summary; stops at nothing but a signal.
set -uo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  -h | --help)
    cat <<'TEXT'
Usage: scripts/regen.sh [FROM]

FROM is what `worldhost wit diff` compares with: a git revision (HEAD), a
directory, a .wit file or a component. The command that was built last is used,
as scripts/command.sh finds it, for the host itself may not build before the to-do
list is done.
TEXT
    exit
    ;;
esac
from=${1:-HEAD}
summary=()
failed=0

step() { printf '\n== %s\n' "$*"; }
note() { summary+=("$(printf '%-8s %s' "$1" "$2")"); }
wrong() {
  note "$1" "$2"
  failed=1
}

step fetch
if ! command -v wkg >/dev/null; then
  scripts/wit-fetch.sh 2>/dev/null || true # completes a run that was killed
  note skipped "fetch: wkg is not installed; wit/deps is taken as it is"
elif output=$(timeout "${WIT_FETCH_TIMEOUT:-60}" scripts/wit-fetch.sh 2>&1); then
  note ok "fetch: $(tail -n1 <<<"$output" | sed 's/^wit-fetch: //')"
else
  echo "$output"
  case $output in
    *"other bytes"*) wrong FAILED "fetch: $(tail -n1 <<<"$output" | sed 's/^wit-fetch: //')" ;;
    *) note skipped "fetch: the registry cannot be reached or lacks a package; wit/deps is taken as it is" ;;
  esac
fi

if ! worldhost=$(scripts/command.sh 2>&1); then
  wrong FAILED "verify and diff: $worldhost"
else
  step verify
  "$worldhost" wit verify
  case $? in
    0) note ok "verify: wit/deps is what wkg.lock says, and what this host links" ;;
    3) note ok "verify: nothing is known to be wrong; what cannot be told offline is above" ;;
    *) wrong FAILED "verify: see above; each problem has its remedy" ;;
  esac

  step "diff from $from"
  "$worldhost" wit diff "$from"
  case $? in
    0) note ok "diff: no change" ;;
    1) note ok "diff: compatible; existing components still load" ;;
    3) note BREAKING "diff: see above for what breaks, the version to give, and the host's to-do list" ;;
    *) wrong FAILED "diff: see above" ;;
  esac
fi

step "cargo check"
if cargo check --quiet; then
  note ok "cargo check: the host fits its world"
  step "the project's tests"
  if cargo test --quiet --test project; then
    note ok "tests: the API that was reviewed, and the worlds that were released"
  else
    wrong FAILED "tests: see above; if the new API is meant, run: cargo run -q -- wit bindings --api > tests/snapshots/bindings-api.rs"
  fi
else
  wrong FAILED "cargo check: do what the to-do list above says, and run this again"
  note skipped "tests: the host does not build yet"
fi

step summary
printf '%s\n' "${summary[@]}"
exit "$failed"
