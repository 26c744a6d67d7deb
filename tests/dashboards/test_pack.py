"""The evidence pack: the figures and words of the pages, all of them on its paper, whatever they contain."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser

from dashboards import store
from dashboards.filters import Filters, narrowed
from dashboards.pack.content import in_short, pack_content
from dashboards.pack.summary import plain_summary
from dashboards.pack.typesetting import as_pdf, layout
from dashboards.queries.spread import groups_held
from pipelines.settings import Settings
from tests.dashboards.conftest import Page
from tests.dashboards.markup import markup
from tests.dashboards.pdf_text import pages_of, squeezed
from tests.dashboards.places import CITY, CUMBRIA, ENGLAND, KENT, LEEDS, NORTH_EAST, RUTLAND, SCILLY
from tests.dashboards.serving import served
from tests.dashboards.small_england import publish_small_england
from tests.dashboards.small_groups import AUTISTIC

MADE_ON = date(2026, 3, 2)
Words = dict[str, Any]


@pytest.fixture
def reading(england_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Version]:
    """Small England, read as a command reads it: with no session."""
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(england_store))
    with store.live_version() as version:
        yield version


class TableRows(HTMLParser):
    """The text of each table row that is headed by a measure."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._inside = ("class", "theme") not in attrs
            self.rows += [""] if self._inside else []

    def handle_data(self, data: str) -> None:
        if self._inside and self.rows:
            self.rows[-1] += data


PICTURES_AND_CODES = {"svg", "trend", "beside", "alt", "trend_alt", "beside_alt", "status", "bearing"}


def words_in(value: object, name: str = "") -> Iterator[str]:
    """Every text in a piece of the pack's content, but pictures, what stands in for them, and codes."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from words_in(held, key)
    elif isinstance(value, list):
        for held in value:
            yield from words_in(held)
    elif isinstance(value, str) and name not in PICTURES_AND_CODES:
        yield value


@pytest.mark.parametrize("code", [KENT, RUTLAND, CITY])
def test_each_row_of_the_pack_says_what_the_area_page_says(code: str, reading: store.Version, open_page: Page) -> None:
    content = pack_content(code, [], MADE_ON)
    told = 0
    for name in ("outcomes_experiences", "identification", "value_for_money", "alternative_provision"):
        html = markup(open_page("local/area.py", area=code, family=name, show="all"))
        family = next(each for each in content["families"] if f"<caption>{each['title']}: latest" in html)
        assert squeezed(family["headline"]) in squeezed(re.sub(r"<[^>]+>", "", html))
        table = html[html.index("<table") : html.index("</table>")]
        shown = [squeezed(row) for row in TableRows(table).rows[1:]]
        mine = [row for group in family["groups"] for row in group["rows"]]
        without = [squeezed(label + each["text"]) for each in family["without"] for label in each["measures"]]
        assert len(shown) == len(mine) + len(without)
        for words in without:
            assert any(said.startswith(words[:12]) and words[-12:] in said for said in shown)
        for row in mine:
            said = next(said for said in shown if said.startswith(squeezed(row["name"] + row["polarity"])))
            beside = row.pop("beside", [])
            row["value"].pop("no_interval", None)
            row.pop("source", None)
            assert said.count("Notcomparedwith") == (row["reading"]["note"] or "").count("Not compared with")
            for words in [*words_in(row), *(each["value"] for each in beside)]:
                assert squeezed(words) in said, words
            assert [each["name"] for each in beside] == ["England", "Region", "Similar areas"][: len(beside)]
        told += len(shown)
    assert told == store.metrics().height


def test_the_pack_carries_the_filters_of_the_page_and_is_stamped_with_them(reading: store.Version) -> None:
    filters = Filters(need=AUTISTIC)
    content = pack_content(LEEDS, [], MADE_ON, filters)
    assert ["Filters", "children whose primary need is autistic spectrum disorder"] in content["stamp"]
    rows = [row for family in content["families"] for group in family["groups"] for row in group["rows"]]
    figures = {row["metric_id"]: row for row in store.area_figures(LEEDS, *filters.group).iter_rows(named=True)}
    by_need = narrowed(store.metrics(), store.area_figures(LEEDS, *filters.group), groups_held(), filters)
    labels = dict(by_need.select("label", "metric_id").iter_rows())
    assert {row["name"] for row in rows} == {label for label, metric in labels.items() if metric in figures}
    for row in rows:
        assert row["value"]["text"] == f"{figures[labels[row['name']]]['value']:.1f}%"
    assert not any(family["entries"] for family in content["families"]), "charts are of all children"
    paper = "".join(pages_of(as_pdf(content)))
    assert squeezed("This pack holds only children whose primary need is autistic spectrum disorder.") in paper


def test_the_plain_summary_alone_is_a_cover_and_the_two_pages_of_the_pack(reading: store.Version) -> None:
    whole = pack_content(KENT, [], MADE_ON)
    short = in_short(pack_content(KENT, [], MADE_ON, charts=False))
    assert short["summary"]["groups"] == whole["summary"]["groups"]
    assert short["summary"]["asked"] == whole["summary"]["asked"]
    assert layout(short) == {"pages": 3, "summary_start": 2, "summary_end": 3}
    assert "Test publication" in dict(short["stamp"])["Publications"]


@pytest.mark.parametrize("code", [KENT, RUTLAND, CITY])
def test_values_are_those_of_the_store_and_every_word_is_on_paper(code: str, reading: store.Version) -> None:
    content = pack_content(code, [], MADE_ON)
    paper = "".join(pages_of(as_pdf(content)))
    for words in words_in({key: held for key, held in content.items() if key not in ("made", "version")}):
        assert squeezed(words) in paper, words
    labels = dict(store.metrics().select("metric_id", "label").iter_rows())
    for row in store.area_figures(code).filter(status="shown").iter_rows(named=True):
        if not row["metric_id"].startswith("share_"):
            continue
        value, ends = f"{row['value']:.1f}%", f"{row['lower']:.1f}% to {row['upper']:.1f}%"
        name = squeezed(labels[row["metric_id"]])
        assert re.search(re.escape(name) + r".{0,80}?" + re.escape(squeezed(value + ends)), paper), row["metric_id"]


def test_the_pack_is_stamped_dated_and_numbered(reading: store.Version) -> None:
    pdf = as_pdf(pack_content(KENT, ["identification"], MADE_ON))
    pages = pages_of(pdf)
    for words in (reading.version_id, "2 March 2026", "Real: published statistics", "Identification of need"):
        assert squeezed(words) in pages[0]
    assert "Outcomesandexperiences" not in "".join(pages)
    assert [f"Page{number}of{len(pages)}" in page for number, page in enumerate(pages, start=1)] == [True] * len(pages)
    assert b"/Title(Evidence pack: Kent)" in pdf
    assert b"/Lang(en-GB)" in pdf
    assert b"pdfuaid" in pdf
    assert b"/Outlines" in pdf


@pytest.mark.parametrize("code", [LEEDS, SCILLY, CUMBRIA, NORTH_EAST, ENGLAND])
def test_any_kind_of_area_has_a_pack_whose_summary_keeps_to_two_pages(code: str, reading: store.Version) -> None:
    content = pack_content(code, [], MADE_ON)
    assert as_pdf(content).startswith(b"%PDF-")
    pages = layout(content)
    assert pages["summary_end"] - pages["summary_start"] <= 1


def test_the_pack_of_a_region_counts_what_can_be_compared_with_england(reading: store.Version) -> None:
    headlines = [each["headline"] for each in pack_content(NORTH_EAST, [], MADE_ON)["families"]]
    assert any("that can be compared for North East: " in said and " England" in said for said in headlines)
    assert not any("compared with" in said for said in [pack_content(ENGLAND, [], MADE_ON)["families"][0]["headline"]])


def test_a_measure_that_only_england_can_be_compared_with_is_told_so(reading: store.Version) -> None:
    area = store.areas().row(by_predicate=pl.col("geography_code") == LEEDS, named=True)
    metrics = store.metrics().filter(pl.col("metric_id").is_in(["share_00_pct", "share_01_pct"]))
    rows = {row["metric_id"]: row for row in store.area_figures(LEEDS).iter_rows(named=True)}
    rows["share_00_pct"] |= {"neighbours_2025_verdict_code": "higher", "neighbours_2025_adjusted_z": 2.1}
    alone = {"neighbours_2025_verdict_code": "not_compared", "england_verdict_code": "higher"}
    assert "can be compared with similar areas: " in plain_summary(area, metrics, rows)["counts"]
    rows["share_01_pct"] |= alone
    told = plain_summary(area, metrics, rows)
    assert "2 can be compared with similar areas or England: 2 differ" in told["counts"]
    assert any(each["heading"].endswith("than similar areas or England") for each in told["groups"])


def test_each_reason_for_a_missing_value_has_its_symbol_and_its_words(reading: store.Version) -> None:
    for code, symbol, words in ((SCILLY, "c", "Suppressed"), (CITY, "low", "Low"), (RUTLAND, "z", "Not applicable")):
        content = pack_content(code, [], MADE_ON)
        paper = "".join(pages_of(as_pdf(content)))
        assert squeezed(symbol + words) in paper
        assert f">{symbol}</text>" in content["families"][0]["entries"][0]["trend"]


def test_typst_markup_and_svg_in_names_and_notes_stay_words(reading: store.Version) -> None:
    content = pack_content(KENT, [], MADE_ON)
    hostile = '#panic("x") *b* _i_ $x^2$ @ref <l> [c] `d` // e /* \\ = f </text> &amp; #read("pack.typ")'
    content["area"] = content["title"] = hostile
    family = content["families"][0]
    for key in ("title", "headline"):
        family[key] = hostile
    family["groups"][0]["rows"][0]["name"] = family["entries"][0]["care"] = hostile
    assert "".join(pages_of(as_pdf(content))).count(squeezed(hostile)) >= 5


def test_a_name_in_a_chart_cannot_end_its_text(reading: store.Version) -> None:
    from dashboards.pack.pictures import beside_picture, trend_picture

    metric = store.metrics().filter(metric_id="ehc_20wk_pct").row(0, named=True)
    own, compared = store.series("ehc_20wk_pct", [LEEDS]), store.comparisons("ehc_20wk_pct", LEEDS)
    rows = [own.row(-1, named=True) | {"role": "area", "area": '</text>"&'}]
    for picture in (trend_picture(metric, own, compared, '</text>"&'), beside_picture(metric, rows)):
        assert "&lt;/text&gt;" in picture
        assert picture.count("<text") == picture.count("</text>")


def test_a_line_is_not_drawn_across_a_break_or_a_period_without_a_value(reading: store.Version) -> None:
    from dashboards.pack.pictures import trend_picture
    from dashboards.theme.palette import LIGHT

    metric = store.metrics().filter(metric_id="ehc_20wk_pct").row(0, named=True)
    for code, runs in ((LEEDS, [5, 2]), (KENT, [4, 2])):
        own, compared = store.series("ehc_20wk_pct", [code]), store.comparisons("ehc_20wk_pct", code)
        picture = trend_picture(metric, own, compared, "x")
        lines = re.findall(rf'd="([^"]+)" fill="none" stroke="{LIGHT.area}" stroke-width="2"', picture)
        assert [line.count(" ") for line in lines] == runs


@pytest.mark.slow
def test_the_synthetic_world_says_so_on_every_page_of_its_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small_england(Settings(data_dir=tmp_path, world="synthetic"), measures=2)
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INCLUSION_WORLD", "synthetic")
    with store.live_version():
        pdf = as_pdf(pack_content(LEEDS, [], MADE_ON))
    assert b"/Title(SYNTHETIC: Evidence pack: Leeds)" in pdf
    assert all(squeezed("SYNTHETIC: invented places and invented figures") in page for page in pages_of(pdf))


@pytest.mark.slow
def test_the_command_writes_the_pack_or_says_why_not(england_store: Path, tmp_path: Path) -> None:
    def inclusion(*arguments: str) -> "subprocess.CompletedProcess[str]":
        start = [sys.executable, "-c", "from pipelines.cli.main import main; main()", "pack"]
        given = {**os.environ, "INCLUSION_DATA_DIR": str(england_store)}
        return subprocess.run([*start, *arguments], env=given, cwd=tmp_path, capture_output=True, text=True)

    done = inclusion("kent", "--out", "kent.pdf")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Evidence pack: Kent: \d+ pages, data version \S+: kent.pdf", done.stdout)
    assert not done.stderr
    assert (tmp_path / "kent.pdf").read_bytes().startswith(b"%PDF-")
    for wrong, reason in (
        (("Kentt", "--out", "x.pdf"), "Closest: Kent"),
        (("Kent", "--out", "no/x.pdf"), "Cannot write"),
    ):
        done = inclusion(*wrong)
        assert done.returncode == 1
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed: see tests/install_browser.sh")
def test_a_click_downloads_the_pack_and_the_rows_of_a_measure(
    england_store: Path, tmp_path: Path, browser: Browser
) -> None:
    with served(england_store, tmp_path / "log") as address:
        page = browser.new_page()
        page.goto(f"{address}area?area={KENT}")
        with page.expect_download(timeout=60_000) as pack:
            page.get_by_role("button", name="Download the evidence pack (PDF)").click()
        assert pack.value.suggested_filename == f"evidence_pack_{KENT}.pdf"
        assert pack.value.path().read_bytes().startswith(b"%PDF-")
        page.goto(f"{address}metric?metric=ehc_20wk_pct&area={KENT}")
        with page.expect_download(timeout=60_000) as rows:
            page.get_by_role("button", name="All rows of this measure (CSV)").click()
        assert rows.value.path().read_text(encoding="utf-8").startswith("metric_id,")
        page.close()
