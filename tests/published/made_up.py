"""Made-up tables of any layout: a mapping of a few lines over rows of cells, as CSV, XLSX or ODS."""

import csv
import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import polars as pl
from hypothesis import strategies as st

from pipelines.published.geography import load_areas
from pipelines.published.mapping import Mapping
from pipelines.published.reading import Reading
from pipelines.published.tables import read_table
from pipelines.published.text_table import TextTable
from pipelines.published.tidy import read_tidy
from tests.published.releases import definition

Rows = list[list[str]]
ODD_CELLS = st.sampled_from(
    [
        "", "2024", "202425", "Academic year", "Local authority", "National", "E06000001", "E06000099", "Leeds",
        "Total", "Female", "x", "c", "12", "1,234", "45.6", "-3", "1e5", "\0", "\x01", "\xa0 ", "a,b", 'say "so"',
        "FILL IN: me", "{", "- a: b", "#", "é", "geographic_level", "time_period", "new_la_code", "breakdown_topic",
        "breakdown", "country_code", "metric", "value",
    ]
)  # fmt: skip
PLANS = {"id": "plans_count", "value": "Plans"}


def layout(*metrics: dict[str, Any], **fields: Any) -> Mapping:
    """A mapping over calendar years and local authorities by name, in columns Area and Year, unless `fields` differ."""
    usual: dict[str, Any] = {
        "dataset": "made_up", "title": "Made up", "publication": "ehc_plans", "layout": "tidy", "files": ["*"],
        "period": "calendar_year", "geography_basis": "none",
        "area": {"level": {"fixed": "la"}, "name": "Area"}, "time": {"column": "Year"},
    }  # fmt: skip
    return Mapping.model_validate(usual | {"metrics": list(metrics)} | fields)


def as_csv(rows: Rows) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def as_xlsx(sheets: dict[str, Rows]) -> bytes:
    """A workbook; a cell that looks like a number is one."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell or None for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_ods(sheets: dict[str, Rows], mimetype: bool = True) -> bytes:
    """An OpenDocument workbook of text cells, without the `mimetype` member that some writers forget if so asked."""

    def cells(row: list[str]) -> str:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        return "".join(cell.format(escape(text)) for text in row)

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{cells(row)}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        if mimetype:
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def read_made_up(
    mapping: Mapping, content: bytes | Rows, file: str = "made_up.csv", **definitions: Any
) -> tuple[pl.DataFrame, TextTable, Reading]:
    """Read content by a mapping. Figures are sorted; every metric is a count unless `definitions` says otherwise."""
    table = read_table(content if isinstance(content, bytes) else as_csv(content), mapping, file)
    known = {metric.id: definition("count") for metric in mapping.metrics} | definitions
    if table.faults:
        return pl.DataFrame(), table, Reading(faults=table.faults)
    reading = read_tidy(table, mapping, load_areas(), known, {}, file)
    if not reading.figures:
        return pl.DataFrame(), table, reading
    figures = pl.concat(reading.figures, how="diagonal")
    return figures.sort("metric_id", "geography_code", "period_start", "value_1", "value_2"), table, reading


def values(figures: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of every figure, its value last."""
    return figures.select(*columns, "value").rows()


def accounts(table: TextTable, reading: Reading) -> dict[str, int]:
    """Rows read, refused, set aside and loaded; loaded is what is left, never less than none."""
    refused = len(table.refused) + len(reading.refused_rows)
    aside = sum(reading.scope_counts().values()) + table.blank
    rows = {"read": table.read, "refused": refused, "aside": aside, "loaded": table.read - refused - aside}
    assert min(rows.values()) >= 0, rows
    return rows
