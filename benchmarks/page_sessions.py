"""How long readers wait for the table of one area when many read at once: `inclusion serve` under N sessions.

Each session opens the area page with every measure of one family (more than 60 rows), then changes area a few times
with some seconds between. Sessions speak Streamlit's own protocol, so the time is the server's: from the request to the
last element of the page. Needs a published store: run `inclusion run` first.

    python benchmarks/page_sessions.py --sessions 25
"""

import argparse
import asyncio
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from pipelines.publish.reader import current_version, open_version
from pipelines.settings import PROJECT_ROOT, load_settings

FAMILY = "outcomes_experiences"


async def ask(session: ClientConnection, area: str) -> tuple[float, int]:
    """Seconds until the page for `area` is whole, and the bytes it took."""
    asked = BackMsg()
    asked.rerun_script.query_string = f"area={area}&family={FAMILY}&show=all"
    asked.rerun_script.page_name = "area"
    started, size, table = time.perf_counter(), 0, False
    await session.send(asked.SerializeToString())
    async for received in session:
        assert isinstance(received, bytes)
        size += len(received)
        message = ForwardMsg.FromString(received)
        table |= b"measures cards" in received
        assert message.delta.new_element.WhichOneof("type") != "exception", "the page failed"
        if message.WhichOneof("type") == "script_finished" and message.script_finished == 0:
            assert table, "the page came without its table"
            return time.perf_counter() - started, size
    raise ConnectionError("the server closed the session")


async def reader(base: str, areas: list[str], turns: int, pause: float, seed: int) -> tuple[float, list[float]]:
    """One session: the first page, then `turns` more, each after a pause of about `pause` seconds."""
    chance = random.Random(seed)
    async with connect(f"{base}/_stcore/stream", max_size=None) as session:
        first, _ = await ask(session, chance.choice(areas))
        later = []
        for _ in range(turns):
            await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
            took, _ = await ask(session, chance.choice(areas))
            later.append(took)
        return first, later


async def measure(base: str, areas: list[str], sessions: int, turns: int, pause: float) -> None:
    """Print the waits of one reader alone, then of `sessions` at once."""
    for name, count in (("alone", 1), (f"{sessions} sessions", sessions)):
        results = await asyncio.gather(*(reader(base, areas, turns, pause, seed) for seed in range(count)))
        firsts, later = [first for first, _ in results], [took for _, more in results for took in more]
        for label, times in (("first page, all at once", firsts), ("a change of area", later)):
            ordered = sorted(times)
            print(
                f"{name}, {label}: median {statistics.median(ordered):.2f} s, "
                f"95% within {ordered[int(0.95 * (len(ordered) - 1))]:.2f} s, longest {ordered[-1]:.2f} s"
            )


def main() -> None:
    """Serve the live public version on a free port, read it, stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=25)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two changes of one reader")
    given = parser.parse_args()
    con = open_version(current_version(load_settings(), "public"))
    areas = [
        row[0]
        for row in con.sql("SELECT geography_code FROM dim_geography WHERE level = 'la' AND is_current").fetchall()
    ]
    rows = con.sql(f"SELECT count(*) FROM dim_metric WHERE family = '{FAMILY}'").fetchall()[0][0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("inclusion"), "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.1)
        print(f"Area page, table of {rows} measures, {len(areas)} areas")
        asyncio.run(measure(f"ws://127.0.0.1:{port}", areas, given.sessions, given.turns, given.pause))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
