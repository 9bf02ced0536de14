#!/usr/bin/env python3
"""Draws docs/apply.svg: a change of the WIT, its verdict, and the host that follows.

    scripts/picture.py [WORLDHOST]

The commands are run as they are shown, on a terminal, in a copy of this project; what they
print is what is drawn. WORLDHOST is the command [default: target/debug/worldhost, built now].
"""

import html
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "apply.svg"

COMMANDS = [
    "sed -i 's/log: func(msg: string)/log: func(level: u8, msg: string)/' wit/host.wit",
    "worldhost wit diff",
    "worldhost wit apply",
    "git --no-pager diff -U0 --no-color src | tail -n 2",
]
COLUMNS = 96
WIDTH, HEIGHT, TOP = 8.4, 18, 44
INK = {"$": "#f0f3f6", "+": "#7ee787", "-": "#ffa198", "!": "#f2cc60", "": "#c9d1d9"}


def run(command, where, path):
    """What a command prints on a terminal of this width."""
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "TERM": "dumb"}
    environment["COLUMNS"] = str(COLUMNS)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(where)
        os.execvpe("sh", ["sh", "-c", command], environment)
    printed = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # its end, on Linux
            break
        if not more:
            break
        printed += more
    os.waitpid(pid, 0)
    os.close(terminal)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed.decode())
    return [line.rstrip() for line in text.replace("\r", "").rstrip("\n").split("\n")]


def project(where):
    """A copy of what the commands read, in a repository of its own."""
    for part in ["wit", "src"]:
        shutil.copytree(ROOT / part, where / part)
    shutil.rmtree(where / "wit" / "released", ignore_errors=True)
    for file in ["Cargo.toml", "wkg.lock"]:
        shutil.copy(ROOT / file, where / file)
    (where / "Cargo.toml").write_text('[package]\nname = "host"\nversion = "0.1.0"\n')
    git = ["git", "-c", "user.name=You", "-c", "user.email=you@example.com"]
    for words in [["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "as it was"]]:
        subprocess.run([*git, *words], cwd=where, check=True)


def kind(line):
    bare = line.strip()
    if line.startswith("$ "):
        return "$"
    if bare.startswith("+ ") or line.startswith("+"):
        return "+"
    if bare.startswith("- ") or line.startswith("-"):
        return "-"
    return "!" if "[BREAKING]" in line or "will not load" in line or "should be" in line else ""


def wrapped(line):
    while len(line) > COLUMNS:
        yield line[:COLUMNS]
        line = line[COLUMNS:]
    yield line


def drawn(lines):
    width, height = COLUMNS * WIDTH + 40, len(lines) * HEIGHT + TOP + 20
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}" role="img">'
    yield "<title>A change of the WIT, its verdict, and worldhost wit apply</title>"
    yield f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>'
    for at, colour in enumerate(["#ff5f57", "#febc2e", "#28c840"]):
        yield f'<circle cx="{20 + at * 18}" cy="18" r="5.5" fill="{colour}"/>'
    yield '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">'
    for at, line in enumerate(lines):
        if line:
            weight = ' font-weight="bold"' if kind(line) == "$" else ""
            length = len(line) * WIDTH
            yield (
                f'<text x="20" y="{TOP + at * HEIGHT}" fill="{INK[kind(line)]}"{weight} '
                f'textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{html.escape(line)}</text>'
            )
    yield "</g>\n</svg>"


def main():
    if len(sys.argv) > 1:
        command = Path(sys.argv[1]).resolve()
    else:
        subprocess.run(["cargo", "build", "-q"], cwd=ROOT, check=True)
        command = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "worldhost"
    with tempfile.TemporaryDirectory() as scratch:
        where, path = Path(scratch) / "host", Path(scratch) / "bin"
        where.mkdir()
        path.mkdir()
        (path / "worldhost").symlink_to(command)
        project(where)
        lines = []
        for words in COMMANDS:
            printed = [line for line in run(words, where, path) if lines or line]
            lines += [f"$ {words}", *printed] if printed != [""] else [f"$ {words}"]
            lines.append("")
        lines = [part for line in lines[:-1] for part in wrapped(line)]
    OUT.write_text("\n".join(drawn(lines)) + "\n")
    print(f"{OUT.relative_to(ROOT)}: {len(lines)} lines")


if __name__ == "__main__":
    main()
