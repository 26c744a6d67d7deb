"""How long readers wait when they change area: `inclusion serve`, read over the websocket that browsers use.

First one reader on each kind of page: a change to an area that nobody has asked for yet, 40 times. Then 50 readers of
the area page on two server processes, as they lie behind a proxy that keeps a reader on one of them: each changes area
after 5 to 10 seconds, to areas of their own; and the worst case, all 50 in one moment. Seconds are the server's: from
the message that asks for the area until the message that the page is whole. Processor seconds are those of the servers;
the share of one core that this program itself used is printed, because it runs on the same cores.

Needs a published store (run `inclusion run` first) and Linux, whose /proc says what the servers use.

    .venv/bin/python benchmarks/page_sessions.py --readers 50 --processes 2
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from pipelines.publish.reader import current_version, open_version
from pipelines.settings import PROJECT_ROOT, load_settings

TICKS = os.sysconf("SC_CLK_TCK")
# Every page writes a second heading once it knows its area.
DRAWN = b"<h2>"


@dataclass(frozen=True)
class Server:
    """One process of `inclusion serve`."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]
        return (int(user) + int(system)) / TICKS

    def memory_mb(self) -> float:
        """Resident memory now."""
        facts = Path(f"/proc/{self.pid}/status").read_text()
        return int(facts.split("VmRSS:", 1)[1].split()[0]) / 1024


@dataclass(frozen=True)
class Kind:
    """A kind of page: its path, and the query that asks for one area in its turn."""

    name: str
    path: str
    query: Callable[[Sequence[str], int], str]


def kinds(metrics: Sequence[str]) -> list[Kind]:
    """The pages. The measure page keeps a measure for ten changes of area, Compare two of its three areas."""
    return [
        Kind("Local area, as it opens", "area", lambda areas, turn: f"area={areas[turn]}"),
        Kind(
            "Local area, every measure of a family",
            "area",
            lambda areas, turn: f"area={areas[turn]}&family=outcomes_experiences&show=all",
        ),
        Kind(
            "One measure",
            "metric",
            lambda areas, turn: f"area={areas[turn]}&metric={metrics[turn // 10 % len(metrics)]}",
        ),
        Kind("Compare", "compare", lambda areas, turn: f"areas={','.join(areas[turn : turn + 3])}"),
        Kind("Inspection", "inspection", lambda areas, turn: f"area={areas[turn]}"),
    ]


async def ask(session: ClientConnection, path: str, query: str) -> float:
    """Seconds until the page is whole. Raises AssertionError when it failed or came without its area."""
    asked = BackMsg()
    asked.rerun_script.query_string, asked.rerun_script.page_name = query, path
    started, drawn = time.perf_counter(), False
    await session.send(asked.SerializeToString())
    async for received in session:
        assert isinstance(received, bytes)
        message = ForwardMsg.FromString(received)
        drawn |= DRAWN in received
        assert message.delta.new_element.WhichOneof("type") != "exception", f"the page failed: {path}?{query}"
        if message.WhichOneof("type") == "script_finished" and message.script_finished == 0:
            assert drawn, f"the page came without its area: {path}?{query}"
            return time.perf_counter() - started
    raise ConnectionError("the server closed the session")


async def alone(server: Server, kind: Kind, areas: list[str], turns: int) -> None:
    """Print the waits of one reader: the first page, then `turns` changes of area without a pause."""
    async with connect(f"ws://{server.address}/_stcore/stream", max_size=None) as session:
        first = await ask(session, kind.path, kind.query(areas, 0))
        used = server.cpu_seconds()
        waits = [await ask(session, kind.path, kind.query(areas, turn)) for turn in range(1, turns + 1)]
        used = (server.cpu_seconds() - used) / turns
    print(f"| {kind.name} | {first:.2f} | {told(waits)} | {used:.3f} |")


async def many(servers: list[Server], kind: Kind, areas: list[str], readers: int, turns: int, pause: float) -> None:
    """Print the waits of `readers` at once: all in one moment, then each in their own time."""
    chance = random.Random(1)
    moment = asyncio.Barrier(readers)
    own = [chance.sample(areas, len(areas)) for _ in range(readers)]

    async def read(reader: int) -> tuple[list[float], list[float]]:
        server = servers[reader % len(servers)]
        async with connect(f"ws://{server.address}/_stcore/stream", max_size=None) as session:
            await ask(session, kind.path, kind.query(own[reader], 0))
            burst = []
            for turn in (1, 2):
                await moment.wait()
                burst.append(await ask(session, kind.path, kind.query(own[reader], turn)))
            await moment.wait()
            if reader == 0:
                marks.append(Mark.now(servers))
            steady = []
            for turn in range(3, 3 + turns):
                await asyncio.sleep(chance.uniform(pause, 2 * pause))
                steady.append(await ask(session, kind.path, kind.query(own[reader], turn)))
            return burst, steady

    marks: list[Mark] = []
    results = await asyncio.gather(*(read(reader) for reader in range(readers)))
    spent = Mark.now(servers).since(marks[0])
    burst, steady = ([wait for result in results for wait in result[part]] for part in (0, 1))
    print(f"| all {readers} in one moment | {told(burst)} |")
    print(f"| each after {pause:g} to {2 * pause:g} seconds | {told(steady)} |\n")
    print(
        f"In their own time: {len(steady) / spent.wall:.1f} changes a second; {spent.servers / len(steady):.3f} "
        f"processor seconds of the servers a change, {100 * spent.servers / spent.wall:.0f}% of a core together; this "
        f"program {100 * spent.driver / spent.wall:.0f}% of a core. Memory of a server: "
        f"{', '.join(f'{server.memory_mb():.0f} MB' for server in servers)}."
    )


@dataclass(frozen=True)
class Mark:
    """A moment, and the processor seconds used until then by the servers and by this program."""

    wall: float
    servers: float
    driver: float

    @classmethod
    def now(cls, servers: list[Server]) -> "Mark":
        return cls(time.perf_counter(), sum(server.cpu_seconds() for server in servers), time.process_time())

    def since(self, earlier: "Mark") -> "Mark":
        return Mark(self.wall - earlier.wall, self.servers - earlier.servers, self.driver - earlier.driver)


def told(waits: Sequence[float]) -> str:
    """Median, 95% within, longest, as cells of a table."""
    ordered = sorted(waits)
    return f"{statistics.median(ordered):.2f} | {ordered[int(0.95 * (len(ordered) - 1))]:.2f} | {ordered[-1]:.2f}"


@contextmanager
def served() -> Iterator[Server]:
    """The live public version, served on a free port until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("inclusion"), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield Server(f"127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """One reader on each kind of page, then many on the area page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--changes", type=int, default=40, help="changes of area of one reader alone")
    parser.add_argument("--turns", type=int, default=6, help="changes of each of many readers, in their own time")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two changes; at most twice as many")
    given = parser.parse_args()
    con = open_version(current_version(load_settings(), "public"))
    levels = "SELECT geography_code FROM dim_geography WHERE level = 'la' AND is_current ORDER BY ALL"
    areas = [row[0] for row in con.sql(levels).fetchall()]
    headline = "SELECT metric_id FROM dim_metric WHERE headline_order IS NOT NULL ORDER BY headline_order, metric_id"
    pages = kinds([row[0] for row in con.sql(headline).fetchall()])
    con.close()
    random.Random(0).shuffle(areas)
    print(f"{len(areas)} areas; load average before {os.getloadavg()[0]:.1f}\n")
    print("| page | first | median | 95% within | longest | processor seconds |\n|---|---:|---:|---:|---:|---:|")
    for number, kind in enumerate(pages):
        # A server of its own for each: what one page asked for is not there for the next.
        with served() as server:
            asyncio.run(alone(server, kind, areas[number:] + areas[:number], given.changes))
    print(f"\n{given.readers} readers of “{pages[0].name}”, {given.processes} processes\n")
    print("| changes | median | 95% within | longest |\n|---|---:|---:|---:|")
    with ExitStack() as stack:
        servers = [stack.enter_context(served()) for _ in range(given.processes)]
        asyncio.run(many(servers, pages[0], areas, given.readers, given.turns, given.pause))
    print(f"\nload average after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
