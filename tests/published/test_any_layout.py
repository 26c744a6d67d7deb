"""Whatever befalls a file of any layout: never a traceback, and read = loaded + refused + out of scope."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.published.mapping import Mapping
from pipelines.published.sources import open_sources
from tests.published.made_up import PLANS, Rows, accounts, as_csv, as_ods, as_xlsx, layout, read_made_up
from tests.published.releases import definition

pytestmark = pytest.mark.slow

TITLES: Rows = [["Table 1: Plans1, June 2024", "", "", ""], ["", "", "", ""]]
BODY: Rows = [["Hartlepool", "4", "40", "c"], ["Leeds", "5", "50", "1"], ["Leeds2", "6", "60", ""],
              ["NORTH EAST", "", "", ""], ["1. A note", "", "", ""]]  # fmt: skip
WIDE: Rows = [*TITLES, ["Area", "2023", "", "2024"], ["", "Plans", "People", "Plans"], *BODY]
LONG: Rows = [
    ["Place", "Month", "Who", "Name", "Figure"],
    ["15N", "2023-01", "Total", "waiting", "10"],
    ["15N", "2023-01", "Total", "long", "4"],
    ["02E", "2023-01", "Total", "waiting", "*"],
    ["02E", "01/02/2023", "Female", "waiting", "3"],
    ["QQQ", "2023-01", "Total", "waiting", "3"],
]
BY_YEAR = layout(
    PLANS,
    {"id": "people_count", "value": "People", "optional": True},
    header={"find": "Area", "depth": 2, "footnote_digits": True},
    area={"level": {"fixed": "la"}, "name": "Area", "region_totals": True},
    time={"header": True},
)
BY_PLACE = layout(
    {"id": "waiting_count", "value": "waiting"},
    {"id": "long_count", "value": "long"},
    period="month",
    time={"column": "Month"},
    area={"level": {"fixed": "sub_icb"}, "code": "Place"},
    dimensions=[{"column": "Who", "breakdown": "sex"}],
    pivot={"names": "Name", "values": "Figure"},
)
ODD = st.sampled_from(
    ["", " ", "Leeds", "Leeds4", "Hartlepool", "NORTH EAST", "England", "15N", "02E", "99Z", "x", "c", "*", "12", "-3",
     "1e999", "nan", "2024", "2023", "2023-01", "Plans", "Area", "waiting", "long", "Total", "Female", "½", "a\nb",
     'q"q', "Two collections of the department, and more"]
)  # fmt: skip


def check(mapping: Mapping, content: bytes) -> None:
    figures, table, reading = read_made_up(mapping, content)
    if table.faults or reading.faults:
        assert all(p.rule and p.found and p.do for p in [*table.faults, *reading.faults])
        return
    rows = accounts(table, reading)
    if figures.height:
        assert rows["loaded"] > 0
        shown = figures["status"] == "shown"
        assert (figures["value"].is_not_null() == shown).all()
        assert figures.filter(~shown)["status_reason"].is_not_null().all()
        key = ["metric_id", "geography_code", "period_start", "breakdown_1", "value_1", "breakdown_2", "value_2"]
        assert figures.select(key).is_unique().all()
    else:
        assert rows["loaded"] == 0
    assert all(p.row is None or 1 <= p.row <= 100 for p in [*table.refused, *reading.problems])


def encoded(rows: Rows, how: str) -> bytes:
    return as_csv(rows).decode().encode(how, errors="replace")


@st.composite
def mishandled(draw: st.DrawFn, rows: Rows) -> Rows:
    """Rows with cells changed, rows moved, dropped or doubled, and the header shifted."""
    found = [list(row) for row in rows]
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.integers(0, len(found) - 1))
        what = draw(st.sampled_from(["cell", "cell", "cell", "drop", "double", "swap", "shift", "short"]))
        if what == "cell" and found[row]:
            found[row][draw(st.integers(0, len(found[row]) - 1))] = draw(ODD)
        elif what == "drop" and len(found) > 1:
            found.pop(row)
        elif what == "double":
            found.insert(row, list(found[row]))
        elif what == "swap":
            other = draw(st.integers(0, len(found) - 1))
            found[row], found[other] = found[other], found[row]
        elif what == "shift":
            found[row] = ["", *found[row]]
        else:
            found[row] = found[row][:-1]
    return found


CASES = pytest.mark.parametrize(("mapping", "rows"), [(BY_YEAR, WIDE), (BY_PLACE, LONG)], ids=["by year", "by place"])


@CASES
@settings(max_examples=150)
@given(data=st.data())
def test_a_mishandled_table_adds_up(mapping: Mapping, rows: Rows, data: st.DataObject) -> None:
    how = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    check(mapping, encoded(data.draw(mishandled(rows)), how))


@CASES
@pytest.mark.parametrize("write", [as_xlsx, as_ods], ids=["XLSX", "ODS"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_mishandled_workbook_adds_up(
    mapping: Mapping, rows: Rows, write: Callable[[dict[str, Rows]], bytes], data: st.DataObject
) -> None:
    check(mapping, write({"S": data.draw(mishandled(rows))}))


@CASES
@settings(max_examples=100)
@given(st.integers(0, 400), st.integers(0, 40), st.binary(max_size=12))
def test_a_file_damaged_anywhere_adds_up(mapping: Mapping, rows: Rows, at: int, length: int, put: bytes) -> None:
    good = as_csv(rows)
    check(mapping, good[:at] + put + good[at + length :])


@pytest.mark.parametrize("good", [as_xlsx({"S": WIDE}), as_ods({"S": WIDE})], ids=["XLSX", "ODS"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_workbook_is_refused_or_read(good: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(4, len(good)))
    put = data.draw(st.binary(max_size=8))
    cut = data.draw(st.booleans())
    check(BY_YEAR, good[:at] if cut else good[:at] + put + good[at + len(put) :])


def test_a_workbook_is_one_file_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "plans.zip").write_bytes(as_xlsx({"S": WIDE}))
    (tmp_path / "plans.bin").write_bytes(as_ods({"S": WIDE}))
    names = [source.name.rsplit("/", 1)[-1] for source in open_sources([tmp_path])]
    assert names == ["plans.bin", "plans.zip"]


def test_figures_of_any_reading_have_the_same_columns() -> None:
    by_year, _, _ = read_made_up(BY_YEAR, WIDE, plans_count=definition("count"))
    by_place, _, _ = read_made_up(BY_PLACE, LONG)
    assert by_year.schema == by_place.schema and isinstance(by_year, pl.DataFrame)
