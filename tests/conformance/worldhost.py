"""The command `worldhost`, for the runner of WebAssembly/wasi-testsuite.

See README.md beside this file. WORLDHOST names another command than the `worldhost` on the
PATH, with options if it has any.
"""

import os
import shlex
import subprocess

WORLDHOST = shlex.split(os.getenv("WORLDHOST", "worldhost"))


def get_name():
    return "worldhost"


def get_version():
    version = subprocess.run(
        [WORLDHOST[0], "--version"], encoding="UTF-8", capture_output=True, check=True
    )
    return version.stdout.split()[1]


def get_wasi_versions():
    return ["wasm32-wasip1", "wasm32-wasip3"]


def get_wasi_worlds():
    return ["wasi:cli/command", "wasi:http/service"]


def get_timeout_seconds():
    return 20.0


def compute_argv(test_path, args_env_root, proposals, wasi_world, wasi_version):
    args, env, root = args_env_root
    argv = [WORLDHOST[0], "run", *WORLDHOST[1:]]
    if wasi_world == "wasi:http/service":
        # The runner looks for the address on stderr.
        shell = ["sh", "-c", 'exec "$@" >&2', "sh"]
        argv = [*shell, WORLDHOST[0], "serve", *WORLDHOST[1:], "--addr=127.0.0.1:0"]
    for name, value in env.items():
        argv += ["--env", f"{name}={value}"]
    if root:
        argv += ["--dir", f"{root}::/"]
    # Not all that makes sockets says so; here none can be made without a grant.
    if {"http", "sockets"} & set(proposals) or "sockets-" in test_path:
        argv += ["--inherit-network"]
    return [*argv, test_path, *args]
