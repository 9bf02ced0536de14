"""Serves a component by the Wasmtime CLI and by worldhost in turn, and compares. Started by
bench-serve.sh."""

import argparse
import re
import socket
import statistics
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts/bench-serve.lua"
REUSE = "--max-instance-reuse-count"
AT_A_TIME = "--max-instance-concurrent-reuse-count"
# The peer's defaults are other ones: both are told.
FRESH = [REUSE, "1"]
FRESH_P3 = [REUSE, "1", AT_A_TIME, "1"]
REUSED_P3 = [REUSE, "128", AT_A_TIME, "16"]


@dataclass(frozen=True)
class Case:
    guest: str
    options: list
    path: str = "/hello"
    body: int = 0
    # So many requests are made before the memory is looked at.
    requests: int = 0
    # At this part of our peak.
    part: float = 0.0


CASES = {
    "p2": Case("web", FRESH),
    "p3": Case("web-p3", FRESH_P3),
    "p2-reuse": Case("web", [REUSE, "128"]),
    "p3-reuse": Case("web-p3", REUSED_P3),
    "p2-70": Case("web", FRESH, part=0.7),
    "p3-70": Case("web-p3", FRESH_P3, part=0.7),
    "p2-echo": Case("web", FRESH, "/echo", 1 << 20),
    "p3-echo": Case("web-p3", FRESH_P3, "/echo", 1 << 20),
    "python": Case("web-python", FRESH, requests=10_000),
    "javascript": Case("web-javascript", FRESH, requests=10_000),
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
        self.base = f"http://127.0.0.1:{self.port}"
        for _ in range(1200):
            try:
                assert urllib.request.urlopen(self.base + "/hello", timeout=5).read() == b"hello\n"
                return self
            except OSError:
                assert self.process.poll() is None, f"{' '.join(args)} ended"
                time.sleep(0.1)
        raise SystemExit(f"{' '.join(args)} does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def memory(self, name):
        """MiB that it has (VmRSS), or had at its most (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M)[1]) / 1024


@dataclass
class Found:
    rate: float
    half: float
    most: float
    requests: int


class Wrk:
    def __init__(self, program, connections):
        self.program, self.connections = program, connections

    def measure(self, url, seconds, body=0, rate=0.0):
        # At a rate, more connections than are in need of one at a time.
        connections = self.connections * 4 if rate else self.connections
        command = [self.program, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
        plain = not body and not rate
        script = [] if plain else ["-s", str(SCRIPT)]
        words = [] if plain else ["--", str(body), str(rate), str(connections)]
        text = subprocess.run(
            [*command, *script, url, *words], capture_output=True, text=True, check=True
        ).stdout
        assert "Non-2xx" not in text and "Socket errors" not in text, text
        units = {"us": 0.001, "ms": 1, "s": 1000}

        def percentile(name):
            value, unit = re.search(rf"^ *{name}% +([\d.]+)(us|ms|s)", text, re.M).groups()
            return float(value) * units[unit]

        rate = float(re.search(r"Requests/sec: +([\d.]+)", text)[1])
        requests = int(re.search(r"^ *(\d+) requests in", text, re.M)[1])
        return Found(rate, percentile(50), percentile(99), requests)


def run(case, args, load, seconds, rate):
    """What was found, and the memory."""
    with Server(args) as server:
        url = server.base + case.path
        load.measure(url, 1, case.body)  # warms up
        before = server.memory("VmHWM")
        found = load.measure(url, seconds, case.body, rate)
        made = found.requests
        while made < case.requests:
            made += load.measure(url, seconds).requests
        # Beside what it took for the first of them, where that is to be flat.
        grown = server.memory("VmHWM") - before
        return found, server.memory("VmRSS"), grown


def median(values):
    return statistics.median(values)


def compare(name, options, load):
    case = CASES[name]
    component = options.guests.get(case.guest)
    if component is None:
        print(f"{name:10} SKIPPED: {case.guest} is not built: scripts/build-guests.sh on-demand")
        return
    # -Scli: what the guests import beside wasi:http.
    peer = [options.wasmtime, "serve", "-Scli", "--addr", "ADDRESS", *case.options, component]
    ours = [options.worldhost, "serve", "--addr", "ADDRESS", *case.options, component]
    rate = 0.0
    if case.part:
        peak = run(CASES[name.split("-")[0]], ours, load, options.seconds, 0.0)[0].rate
        rate = peak * case.part
        print(f"{name:10} at {rate:,.0f} requests/s, {case.part:.0%} of worldhost's peak")
    found = {"wasmtime": [], "worldhost": []}
    for _ in range(options.rounds):
        for who, args in [("wasmtime", peer), ("worldhost", ours)]:
            found[who].append(run(case, args, load, options.seconds, rate))
    rates, mosts, memories = {}, {}, {}
    for who, rounds in found.items():
        rates[who] = median([found.rate for found, _, _ in rounds])
        half = median([found.half for found, _, _ in rounds])
        mosts[who] = median([found.most for found, _, _ in rounds])
        memories[who] = median([memory for _, memory, _ in rounds])
        grown = max(grown for _, _, grown in rounds)
        print(
            f"{name:10} {who:10} {rates[who]:9,.0f} requests/s   p50 {half:.2f} ms   "
            f"p99 {mosts[who]:.2f} ms   {memories[who]:.0f} MiB, grown by {grown:.0f}"
        )
    print(
        f"{name:10} ratio      {rates['worldhost'] / rates['wasmtime']:9.2f} of requests/s   "
        f"{mosts['worldhost'] / mosts['wasmtime']:.2f} of p99   "
        f"{memories['worldhost'] / memories['wasmtime']:.2f} of memory",
        flush=True,
    )


def floors(options, load):
    """What a request costs at the least: hyper alone, and an instance and its call alone."""
    with Server([options.floor, "hyper", "ADDRESS"]) as server:
        load.measure(server.base + "/hello", 1)
        rounds = [load.measure(server.base + "/hello", options.seconds) for _ in range(options.rounds)]
    rate = median([found.rate for found in rounds])
    most = median([found.most for found in rounds])
    print(f"floor      hyper      {rate:9,.0f} requests/s   p99 {most:.2f} ms: no guest")
    for guest in ["web", "web-p3"]:
        command = [options.floor, "calls", options.guests[guest], str(options.seconds)]
        rates = [
            float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            for _ in range(options.rounds)
        ]
        print(f"floor      {guest:10} {median(rates):9,.0f} requests/s on one core: no connection")


def main():
    parser = argparse.ArgumentParser()
    for name in ["--worldhost", "--wasmtime", "--load", "--floor", "--built"]:
        parser.add_argument(name, required=True)
    for name in ["--rounds", "--seconds", "--connections"]:
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("cases", nargs="+", choices=[*CASES, "floor"])
    options = parser.parse_args()
    load = Wrk(options.load, options.connections)
    places = [ROOT / "tests/guests", Path(options.built)]
    options.guests = {
        case.guest: str(place / f"{case.guest}.wasm")
        for case in CASES.values()
        for place in places
        if (place / f"{case.guest}.wasm").is_file()
    }
    for name in options.cases:
        if name == "floor":
            floors(options, load)
        else:
            compare(name, options, load)


main()
