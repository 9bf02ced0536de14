"""A component of the world of `examples/async` in Python."""

from componentize_py_async_support import spawn
from componentize_py_async_support.streams import StreamReader, StreamWriter

import wit_world
from wit_world.imports import clock


class WitWorld(wit_world.WitWorld):
    async def greet(self, name: str, ticks: int) -> str:
        tick = await clock.after(ticks)
        return f"hello {name}, at tick {tick}"

    async def shout(self, lines: StreamReader[str]) -> StreamReader[str]:
        to, reader = wit_world.string_stream()
        spawn(relay(lines, to))
        return reader


async def relay(lines: StreamReader[str], to: StreamWriter[str]) -> None:
    with lines, to:
        while not (lines.writer_dropped or to.reader_dropped):
            for line in await lines.read(1):
                await clock.after(1)
                await to.write_all([line.upper()])
