#!/usr/bin/env bash
# Measures `worldhost serve` beside `wasmtime serve`, with the same load, in turn.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<END
Usage: scripts/bench-serve.sh [--rounds N] [--seconds N] [--connections N] [NAME...]

Prints requests a second and the median and 99th percentile of their time, as medians of
the rounds, for each of these, or those that are named:

  p2        a component of WASI 0.2, a fresh instance for each request
  p3        the same of WASI 0.3
  p2-reuse  128 requests an instance
  p3-reuse  128 requests an instance, 16 at a time

The load generator is oha or wrk, whichever is in the PATH. The Wasmtime CLI is that of
WASMTIME, of the PATH, or what scripts/bench.sh has installed. It wants a machine that does
nothing else; ratios hold on any.
END
}

rounds=5 seconds=5 connections=16 names=()
while (($#)); do
    case $1 in
    --rounds) rounds=$2 && shift ;;
    --seconds) seconds=$2 && shift ;;
    --connections) connections=$2 && shift ;;
    -h | --help) usage && exit ;;
    -*) usage >&2 && exit 2 ;;
    *) names+=("$1") ;;
    esac
    shift
done
((${#names[@]})) || names=(p2 p3 p2-reuse p3-reuse)

target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
wasmtime=${WASMTIME:-$(type -P wasmtime || true)}
if [[ -z $wasmtime ]]; then
    wasmtime=$(find "$target/bench/py" -type f -name wasmtime -path '*wasmtime_cli*' 2>/dev/null | head -n 1)
fi
[[ -n $wasmtime ]] || { echo "there is no wasmtime: scripts/bench.sh installs one, or WASMTIME names it" >&2 && exit 1; }
load=$(type -P oha || type -P wrk || true)
[[ -n $load ]] || { echo "there is no load generator: cargo install oha, or apt-get install wrk" >&2 && exit 1; }

cargo build --release --bin worldhost
exec python3 scripts/bench_serve.py --worldhost "$target/release/worldhost" --wasmtime "$wasmtime" \
    --load "$load" --rounds "$rounds" --seconds "$seconds" --connections "$connections" "${names[@]}"
