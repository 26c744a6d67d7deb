"""The endpoints of the public API, and answers that are of no use."""

import gzip
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from pipelines.published.downloading import DownloadError
from pipelines.published.ees_api import data_set_id_of
from pipelines.published.mapping import mapping_for
from pipelines.settings import Settings
from tests.published.ees_server import (
    DATA_SET,
    GOOD,
    NOT_FOUND,
    PUBLICATION,
    Answer,
    Server,
    api_of,
    as_json,
    data_set_of,
    offer,
    page_of,
    version_of,
)


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
