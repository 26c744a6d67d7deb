"""`inclusion published pull`: lists, fetches, and loads what it fetched."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.published import app
from pipelines.published.landing import read_receipts
from pipelines.settings import Settings
from tests.published.ees_server import (
    DATA_SET,
    GOOD,
    PACKED,
    PUBLICATION,
    Answer,
    Server,
    data_set_of,
    offer,
    page_of,
    version_of,
)


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


def test_a_file_that_is_left_out_on_purpose_is_pulled_with_the_reason(
    here: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(here.data_dir))
    monkeypatch.setenv("INCLUSION_EES_API_URL", here.ees_api_url)
    offer(server, Answer(200, GOOD), data_set=data_set_of("LA region lookup 2024"))
    pulled = CliRunner().invoke(app, ["pull", DATA_SET])
    assert "la_region_lookup_2024.csv: out of scope: a lookup of areas" in pulled.output
    assert pulled.exit_code == 0 and "Give --as DATASET" not in pulled.output
