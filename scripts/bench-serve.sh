#!/usr/bin/env bash
# Measures `worldhost serve` beside `wasmtime serve`, with the same load, in turn.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    cat <<END
Usage: scripts/bench-serve.sh [--rounds N] [--seconds N] [--connections N] [NAME...]

Prints requests a second, the median and 99th percentile of their time, and what memory the
server has, as medians of the rounds, and their ratios, for each of these, or those that are
named:

  p2, p3              a "hello" of WASI 0.2 and 0.3, a fresh instance for each request
  p2-reuse, p3-reuse  128 requests an instance; of WASI 0.3, 16 at a time
  p2-70, p3-70        as p2 and p3, at 70 % of worldhost's peak
  p2-echo, p3-echo    1 MiB there and back
  python, javascript  a "hello" in these languages, fresh; memory after 10,000 requests
  floor               what a request costs at the least: hyper alone, and an instance and its
                      call alone

The load generator is wrk, of the PATH (apt-get install wrk). The Wasmtime CLI is that of
WASMTIME, of the PATH, or what scripts/bench.sh has installed; guests of other languages are
what scripts/build-guests.sh has built. It wants a machine that does nothing else; ratios hold
on any.
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
((${#names[@]})) || names=(p2 p3 p2-reuse p3-reuse p2-70 p3-70 p2-echo p3-echo python javascript floor)

target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
wasmtime=${WASMTIME:-$(type -P wasmtime || true)}
if [[ -z $wasmtime ]]; then
    wasmtime=$(find "$target/bench/py" -type f -name wasmtime -path '*wasmtime_cli*' 2>/dev/null | head -n 1)
fi
[[ -n $wasmtime ]] || { echo "there is no wasmtime: scripts/bench.sh installs one, or WASMTIME names it" >&2 && exit 1; }
load=$(type -P wrk) || { echo "there is no load generator: apt-get install wrk" >&2 && exit 1; }

# By itself, as it is installed: the fixture asks for more.
cargo build --release -p worldhost-cli --bin worldhost
cargo build --release -p worldhost-http --example floor
exec python3 scripts/bench_serve.py --worldhost "$target/release/worldhost" --wasmtime "$wasmtime" \
    --floor "$target/release/examples/floor" --built "$target/guests" --load "$load" \
    --rounds "$rounds" --seconds "$seconds" --connections "$connections" "${names[@]}"
