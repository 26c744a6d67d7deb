"""Fetching over HTTP: what has not changed, what breaks off, what is damaged, who does not answer."""

import gzip
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest

from pipelines.published.downloading import DownloadError, Downloads
from pipelines.published.ees_api import EesApi
from pipelines.settings import Settings
from tests.published.ees_server import (
    CSV,
    DATA_SET,
    GOOD,
    PACKED,
    Answer,
    Server,
    api_of,
    as_json,
    broken_off,
    data_set_of,
    offer,
    ranged,
)


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
    offer(server, ranged(bytes(3_000_000), '"one"'))
    for _ in range(2):
        with pytest.raises(DownloadError, match="larger than 1 MB"):
            api_of(here).pull(UUID(DATA_SET))
    # What arrived is thrown away, and the rest of it not asked for.
    assert not list(here.pulled_dir.rglob("*.part"))
    assert server.headers_of(CSV, "range") == [None, None]
