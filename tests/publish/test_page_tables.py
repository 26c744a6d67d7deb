"""The tables that pages read: joined at publishing, what their queries would answer, and a view where there is none."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.publish.manifest import read_manifest
from pipelines.publish.page_tables import PAGE_TABLES
from pipelines.publish.publisher import VersionInfo
from pipelines.publish.reader import open_tables, open_version
from pipelines.settings import Settings
from tests.publish.tiny_version import publish_tiny, tiny_tables

LEEDS = "E08000035"


@pytest.mark.parametrize("name", PAGE_TABLES)
def test_a_version_without_page_tables_answers_the_same_from_a_view(tiny: VersionInfo, name: str) -> None:
    manifest = read_manifest(tiny.path)
    older = replace(manifest, tables={key: entry for key, entry in manifest.tables.items() if key not in PAGE_TABLES})
    held, asked = open_version(tiny.path).table(name), open_tables(tiny.path, older).table(name)
    assert held.types == asked.types
    assert held.columns == asked.columns
    rows = held.fetchall()
    assert len(rows) == manifest.tables[name].rows > 0
    assert rows == asked.fetchall()


def test_the_latest_figure_stands_beside_its_own_comparisons(tiny: VersionInfo) -> None:
    fields = "period, period_end, england_verdict_code, trend_verdict_reason, neighbours_2025_verdict_code, revised"
    held = open_version(tiny.path).execute(
        f"SELECT {fields} FROM page_latest WHERE geography_code = '{LEEDS}' AND metric_id = 'ehc_20wk_pct'"
    )
    reason = "A trend needs five years; there are three."
    assert held.fetchall() == [("2024", date(2024, 12, 31), "much_lower", reason, None, 0)]


def test_page_tables_follow_what_they_are_made_of(settings: Settings, tiny: VersionInfo) -> None:
    tables = tiny_tables()
    tables["fct_comparison"] = tables["fct_comparison"].clear()
    second = publish_tiny(settings, tables=tables)
    query = "SELECT count(*) FROM page_latest WHERE england_verdict_code IS NOT NULL"
    assert open_version(tiny.path).execute(query).fetchall() == [(2,)]
    assert open_version(second.path).execute(query).fetchall() == [(0,)]
    first_figures = read_manifest(tiny.path).tables["page_figure"].parts[0].path
    assert (tiny.path / first_figures).samefile(second.path / first_figures)
