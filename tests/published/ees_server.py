"""A local server that replays the documented answers of the public API, and whatever else a server may send."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.published.downloading import Downloads
from pipelines.published.ees_api import EesApi
from pipelines.settings import Settings
from tests.published.releases import csv_of, small_release

PUBLICATION, DATA_SET = "cbbd299f-8297-44bc-92ac-558bcf51f8ad", "63cfc86e-c334-4e58-2912-08da0807d53c"

CSV = f"/v1/data-sets/{DATA_SET}/csv"

GOOD = csv_of(small_release())

PACKED = gzip.compress(GOOD, mtime=0)

NOT_FOUND = json.dumps({"title": "Not Found", "type": "https://tools.ietf.org/html/rfc9110", "status": 404}).encode()


@dataclass
class Answer:
    """What the server sends. `length` is claimed in Content-Length; the connection is closed after `body`."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


Reply = Callable[[dict[str, str]], Answer]


@dataclass
class Server:
    """`replies`: path → answers in order, the last of which stays. `asked`: (path, query, headers) of each request."""

    url: str = ""
    replies: dict[str, list[Answer | Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    def answer(self, target: str, headers: dict[str, str]) -> Answer:
        parts = urlsplit(target)
        self.asked.append((parts.path, parse_qs(parts.query), headers))
        left = self.replies.get(parts.path)
        if not left:
            return Answer(404, NOT_FOUND)
        reply = left.pop(0) if len(left) > 1 else left[0]
        return reply if isinstance(reply, Answer) else reply(headers)

    def headers_of(self, path: str, name: str) -> list[str | None]:
        return [headers.get(name) for asked, _, headers in self.asked if asked == path]


@contextmanager
def serving() -> Iterator[Server]:
    """A server of this machine that answers as its `replies` say."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = state.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            length = len(given.body) if given.length is None else given.length
            if given.status != 304:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            # The client hangs up on what it does not want.
            with suppress(OSError):
                self.wfile.write(given.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()


def api_of(settings: Settings, waits: list[float] | None = None) -> EesApi:
    """The connector, with waits noted down instead of waited."""
    waits = [] if waits is None else waits
    folder = settings.pulled_dir / "answers"
    return EesApi(settings, Downloads(folder, 10, settings.ees_api_attempts, wait=waits.append))


def as_json(value: Any, **headers: str) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def page_of(results: list[Any], page: int = 1, pages: int = 1) -> Answer:
    paging = {"page": page, "pageSize": len(results), "totalPages": pages, "totalResults": pages * len(results)}
    return as_json({"paging": paging, "results": results})


def version_of(number: str = "1.0", notes: str = "") -> dict[str, Any]:
    return {
        "version": number, "type": "Major", "status": "Published", "published": "2025-06-26T08:30:00Z",
        "totalResults": 4, "notes": notes, "file": {"id": "84ee3cc9-21bf-44d8-89fd-98c6d7fc74f3"},
        "timePeriods": {"start": "2024", "end": "2024"}, "geographicLevels": ["National"],
    }  # fmt: skip


def data_set_of(title: str = "Plans issued in 20 weeks", number: str = "1.0") -> dict[str, Any]:
    return {
        "id": DATA_SET, "title": title, "summary": "Timeliness.", "status": "Published",
        "latestVersion": version_of(number),
    }  # fmt: skip


def offer(server: Server, *csv: Answer | Reply, data_set: dict[str, Any] | None = None) -> None:
    """A data set whose CSV is answered as given, in order."""
    server.replies[f"/v1/data-sets/{DATA_SET}"] = [as_json(data_set or data_set_of())]
    server.replies[CSV] = list(csv)


def ranged(body: bytes, tag: str) -> Reply:
    """A server that knows ETag and Range, as RFC 9110 has them."""

    def reply(headers: dict[str, str]) -> Answer:
        if headers.get("if-none-match") == tag:
            return Answer(304, b"", {"ETag": tag})
        if "range" in headers and headers.get("if-range") == tag:
            start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                return Answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Answer(206, body[start:], {"ETag": tag, "Content-Range": span})
        return Answer(200, body, {"ETag": tag})

    return reply


def broken_off(body: bytes, after: int, tag: str | None = '"one"') -> Answer:
    return Answer(200, body[:after], {"ETag": tag} if tag else {}, length=len(body))
