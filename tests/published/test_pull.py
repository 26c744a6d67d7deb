"""The public API's connector against a local server that replays its documented answers, and all that can go wrong."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from typer.testing import CliRunner

from pipelines.cli.published import app
from pipelines.published.downloading import DownloadError, Downloads
from pipelines.published.ees_api import EesApi, data_set_id_of
from pipelines.published.landing import read_receipts
from pipelines.published.mapping import mapping_for
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


@pytest.fixture
def server() -> Iterator[Server]:
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
    yield state
    http.shutdown()
    http.server_close()


@pytest.fixture
def here(settings: Settings, server: Server) -> Settings:
    return settings.model_copy(update={"ees_api_url": server.url, "ees_api_attempts": 4})


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


def test_a_list_is_read_page_by_page_with_the_largest_pages_the_api_allows(here: Settings, server: Server) -> None:
    server.replies["/v1/publications"] = [
        page_of([{"id": PUBLICATION, "title": "Plans"}, {"id": DATA_SET, "title": "Absence"}], 1, 2),
        page_of([{"id": PUBLICATION, "title": "Suspensions"}], 2, 2),
    ]
    server.replies[f"/v1/publications/{PUBLICATION}/data-sets"] = [page_of([data_set_of()])]
    server.replies[f"/v1/data-sets/{DATA_SET}/versions"] = [page_of([version_of("1.1", "Corrected."), version_of()])]
    api = api_of(here)
    assert [p.title for p in api.publications("plan")] == ["Plans", "Absence", "Suspensions"]
    assert [query for path, query, _ in server.asked if path == "/v1/publications"] == [
        {"search": ["plan"], "page": [page], "pageSize": ["40"]} for page in ("1", "2")
    ]
    (data_set,) = api.data_sets(UUID(PUBLICATION))
    assert (str(data_set.id), data_set.latest.version) == (DATA_SET, "1.0")
    # 08:30 UTC in June is half past nine in London, when statistics are published.
    assert data_set.latest.published_on == datetime(2025, 6, 26, 9, 30)
    said = [version.said() for version in api.versions(UUID(DATA_SET))]
    assert said[0] == "4 rows, 2024 to 2024, published 26 June 2025 (Corrected.)"


@pytest.mark.parametrize("body", [GOOD, PACKED], ids=["plain", "gzip"])
def test_a_pulled_file_is_named_for_its_mapping_and_loaded_with_its_date(
    here: Settings, server: Server, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, Answer(200, body, {"Content-Encoding": "gzip"} if body == PACKED else {}))
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(here.data_dir))
    monkeypatch.setenv("INCLUSION_EES_API_URL", here.ees_api_url)
    monkeypatch.setattr("pipelines.run.run_pipeline", lambda _: type("Done", (), {"summary": "published"}))
    address = f"https://example.org/data-catalogue/data-set/{DATA_SET}?version=1"
    done = CliRunner().invoke(app, ["pull", address, "--as", "ehc_timeliness"])
    assert done.exit_code == 0, done.output
    assert "timeliness_20_week_1.0.csv" in done.output and "4 rows read = 4 loaded" in done.output
    (receipt,) = read_receipts(here)
    assert (receipt["dataset"], receipt["known_from"]) == ("ehc_timeliness", "2025-06-26T09:30:00")
    assert server.asked[-1][1] == {"dataSetVersion": ["1.0"]}
    # The content is what counts, packed or not: again is "already loaded".
    assert "already loaded" in CliRunner().invoke(app, ["pull", DATA_SET, "--as", "ehc_timeliness"]).output


def test_what_has_not_changed_is_not_sent_again_and_what_has_is(here: Settings, server: Server) -> None:
    offer(server, ranged(PACKED, '"one"'))
    for _ in range(2):
        assert gzip.decompress(api_of(here).pull(UUID(DATA_SET)).path.read_bytes()) == GOOD
    assert server.headers_of(CSV, "if-none-match") == [None, '"one"']
    newer = GOOD.replace(b"Hartlepool", b"HARTLEPOOL")
    offer(server, ranged(gzip.compress(newer), '"two"'))
    for _ in range(2):
        assert gzip.decompress(api_of(here).pull(UUID(DATA_SET)).path.read_bytes()) == newer
    assert server.headers_of(CSV, "if-none-match") == [None, '"one"', '"one"', '"two"']


@pytest.mark.parametrize("by", ["seconds", "date", "nothing"])
def test_a_busy_server_is_asked_again_when_it_says(here: Settings, server: Server, by: str) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=50))
    headers = {"seconds": {"Retry-After": "7"}, "date": {"Retry-After": later}, "nothing": {}}[by]
    offer(server, Answer(429, b"{}", headers), Answer(503, b"<html>", headers), Answer(504, b""), Answer(200, GOOD))
    waits: list[float] = []
    assert api_of(here, waits).pull(UUID(DATA_SET)).path.read_bytes() == GOOD
    if by == "date":
        assert all(0 < wait <= 50 for wait in waits[:2]) and waits[2] == 4
    else:
        assert waits == ([7, 7, 4] if by == "seconds" else [1, 2, 4])


def test_a_server_that_asks_for_an_hour_is_left_alone(here: Settings, server: Server) -> None:
    offer(server, Answer(429, b"", {"Retry-After": "3600"}))
    waits: list[float] = []
    with pytest.raises(DownloadError, match=r"answered 429 .* wait 3,600 seconds\. Give the same command again"):
        api_of(here, waits).pull(UUID(DATA_SET))
    assert waits == []


def test_a_download_that_broke_off_goes_on_where_it_ended(here: Settings, server: Server) -> None:
    offer(server, broken_off(PACKED, 100), ranged(PACKED, '"one"'))
    assert gzip.decompress(api_of(here).pull(UUID(DATA_SET)).path.read_bytes()) == GOOD
    assert server.headers_of(CSV, "range") == [None, "bytes=100-"]
    assert server.headers_of(CSV, "if-range") == [None, '"one"']


def test_a_later_command_goes_on_too_and_a_file_that_changed_meanwhile_starts_afresh(
    here: Settings, server: Server
) -> None:
    once = here.model_copy(update={"ees_api_attempts": 1})
    offer(server, broken_off(PACKED, 100))
    with pytest.raises(DownloadError, match=r"broke off after 100 bytes, 1 times.*what has arrived is kept"):
        api_of(once).pull(UUID(DATA_SET))
    offer(server, ranged(PACKED, '"one"'))
    assert gzip.decompress(api_of(once).pull(UUID(DATA_SET)).path.read_bytes()) == GOOD
    offer(server, broken_off(GOOD, 50, '"two"'), ranged(GOOD, '"three"'))
    assert api_of(here).pull(UUID(DATA_SET)).path.read_bytes() == GOOD
    assert server.headers_of(CSV, "range") == [None, "bytes=100-", None, "bytes=50-"]


@pytest.mark.parametrize("tag", [None, 'W/"one"'], ids=["no tag", "a weak tag"])
def test_without_a_strong_tag_nothing_is_put_behind_what_arrived(
    here: Settings, server: Server, tag: str | None
) -> None:
    offer(server, broken_off(GOOD, 50, tag), Answer(200, GOOD))
    assert api_of(here).pull(UUID(DATA_SET)).path.read_bytes() == GOOD
    assert server.headers_of(CSV, "range") == [None, None]


@pytest.mark.parametrize(
    "second",
    [
        Answer(416, b""),
        Answer(206, PACKED[90:], {"ETag": '"one"', "Content-Range": f"bytes 90-{len(PACKED) - 1}/{len(PACKED)}"}),
        Answer(206, PACKED[100:], {"ETag": '"one"'}),
        Answer(206, bytes(len(PACKED) - 100), {"ETag": '"one"', "Content-Range": "bytes 100-"}),
    ],
    ids=["416", "another part", "a part without its place", "a part that does not fit"],
)
def test_a_part_that_does_not_fit_is_fetched_whole(here: Settings, server: Server, second: Answer) -> None:
    offer(server, broken_off(PACKED, 100), second, Answer(200, PACKED))
    assert gzip.decompress(api_of(here).pull(UUID(DATA_SET)).path.read_bytes()) == GOOD
    assert server.headers_of(CSV, "range") == [None, "bytes=100-", None]


def test_a_file_that_always_arrives_damaged_is_never_handed_on(here: Settings, server: Server) -> None:
    offer(server, Answer(200, PACKED[:-20]))
    with pytest.raises(DownloadError, match="damaged, 4 times"):
        api_of(here).pull(UUID(DATA_SET))
    assert not list(here.pulled_dir.rglob("*.csv*"))


def test_a_failed_fetch_leaves_the_file_that_is_there(here: Settings, server: Server) -> None:
    offer(server, ranged(GOOD, '"one"'))
    path = api_of(here).pull(UUID(DATA_SET)).path
    offer(server, Answer(500, b""))
    with pytest.raises(DownloadError, match="answered 500"):
        api_of(here).pull(UUID(DATA_SET))
    assert path.read_bytes() == GOOD
    offer(server, ranged(GOOD, '"one"'))
    api_of(here).pull(UUID(DATA_SET))
    assert server.headers_of(CSV, "if-none-match")[-1] == '"one"'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(404, NOT_FOUND), r"answered 404 Not Found \(Not Found\)\. Check the identifier .*--search TEXT"),
        (Answer(404, gzip.compress(NOT_FOUND), {"Content-Encoding": "gzip"}), r"404 Not Found \(Not Found\)\. Check"),
        (Answer(403, b"[1]"), r"answered 403 Forbidden\. This is not open to everybody"),
        (
            Answer(400, json.dumps({"title": "There are validation errors with the request.", "status": 400, "errors": [
                {"message": "Must be a version.", "code": "VersionString", "path": "dataSetVersion"}]}).encode()),
            r"400 .*\(There are validation errors with the request\.; dataSetVersion: Must be a version\.\)",
        ),
        (Answer(200, b'{"id": '), r"the answer is not JSON \(.*\)\. Check that INCLUSION_EES_API_URL"),
        (Answer(200, b"\x1f\x8b123"), "damaged, 4 times"),
        (Answer(200, b"\xff\xfe{"), "the answer is not JSON"),
        (Answer(200, b"<html>Sign in</html>"), "the answer is not JSON"),
        (Answer(200, b"[]"), r"not what version 1 of the API documents"),
        (as_json({"id": DATA_SET, "title": "A"}), r"not what version 1 of the API documents \(latestVersion"),
        (as_json({**data_set_of(), "id": "7"}), r"documents \(id"),
    ],
)  # fmt: skip
def test_an_answer_that_is_of_no_use_says_what_to_do(
    here: Settings, server: Server, answer: Answer, message: str
) -> None:
    server.replies[f"/v1/data-sets/{DATA_SET}"] = [answer]
    with pytest.raises(DownloadError, match=message) as raised:
        api_of(here).pull(UUID(DATA_SET))
    assert server.url in str(raised.value)


@pytest.mark.parametrize(
    "answer",
    [
        {}, None, {"paging": {"totalPages": 1}}, {"paging": {"totalPages": "many"}, "results": []},
        {"paging": {"totalPages": 10**6}, "results": []},
    ],
)  # fmt: skip
def test_a_list_of_another_kind_is_named(here: Settings, server: Server, answer: Any) -> None:
    server.replies["/v1/publications"] = [as_json(answer)]
    with pytest.raises(DownloadError, match="not what version 1 of the API documents"):
        list(api_of(here).publications())


def test_a_malformed_answer_is_not_kept(here: Settings, server: Server) -> None:
    one = f"/v1/data-sets/{DATA_SET}"
    server.replies[one] = [Answer(200, b"{", {"ETag": '"one"'}), as_json(data_set_of(), ETag='"one"')]
    with pytest.raises(DownloadError):
        api_of(here).data_set(UUID(DATA_SET))
    assert api_of(here).data_set(UUID(DATA_SET)).latest.version == "1.0"
    assert server.headers_of(one, "if-none-match") == [None, None]


def test_a_server_that_is_not_there_or_hangs_up_is_tried_again_and_named(here: Settings, server: Server) -> None:
    server.replies[f"/v1/data-sets/{DATA_SET}"] = [Answer(200, b"", length=10)]
    waits: list[float] = []
    with pytest.raises(DownloadError, match=r"4 times\. Check the connection and the address"):
        api_of(here, waits).data_set(UUID(DATA_SET))
    assert waits == [1, 2, 4]
    nobody = here.model_copy(update={"ees_api_url": "http://127.0.0.1:9/v1"})
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:9.*, 4 times"):
        api_of(nobody).data_set(UUID(DATA_SET))


def test_a_server_that_never_answers_is_given_up(here: Settings, server: Server) -> None:
    ever = threading.Event()

    def silent(_: dict[str, str]) -> Answer:
        ever.wait(30)
        return Answer(200, b"{}")

    server.replies[f"/v1/data-sets/{DATA_SET}"] = [silent]
    downloads = Downloads(here.pulled_dir, 0.2, 2, wait=lambda _: None)
    with pytest.raises(DownloadError, match=r"timed out, 2 times"):
        EesApi(here, downloads).data_set(UUID(DATA_SET))
    ever.set()


def test_a_file_beyond_the_limit_is_not_fetched_to_its_end(
    here: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.published.downloading.MAX_BYTES", 1_000_000)
    offer(server, Answer(200, bytes(3_000_000)))
    with pytest.raises(DownloadError, match="larger than 1 MB"):
        api_of(here).pull(UUID(DATA_SET))


def test_a_version_is_asked_for_by_number_or_wildcard(here: Settings, server: Server) -> None:
    offer(server, Answer(200, GOOD))
    server.replies[f"/v1/data-sets/{DATA_SET}/versions/1.*"] = [as_json(version_of("1.3"))]
    pulled = api_of(here).pull(UUID(DATA_SET), "1.*", mapping_for("ehc_timeliness"))
    assert (pulled.version.version, pulled.path.name) == ("1.3", "timeliness_20_week_1.3.csv")
    assert server.asked[-1][1] == {"dataSetVersion": ["1.3"]}


def test_the_title_names_a_file_without_a_mapping_whatever_it_holds(here: Settings, server: Server) -> None:
    offer(server, Answer(200, GOOD), data_set=data_set_of("../../etc: Plans & ‘more’"))
    path = api_of(here).pull(UUID(DATA_SET)).path
    assert path.name == "etc_plans_more.csv" and path.is_relative_to(here.pulled_dir)
    assert path.parent == here.pulled_dir / "files" / DATA_SET


def test_an_identifier_is_found_in_an_address_and_its_absence_explained() -> None:
    address = f"https://example.org/statistics/v1/data-sets/{DATA_SET}/csv"
    assert str(data_set_id_of(address)) == DATA_SET
    with pytest.raises(ValueError, match="--search TEXT"):
        data_set_id_of("plans")


def test_the_command_lists_before_it_fetches_and_says_what_is_wrong(
    here: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(here.data_dir))
    monkeypatch.setenv("INCLUSION_EES_API_URL", here.ees_api_url)
    server.replies["/v1/publications"] = [page_of([{"id": PUBLICATION, "title": "Plans"}]), page_of([])]
    server.replies[f"/v1/publications/{PUBLICATION}/data-sets"] = [page_of([data_set_of()])]
    server.replies[f"/v1/data-sets/{DATA_SET}/versions"] = [page_of([version_of("1.1"), version_of()])]
    run = CliRunner().invoke
    listed = run(app, ["pull", "--search", "plans"])
    assert f"{DATA_SET}  Plans issued in 20 weeks, version 1.0, 4 rows" in listed.output
    assert "Many are not in the API yet" in run(app, ["pull", "--search", "nothing"]).output
    assert [line[:3] for line in run(app, ["pull", DATA_SET, "--versions"]).output.splitlines()] == ["1.1", "1.0"]
    wrong = run(app, ["pull", DATA_SET])
    assert wrong.exit_code == 1 and "answered 404" in wrong.output
    assert "holds no identifier" in run(app, ["pull", "plans"]).output
    unknown = run(app, ["pull", DATA_SET, "--as", "plans"])
    assert unknown.exit_code == 2 and "ehc_timeliness" in unknown.output
    assert not Path(here.pulled_dir / "files").exists()
    offer(server, Answer(200, GOOD), data_set=data_set_of("Something else"))
    unnamed = run(app, ["pull", DATA_SET])
    assert unnamed.exit_code == 0 and "Give --as DATASET" in unnamed.output and "something_else.csv" in unnamed.output
    assert read_receipts(here) == []
