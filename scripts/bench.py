"""Runs worldhost and the Wasmtime CLI in turn and compares. Started by bench.sh."""

import argparse
import fcntl
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Program:
    """A command whose runs are timed, from its start until it is gone."""

    def __init__(self, label, args, cache, stdin=None):
        self.label, self.cache, self.stdin = label, cache, stdin
        self.args = [str(arg) for arg in args]
        self.env = os.environ | {"WORLDHOST_CACHE_DIR": str(cache)}
        self.milliseconds, self.kilobytes = [], []

    def run(self):
        null = os.open(os.devnull, os.O_RDWR)
        stdin = os.open(self.stdin, os.O_RDONLY) if self.stdin else null
        actions = [(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate([stdin, null, null])]
        start = time.perf_counter()
        pid = os.posix_spawn(self.args[0], self.args, self.env, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        self.milliseconds.append((time.perf_counter() - start) * 1000)
        self.kilobytes.append(usage.ru_maxrss)
        for fd in {stdin, null}:
            os.close(fd)
        if status != 0:
            sys.exit(f"bench.py: {' '.join(self.args)}: status {status}")

    def empty_cache(self):
        self.settle()
        shutil.rmtree(self.cache, ignore_errors=True)
        self.cache.mkdir(mode=0o700)

    def settle(self):
        """Waits for what was left to be done in the background."""
        lock = self.cache / "optimize.lock"
        if lock.exists():
            time.sleep(0.3)
            with lock.open() as held:
                fcntl.flock(held, fcntl.LOCK_EX)

    @property
    def time(self):
        return statistics.median(self.milliseconds)

    @property
    def memory(self):
        return statistics.median(self.kilobytes) / 1024


def in_turn(programs, runs, before=None, after=None):
    for _ in range(runs):
        for program in programs:
            if before:
                before(program)
            program.run()
            if after:
                after(program)
    return programs


def warm(program, runs=3):
    """Fills the cache, and lets the peer and us do what they do for later runs."""
    for _ in range(runs):
        program.run()
        program.settle()
    program.milliseconds.clear()
    program.kilobytes.clear()


class Bench:
    def __init__(self, options):
        self.options = options
        self.few = 3 if options.quick else 1
        self.scratch = options.target / "bench"
        self.worldhost = options.target / "release/worldhost"
        # The same command, with the world of the tests' plugins.
        self.fixture = options.target / "release/worldhost-fixture"
        self.python = options.target / "guests/command-python.wasm"
        self.command = ROOT / "tests/guests/command.wasm"
        self.plugin = ROOT / "tests/guests/plugin-rust.wasm"

    def runs(self, number):
        return max(2, number // self.few)

    def pair(self, *guest):
        """The peer and us, each with a cache of its own."""
        theirs, ours = self.scratch / "wasmtime-cache", self.scratch / "cache"
        config = self.scratch / "wasmtime-cache.toml"
        config.write_text(f'[cache]\ndirectory = "{theirs}"\n')
        cached = ["-C", "cache=y", "-C", f"cache-config={config}"]
        peer = Program("wasmtime", [self.options.wasmtime, "run", *cached, *guest], theirs)
        us = Program("worldhost", [self.worldhost, "run", *guest], ours)
        for program in (peer, us):
            program.empty_cache()
        return [peer, us]

    def warm(self, runs, *guest):
        pair = self.pair(*guest)
        for program in pair:
            warm(program)
        return in_turn(pair, self.runs(runs))

    def first(self, runs, *guest):
        return in_turn(self.pair(*guest), self.runs(runs), before=Program.empty_cache)

    def nothing(self):
        return in_turn([Program("nothing", ["/bin/true"], self.scratch)], self.runs(60))[0]

    def streams(self, kinds):
        """Lines a second of each kind, the start of the process taken off."""
        cache, one = self.scratch / "cache", self.scratch / "line.txt"
        one.write_text("hello\n")
        programs = []
        for n, (label, options, count) in enumerate(kinds):
            lines = self.scratch / f"lines{n}.txt"
            lines.write_text("hello\n" * (count // self.few))
            args = [self.fixture, "process", *options, self.plugin]
            programs += [Program(label, args, cache, stdin) for stdin in (one, lines)]
            warm(programs[-1], 1)
        in_turn(programs, self.runs(9))
        return [
            (label, (count // self.few) / (long.time - short.time) * 1000)
            for (label, _, count), short, long in zip(kinds, programs[::2], programs[1::2])
        ]


def criterion(target, *name):
    """The median of a benchmark of crates/worldhost-fixture/benches/calls.rs, in microseconds."""
    path = target.joinpath("criterion", *[re.sub(r'[?"/\\*<>:|^]', "_", part) for part in name])
    return json.loads((path / "new/estimates.json").read_text())["median"]["point_estimate"] / 1000


def machine():
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.processor(),
    ) if Path("/proc/cpuinfo").exists() else platform.processor()
    return f"{os.cpu_count()} cores of {cpu}, {platform.system()} {platform.release()}"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def measure(options):
    """The rows of the table: work, theirs, ours, unit, ratio to reach."""
    bench, target = Bench(options), options.target
    nothing = bench.nothing()
    python = bench.warm(20, bench.python)
    rust = bench.warm(100, bench.command, "args", "a")
    first = bench.first(5, bench.python)
    first_rust = bench.first(10, bench.command, "args", "a")
    fresh = [criterion(target, "fresh instance", name) for name in ("textbook", "pool")]
    rows = [
        ("warm run, Python command of 18 MB", *[p.time for p in python], "ms", 0.10),
        ("its peak memory", *[p.memory for p in python], "MB", 0.5),
        ("warm run, Rust command of 149 KB", *[p.time for p in rust], "ms", 0.5),
        ("first run, the Python command", *[p.time for p in first], "ms", 0.35),
        ("first run, the Rust command", *[p.time for p in first_rust], "ms", None),
        ("fresh store, instance, call, drop¹", *fresh, "µs", 0.35),
    ]
    cores = os.cpu_count() or 1
    jobs = sorted({1, *(2**n for n in range(1, 7) if 2**n < cores), cores})
    kinds = [("one live instance", [], 200_000)]
    kinds += [
        (f"a fresh instance a line, {n} job{'s' if n > 1 else ''}", ["--fresh", "--jobs", n], 60_000)
        for n in jobs
    ]
    streams = bench.streams(kinds)
    parts = [
        ("a process that does nothing (/bin/true)", nothing.time * 1000),
        ("fresh instance, without the pool", criterion(target, "fresh instance", "no pool")),
        ("store", criterion(target, "parts", "store")),
        ("store and instance", criterion(target, "parts", "store and instance")),
        ("call of a live instance, typed", criterion(target, "hot call", "typed")),
        ("the same, dynamic", criterion(target, "hot call", "dynamic")),
        ("host call", criterion(target, "host call", "compute") / 1000),
        ("linking WASI 0.2", criterion(target, "start", "link WASI 0.2")),
        ("linking WASI 0.3 and HTTP", criterion(target, "start", "link WASI 0.3 and HTTP")),
        ("loading the Rust command from the cache", criterion(target, "start", "load from the cache, Rust")),
        ("of that, Wasmtime deserializing", criterion(target, "start", "deserialize, Rust")),
        ("loading the Python command", criterion(target, "start", "load from the cache, Python")),
        ("of that, Wasmtime deserializing", criterion(target, "start", "deserialize, Python")),
        *[(f"string of {size:,} byte{'s' if size > 1 else ''} there and back", criterion(target, "string", str(size)))
          for size in (1, 1024, 32768, 1048576)],
    ]
    return rows, streams, parts


def amount(value, unit):
    return f"{value / 1000:.2f} s" if unit == "ms" and value >= 1000 else f"{value:.3g} {unit}"


def report(options, rows, streams, parts):
    def row(work, theirs, ours, unit, reach):
        goal = f"≤ {reach:.2f}" if reach else ""
        return f"| {work} | {amount(theirs, unit)} | {amount(ours, unit)} | {ours / theirs:.3f} | {goal} |"

    single = streams[1][1]
    return "\n".join([
        f"Measured with `scripts/bench.sh` on {machine()}: {output(str(bench_binary(options)), '--version')} "
        f"beside {output(options.wasmtime, '--version')}, medians.",
        "",
        "| work | Wasmtime | worldhost | ratio | meant |",
        "|---|---|---|---|---|",
        *[row(*cells) for cells in rows],
        "",
        "¹ in one process; on the left the pattern of Wasmtime's documentation on the same version of",
        "the engine: on-demand allocator, `instantiate_async` from a `Linker` with all of WASI.",
        "",
        "| `process`, a stream of short lines | lines/s | |",
        "|---|---|---|",
        *[f"| {name} | {rate:,.0f} | {rate / single:.2f} × |" for name, rate in streams],
        "",
        "| in one process | µs |",
        "|---|---|",
        *[f"| {name} | {value:,.2f} |" for name, value in parts],
    ])


def bench_binary(options):
    return options.target / "release/worldhost"


def plot(rows):
    """A bar for each row, as a part of what the peer takes."""
    left, width, high = 290, 420, 34
    height = high * len(rows) + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 190} {height}" '
        'font-family="system-ui, sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="22" fill="#555">Wasmtime CLI, or the textbook pattern = 1</text>',
    ]
    for n, (work, theirs, ours, unit, _) in enumerate(rows):
        y, ratio = 36 + high * n, ours / theirs
        bar = max(2, min(ratio, 1.15) * width)
        parts += [
            f'<text x="{left - 12}" y="{y + 17}" text-anchor="end" fill="#222">{work.rstrip("¹")}</text>',
            f'<rect x="{left}" y="{y}" width="{width}" height="24" fill="#e4e4e4"/>',
            f'<rect x="{left}" y="{y}" width="{bar:.1f}" height="24" fill="#6a4fd0"/>',
            f'<text x="{left + max(bar, width) + 10:.1f}" y="{y + 17}" fill="#222">{ratio:.2f}'
            f'<tspan fill="#777" dx="8">{amount(ours, unit)}</tspan></text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--wasmtime", required=True)
    options = parser.parse_args()
    rows, streams, parts = measure(options)
    text = report(options, rows, streams, parts)
    print(text)
    if options.quick:
        return
    page = ROOT / "docs/speed.md"
    begin, end = "<!-- scripts/bench.sh writes from here -->", "<!-- to here -->"
    before, rest = page.read_text().split(begin)
    page.write_text("\n".join([before + begin, text, end + rest.split(end)[1]]))
    (ROOT / "docs/speed.svg").write_text(plot(rows))


main()
