"""Serves a component by the Wasmtime CLI and by worldhost in turn, and compares. Started by
bench-serve.sh."""

import argparse
import json
import re
import socket
import statistics
import subprocess
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REUSE = "--max-instance-reuse-count"
AT_A_TIME = "--max-instance-concurrent-reuse-count"
CASES = {
    # The peer's defaults are other ones: both are told.
    "p2": ("web", [REUSE, "1"]),
    "p3": ("web-p3", [REUSE, "1", AT_A_TIME, "1"]),
    "p2-reuse": ("web", [REUSE, "128"]),
    "p3-reuse": ("web-p3", [REUSE, "128", AT_A_TIME, "16"]),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that serves, for as long as it is measured."""

    def __init__(self, args):
        self.args = args

    def __enter__(self):
        self.port = free_port()
        args = [arg.replace("ADDRESS", f"127.0.0.1:{self.port}") for arg in self.args]
        self.process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/hello"
        for _ in range(600):
            try:
                assert urllib.request.urlopen(self.url, timeout=5).read() == b"hello\n"
                return self
            except OSError:
                assert self.process.poll() is None, f"{' '.join(args)} ended"
                time.sleep(0.1)
        raise SystemExit(f"{' '.join(args)} does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def by_oha(load, url, seconds, connections):
    command = [load, "-z", f"{seconds}s", "-c", str(connections), "--no-tui", "--output-format", "json", url]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["summary"]["successRate"] == 1, found["statusCodeDistribution"]
    times = found["latencyPercentiles"]
    return found["summary"]["requestsPerSec"], times["p50"] * 1000, times["p99"] * 1000


def by_wrk(load, url, seconds, connections):
    command = [load, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in text and "Socket errors" not in text, text
    units = {"us": 0.001, "ms": 1, "s": 1000}

    def percentile(name):
        value, unit = re.search(rf"^ *{name}% +([\d.]+)(us|ms|s)", text, re.M).groups()
        return float(value) * units[unit]

    return float(re.search(r"Requests/sec: +([\d.]+)", text)[1]), percentile(50), percentile(99)


def main():
    parser = argparse.ArgumentParser()
    for name in ["--worldhost", "--wasmtime", "--load"]:
        parser.add_argument(name, required=True)
    for name in ["--rounds", "--seconds", "--connections"]:
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("cases", nargs="+", choices=CASES)
    options = parser.parse_args()
    measure = by_oha if Path(options.load).name == "oha" else by_wrk

    for case in options.cases:
        guest, reuse = CASES[case]
        component = str(ROOT / f"tests/guests/{guest}.wasm")
        # -Scli: what the guests import beside wasi:http.
        peer = [options.wasmtime, "serve", "-Scli", "--addr", "ADDRESS", *reuse, component]
        ours = [options.worldhost, "serve", "--addr", "ADDRESS", *reuse, component]
        found = {"wasmtime": [], "worldhost": []}
        for _ in range(options.rounds):
            for name, args in [("wasmtime", peer), ("worldhost", ours)]:
                with Server(args) as server:
                    measure(options.load, server.url, 1, options.connections)  # warms up
                    found[name].append(
                        measure(options.load, server.url, options.seconds, options.connections)
                    )
        rates = {}
        for name, rounds in found.items():
            rate, half, most = (statistics.median(values) for values in zip(*rounds))
            rates[name] = rate
            print(f"{case:9} {name:10} {rate:9,.0f} requests/s   p50 {half:.2f} ms   p99 {most:.2f} ms")
        print(f"{case:9} ratio      {rates['worldhost'] / rates['wasmtime']:9.2f}", flush=True)


main()
