"""A plugin of the host's world in Python, by componentize-py."""

import re

import wit_world
from componentize_py_types import Err
from wit_world.imports import host


class WitWorld(wit_world.WitWorld):
    def process(self, input: str) -> str:
        host.log(f"processing: {input}")
        if re.fullmatch(r"[+-]?[0-9]+", input) and -(2**31) <= int(input) < 2**31:
            try:
                return str(host.compute(int(input)))
            except Err as e:
                return f"error: {e.value}"
        return input.upper()
