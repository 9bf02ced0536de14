"""A WASI 0.3 command in Python: `args …` prints each argument, `exit N` exits with N."""

import sys

from wit_world import exports
from wit_world.imports import exit


class Run(exports.Run):
    async def run(self) -> None:
        match sys.argv[1:]:
            case []:
                print("hello from Python and WASI 0.3")
            case ["args", *rest]:
                for arg in rest:
                    print(arg)
            case ["exit", code]:
                exit.exit_with_code(int(code))
            case other:
                sys.exit(f"unknown: {' '.join(other)}")
