"""A small file that would fill the memory is refused before it is read, in whatever way it is made."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.published import downloading, header_rows, workbook
from pipelines.published.downloading import DownloadError, Downloads
from pipelines.published.outline import NoTableError, find_outline
from pipelines.published.spans import cells_of_sheet, cells_of_tables
from pipelines.published.workbook import measured
from tests.published.made_up import Rows, as_csv, as_ods, as_xlsx, layout, read_made_up

ROWS: Rows = [["Plans, June 2024", ""], ["Area", "Plans"], ["Hartlepool", "4"], ["Leeds", "5"]]
MAPPING = layout({"id": "plans_count", "value": "Plans"}, header={"find": "Area"}, time={"fixed": "2024"})
CELL = b"<table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>"


def repacked(good: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one member changed, and added where it is not there."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in dict.fromkeys([*old.namelist(), name]):
            held = old.read(member) if member in old.namelist() else b""
            new.writestr(member, change(held) if member == name else held)
    return stream.getvalue()


def xlsx_with(rows: bytes) -> bytes:
    return repacked(
        as_xlsx({"S": ROWS}),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"),
    )


def ods_with(rows: bytes) -> bytes:
    return repacked(
        as_ods({"S": ROWS}), "content.xml", lambda xml: xml.replace(b"</table:table>", rows + b"</table:table>")
    )


def understating(package: bytes, name: str, size: int, checksum: int | None = None) -> bytes:
    """An archive that says in both its directories that a member unpacks to `size` bytes, with that checksum."""
    changed = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        start = archive.getinfo(name).header_offset
    entry = changed.rindex(b"PK\x01\x02", 0, changed.rindex(name.encode()))
    for at in (start + 22, entry + 24):
        changed[at : at + 4] = struct.pack("<I", size)
        if checksum is not None:
            changed[at - 8 : at - 4] = struct.pack("<I", checksum)
    return bytes(changed)


BOMBS = {
    "a cell in the last corner": xlsx_with(b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row>'),
    "its place not the first attribute": xlsx_with(b"<row r='1048576'><c t='n' r='XFD1048576'><v>1</v></c></row>"),
    "a bracket before its place": xlsx_with(b'<row><c cm=">" r="XFD1048576"><v>1</v></c></row>'),
    "cells without a place": xlsx_with(b'<row r="1000000">' + b"<c><v>1</v></c>" * 100 + b"</row>"),
    "a prefix before the names": repacked(
        as_xlsx({"S": ROWS}),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
            b'<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        ),
    ),
    "a row that repeats": ods_with(
        b'<table:table-row table:number-rows-repeated="9000000">' + CELL * 3 + b"</table:table-row>"
    ),
    "empty rows that repeat before a wide one": ods_with(
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
        b"<table:table-row>" + CELL * 31 + b"</table:table-row>"
    ),
    "empty cells that repeat before the last": ods_with(
        b'<table:table-row table:number-rows-repeated="2000"><table:table-cell table:number-columns-repeated="16000"/>'
        + CELL
        + b"</table:table-row>"
    ),
    "a table in a cell before the last row": ods_with(
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row><table:table-row>'
        b"<table:table-cell><table:table/></table:table-cell></table:table-row>"
        b"<table:table-row>" + CELL * 31 + b"</table:table-row>"
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_spans_more_cells_than_are_read_is_refused(name: str) -> None:
    _, table, _ = read_made_up(MAPPING, BOMBS[name])
    assert [(p.rule, p.found) for p in table.faults] == [
        ("The workbook cannot be read", "a sheet has cells far outside its table")
    ]


def test_a_sheet_that_stands_elsewhere_in_the_package_is_measured_too() -> None:
    bomb = BOMBS["a cell in the last corner"]
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    moved = repacked(bomb, "xl/elsewhere.xml", lambda _: sheet)
    moved = repacked(moved, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"worksheets/sheet1", b"elsewhere"))
    _, table, _ = read_made_up(MAPPING, repacked(moved, "xl/worksheets/sheet1.xml", lambda _: b"<worksheet/>"))
    assert [p.found for p in table.faults] == ["a sheet has cells far outside its table"]


def test_a_member_that_is_larger_than_it_says_is_not_unpacked() -> None:
    name, good = "xl/styles.xml", as_xlsx({"S": ROWS})
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        styles = package.read(name)
    large = repacked(good, name, lambda xml: xml + b" " * 30_000_000)
    _, table, _ = read_made_up(MAPPING, understating(large, name, len(styles)))
    assert [p.rule for p in table.faults] == ["The workbook cannot be read"]
    # What it says it holds may be whole, with a checksum of its own: then that alone reaches the reader.
    whole = measured(understating(large, name, len(styles), zlib.crc32(styles)), workbook.MAX_BYTES)
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        assert package.read(name) == styles
    assert len(whole) < 100_000


def test_a_binary_workbook_is_named_as_one() -> None:
    _, table, _ = read_made_up(MAPPING, repacked(as_xlsx({"S": ROWS}), "xl/workbook.bin", lambda _: b"x"))
    assert "save it as XLSX" in table.faults[0].found


def test_a_sheet_is_measured_as_a_reader_of_spreadsheets_fills_it() -> None:
    # By hand: the widest row is the second, B and two after it; the last is the fifth.
    sheet = b"<sheetData><row><c/></row><row r='4'><c r='B4'/><c/><c/></row><row><c/></row></sheetData>"
    assert cells_of_sheet(sheet) == 4 * 5
    assert cells_of_sheet(b'<sheetData><row r="2"><c r="A2"/><c r="AA3"/></row></sheetData>') == 27 * 3
    # Two rows of three cells after two empty ones; what is empty at the end is not made.
    space = b"<table:table xmlns:table='t' xmlns:office='o' xmlns:text='x'>"
    tables = (
        b"<table:table-row table:number-rows-repeated='2'/><table:table-row table:number-rows-repeated='2'>"
        b"<table:table-cell table:number-columns-repeated='2'/><table:table-cell office:value='1'/>"
        b"<table:table-cell table:number-columns-repeated='9000'/></table:table-row>"
        b"<table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row></table:table>"
    )
    assert cells_of_tables(space + tables) == 4 * 3


def test_a_workbook_that_unpacks_to_more_than_we_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_BYTES", 1_000)
    _, table, _ = read_made_up(MAPPING, as_xlsx({"S": ROWS}))
    assert "unpacks to more than" in table.faults[0].found


def test_a_csv_of_which_one_record_would_widen_every_other_is_refused() -> None:
    content = as_csv(ROWS) + b"," * 5_000 + b"\n" + b"Leeds,1\n" * 5_000
    _, table, _ = read_made_up(MAPPING, content)
    assert [(p.rule, p.found) for p in table.faults] == [
        ("The table spans more cells than are read", "5,005 rows, the longest of 5,001 cells")
    ]
    with pytest.raises(NoTableError, match="5,001 cells"):
        find_outline(content, "unknown.csv")
    assert header_rows.MAX_CELLS == 20_000_000


def test_an_answer_that_unpacks_to_more_than_a_list_can_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "_MAX_JSON", 1_000_000)
    packed = tmp_path / "answer"
    packed.write_bytes(gzip.compress(b"[" + b" " * 2_000_000 + b"]"))
    monkeypatch.setattr(Downloads, "fetch", lambda *_: packed)
    with pytest.raises(DownloadError, match="larger than 1 MB"):
        Downloads(tmp_path, 1.0, 1).fetch_json("http://localhost/list")
