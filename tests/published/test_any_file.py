"""Whatever a file holds: never a traceback, every row accounted for, row numbers as a spreadsheet shows them."""

import csv
import io

import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.published.catalogue import load_catalogue
from pipelines.published.geography import load_areas
from pipelines.published.mapping import mapping_for
from pipelines.published.reading import Reading
from pipelines.published.text_table import ROW, TextTable, read_text_table
from pipelines.published.tidy import read_tidy
from tests.published.releases import (
    BARNSLEY_BEFORE,
    ENGLAND,
    HARTLEPOOL,
    HEADER,
    LEEDS,
    MEASURES,
    NORTH_EAST,
    TOTAL,
    csv_of,
    place,
    small_release,
)

CELL = st.text(alphabet='ab1 ,"\n;éß£\u2028', max_size=6)
GOOD = csv_of(small_release())


def steady(examples: int) -> settings:
    """No deadline and no complaint of slowness: how busy the machine is says nothing about a file."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_accounts(table: TextTable) -> None:
    if table.faults and not table.frame.height:
        return
    assert table.read == table.frame.height + len(table.refused) + table.blank
    rows = [*table.frame[ROW].to_list(), *(p.row for p in table.refused)]
    assert len(rows) == len(set(rows))
    assert all(row is not None and 2 <= row <= table.read + 1 for row in rows)


@steady(300)
@given(st.binary(max_size=400))
@example(b'"')
@example(b'a,b\n"')
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"\x00\x00\x00,\n")
@example(b"a,a\n1,2\n")
@example(b",,\n1,2,3\n")
@example(b"_row,a\n9,2\n")
@example(b'a\n"x"y"z"\n')
@example("a,b\n\u00851,2\n".encode())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check_accounts(read_text_table(content, "any.csv"))


@steady(300)
@given(st.text(alphabet='a,"\n\r 1\t\ufeff', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_accounts(read_text_table(text.encode(), "any.csv"))


def written(rows: list[list[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


@steady(200)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_is_read_back_cell_by_cell(cells: list[list[str]]) -> None:
    table = read_text_table(written([["one", "Two", "three"], *cells]), "any.csv")
    assert not table.faults and not table.refused
    # A row of nothing but spaces, commas and quotation marks is blank.
    wanted = {n: tuple(c.strip() for c in row) for n, row in enumerate(cells, start=2)}
    found = {row: rest for row, *rest in table.frame.select(ROW, "one", "two", "three").rows()}
    assert all(tuple(found[n]) == wanted[n] for n in found)
    assert all(not "".join(wanted[n]).strip(' ,"\n\u2028') for n in set(wanted) - set(found))


@steady(200)
@given(
    st.lists(st.lists(CELL.filter(lambda c: '"' not in c), min_size=3, max_size=3), min_size=2, max_size=8),
    st.integers(min_value=0),
    st.sampled_from(["short", "long", "open"]),
)
def test_a_torn_row_is_refused_under_its_own_number_and_no_other(cells: list[list[str]], pick: int, how: str) -> None:
    torn = pick % len(cells)
    rows: list[list[str]] = [["x" + cell for cell in row] for row in cells]
    if how == "open":
        rows[torn] = ["x", "y", "z"]
    elif how == "short":
        rows[torn] = rows[torn][:2]
    else:
        rows[torn] = [*rows[torn], "more"]
    parts = [written([row]) for row in [["one", "two", "three"], *rows]]
    if how == "open":
        parts[torn + 1] = b'x,"y,z\n'
        # What follows must not close it.
        parts = [part if b'"' not in part or n <= torn + 1 else b"x,y,z\n" for n, part in enumerate(parts)]
    table = read_text_table(b"".join(parts), "any.csv")
    assert [p.row for p in table.refused] == [torn + 2]
    assert table.frame[ROW].to_list() == [n for n in range(2, len(rows) + 2) if n != torn + 2]


def read(content: bytes) -> tuple[TextTable, Reading]:
    table = read_text_table(content, "timeliness.csv")
    mapping = mapping_for("ehc_timeliness")
    definitions = load_catalogue().definitions
    return table, read_tidy(table, mapping, load_areas(), definitions, {}, "timeliness.csv")


def check_rows(table: TextTable, reading: Reading) -> None:
    """Each row of the frame is refused, set aside once, or behind figures; every figure comes from such a row."""
    if not reading.figures:
        assert reading.faults
        return
    aside = [row for rows in reading.scope.values() for row in rows]
    figures = pl.concat(reading.figures, how="diagonal")
    behind = set(figures["source_row"])
    every = set(table.frame[ROW])
    assert len(aside) == len(set(aside))
    assert not set(aside) & reading.refused_rows and not behind & (set(aside) | reading.refused_rows)
    assert every == behind | set(aside) | reading.refused_rows
    assert all(p.row is None or p.row in every or p.row == 1 for p in reading.problems)
    assert all(p.file and p.rule and p.found and p.do for p in reading.problems)
    shown = figures["status"] == "shown"
    assert (figures["value"].is_not_null() == shown).all()
    assert figures.filter(~shown)["status_reason"].is_not_null().all()
    assert figures.filter(shown)["value"].is_between(0, 100).all()
    limits = figures.filter(pl.col("lower").is_not_null())
    assert (limits["lower"] <= limits["value"] + 1e-9).all() and (limits["value"] <= limits["upper"] + 1e-9).all()


AREAS = st.sampled_from([ENGLAND, NORTH_EAST, HARTLEPOOL, LEEDS, BARNSLEY_BEFORE])
ODD = st.sampled_from(["", "E", "z", "E08000099", "banana", "12", "1e999", "-3", "nan", "1,234", "c", "low", "<5", "½"])
NUMBER = st.integers(0, 60).map(str)


@st.composite
def release_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        row = {
            "time_period": draw(st.sampled_from(["2023", "2024", "2024", "202425", "x"])),
            "time_identifier": draw(st.sampled_from(["Calendar year", "Calendar year", "Academic year"])),
            **place(draw(AREAS)),
            "breakdown_topic": draw(st.sampled_from([TOTAL, "Sex", "sex", "Shoe size"])),
            "breakdown": draw(st.sampled_from([TOTAL, "Female", "MALE", "42"])),
            **{name: draw(st.one_of(NUMBER, NUMBER, ODD)) for name in MEASURES},
        }
        for name in draw(st.lists(st.sampled_from(HEADER), max_size=2)):
            row[name] = draw(ODD)
        rows.append(row)
    return rows


@steady(40)
@given(release_rows())
def test_any_release_is_loaded_refused_or_set_aside_row_by_row(rows: list[dict[str, str]]) -> None:
    table, reading = read(csv_of(rows))
    check_accounts(table)
    check_rows(table, reading)


@steady(100)
@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.binary(max_size=12))
def test_a_good_file_damaged_anywhere_still_adds_up(at: int, length: int, put: bytes) -> None:
    content = GOOD[:at] + put + GOOD[at + length :]
    table = read_text_table(content, "timeliness.csv")
    check_accounts(table)
    if not table.faults:
        check_rows(*read(content))
