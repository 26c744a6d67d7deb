"""How long a large authority's SEN2 takes from sending it in to its figures on the page: cold and with a warm worker.

SYNTHETIC England is made in a folder of its own. The return of its largest area, 8,000 plans with their history, is
sent in again and again, each time with one active plan less: first by `inclusion submit` from a cold start, then as the
submit app does it, through a worker that stays warm. A reader asks the served page until it is whole
and made from the new version.

    python benchmarks/submission.py
"""

import asyncio
import io
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from pipelines.publish.reader import current_version, open_version
from pipelines.services import refresh
from pipelines.services.submit import Incoming, submit_batch
from pipelines.settings import PROJECT_ROOT, load_settings

RETURN, PERIOD = "sen2", "2026"
TURNS = 5
INCLUSION = Path(sys.executable).with_name("inclusion")


def shortened(sent: bytes, plans: int) -> bytes:
    """The ZIP of a SEN2 without its last `plans` active plans, their placements and their needs."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sent)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        active = old.read("active_plans.csv").decode().splitlines()
        gone = {line.split(",")[0] for line in active[len(active) - plans :]}
        for name in old.namelist():
            header, *rows = old.read(name).decode().splitlines()
            place = {"active_plans.csv": 0, "placements.csv": 1, "sen_needs.csv": 1}.get(name)
            kept = [row for row in rows if place is None or row.split(",")[place] not in gone]
            new.writestr(name, "\n".join([header, *kept]) + "\n")
    return out.getvalue()


async def on_the_page(base: str, area: str, wanted: str) -> None:
    """Return when a whole page of `area` shows `wanted`, the version that its foot names."""
    async with connect(f"{base}/_stcore/stream", max_size=None) as session:
        while True:
            asked = BackMsg()
            asked.rerun_script.query_string = f"area={area}&family=identification&show=all"
            asked.rerun_script.page_name = "area"
            await session.send(asked.SerializeToString())
            found = False
            async for received in session:
                assert isinstance(received, bytes)
                found |= wanted.encode() in received
                if ForwardMsg.FromString(received).WhichOneof("type") == "script_finished":
                    break
            if found:
                return
            await asyncio.sleep(0.1)


def plans_of(area: str) -> int:
    """The latest number of plans of `area` in the live version, of which so many are in mainstream."""
    con = open_version(current_version(load_settings(), "public"))
    asked = "SELECT denominator FROM fct_metric_current WHERE metric_id = 'plans_mainstream_pct' AND geography_code = ?"
    rows = con.execute(f"{asked} AND breakdown_1 = 'total' ORDER BY period_end DESC LIMIT 1", [area]).fetchall()
    return int(rows[0][0])


def cold(sent: bytes, area: str, folder: Path) -> None:
    """`inclusion submit` in a process of its own: the time until the figures are out, and until it has ended."""
    file = folder / "sen2.zip"
    file.write_bytes(shortened(sent, 1))
    before = current_version(load_settings(), "public")
    command = [INCLUSION, "submit", file, "--return", RETURN, "--body", area, "--period", PERIOD, "--who", "benchmark"]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while current_version(load_settings(), "public") == before and process.poll() is None:
            time.sleep(0.02)
        published = time.perf_counter() - started
    assert process.returncode == 0
    ended = time.perf_counter() - started
    print(f"cold, inclusion submit: figures out after {published:.1f} s, command ended after {ended:.1f} s")


def warm(sent: bytes, area: str, base: str) -> None:
    """As the submit app does it; the first turn makes the worker warm and is told apart."""
    settings = load_settings()
    refresh.warm_up()
    answers, figures, pages = [], [], []
    for turn in range(TURNS):
        plans, before = plans_of(area), current_version(settings, "public")
        file = Incoming("sen2.zip", shortened(sent, turn + 2), area, PERIOD, "benchmark")
        started = time.perf_counter()
        outcome = submit_batch(settings, RETURN, [file])[0]
        assert outcome.state == "accepted", outcome
        refresh.refresh()
        answers.append(time.perf_counter() - started)
        while current_version(settings, "public") == before:
            time.sleep(0.02)
        figures.append(time.perf_counter() - started)
        asyncio.run(on_the_page(base, area, current_version(settings, "public").name))
        pages.append(time.perf_counter() - started)
        assert plans_of(area) == plans - 1
        time.sleep(15)  # the second opinion, which follows
    for name, times in (("answer", answers), ("figures out", figures), ("on the page", pages)):
        rest = f"median {statistics.median(times[1:]):.1f} s, longest {max(times[1:]):.1f} s"
        print(f"warm, {name}: first {times[0]:.1f} s, then {rest}")


def main() -> None:
    """Make SYNTHETIC England in a folder that goes afterwards, and measure."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        os.environ |= {"INCLUSION_WORLD": "synthetic", "INCLUSION_DATA_DIR": folder}
        subprocess.run([INCLUSION, "run"], cwd=PROJECT_ROOT, check=True, capture_output=True)
        largest = max(load_settings().raw_dir.glob(f"{RETURN}/{PERIOD}/*/*/sen2.zip"), key=lambda f: f.stat().st_size)
        sent, area = largest.read_bytes(), largest.parts[-3]
        print(
            f"{area}: {plans_of(area):,} plans, {len(sent) / 1e6:.1f} MB zipped; load average {os.getloadavg()[0]:.1f}"
        )
        cold(sent, area, Path(folder))
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = subprocess.Popen(
            [INCLUSION, "serve", "--port", str(port)],
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
                    break
                except OSError:
                    time.sleep(0.1)
            asyncio.run(on_the_page(f"ws://127.0.0.1:{port}", area, current_version(load_settings(), "public").name))
            warm(sent, area, f"ws://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
