"""One spelling for each thing: column names without case and marks, dates as ISO, flags as 1 and 0, codes in capitals.

What is no date or flag in any spelling we know is left as the sender wrote it, for the checks to report.
"""

import re

import polars as pl

from pipelines.contracts.return_contract import Column, Table

_ISO = r"^\d{4}-\d{2}-\d{2}$"
_WHOLE = r"^-?\d+\.0+$"
_TRUE = ("1", "TRUE", "YES", "Y", "T")
_FALSE = ("0", "FALSE", "NO", "N", "F")
# Day numbers of a spreadsheet, from 1954 to 2064; fewer or more digits are not dates.
_SERIAL = r"^[2-5]\d{4}(\.\d+)?$"
_SERIAL_START = pl.date(1899, 12, 30)
_TIME = r"([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$"
# Spelling → how it is read. Day before month, as in the United Kingdom.
_DATES = {
    rf"^\d{{4}}-\d{{1,2}}-\d{{1,2}}{_TIME}": "%Y-%m-%d",
    rf"^\d{{4}}/\d{{1,2}}/\d{{1,2}}{_TIME}": "%Y/%m/%d",
    rf"^\d{{4}}-[A-Za-z]{{3}}-\d{{1,2}}{_TIME}": "%Y-%b-%d",
    rf"^\d{{1,2}}/\d{{1,2}}/\d{{4}}{_TIME}": "%d/%m/%Y",
    rf"^\d{{1,2}}-\d{{1,2}}-\d{{4}}{_TIME}": "%d-%m-%Y",
    rf"^\d{{1,2}}\.\d{{1,2}}\.\d{{4}}{_TIME}": "%d.%m.%Y",
    rf"^\d{{1,2}}[ -][A-Za-z]{{3}}[ -]\d{{4}}{_TIME}": "%d-%b-%Y",
}


def plain(name: str) -> str:
    """A name without case, spaces and marks: `Request Outcome_Date` → `requestoutcomedate`."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def canonical(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Text columns of `table` in one spelling, empty cells as null. Rows, columns and their order stay."""
    frame = frame.with_columns(pl.when(pl.col(c.name) != "").then(pl.col(c.name)).alias(c.name) for c in table.columns)
    return frame.with_columns(_spelt(frame[column.name], column) for column in table.columns)


def _spelt(text: pl.Series, column: Column) -> pl.Series:
    if column.logical_type == "date":
        return _dates(text)
    if column.logical_type == "boolean":
        return _flags(text)
    if column.logical_type == "string" and not (column.code_set or column.pattern):
        return text
    if text.str.ends_with("0").any() and text.str.contains(_WHOLE).any():
        whole = text.str.contains(_WHOLE)
        text = text.str.replace(r"\.0+$", "").zip_with(whole.fill_null(False), text)
    return text.str.to_uppercase() if column.logical_type == "string" else text


def _flags(text: pl.Series) -> pl.Series:
    if text.is_in(["0", "1"]).all():
        return text
    upper = pl.col("t").str.to_uppercase().str.replace(r"\.0+$", "")
    flag = pl.when(upper.is_in(_TRUE)).then(pl.lit("1")).when(upper.is_in(_FALSE)).then(pl.lit("0"))
    return pl.DataFrame({"t": text}).select(flag.otherwise(pl.col("t")).alias(text.name)).to_series()


def _dates(text: pl.Series) -> pl.Series:
    if text.str.contains(_ISO).all():
        return text
    cell = pl.col("t")
    day = cell.str.replace(r"[ T]\d{1,2}:.*$", "")
    read = [
        pl.when(cell.str.contains(spelling)).then(day.str.replace_all(" ", "-").str.to_date(form, strict=False))
        for spelling, form in _DATES.items()
    ]
    number = cell.str.extract(r"^(\d{5})").cast(pl.Int32, strict=False)
    serial = pl.when(cell.str.contains(_SERIAL)).then(_SERIAL_START + pl.duration(days=number))
    iso = pl.coalesce(*read, serial).dt.strftime("%Y-%m-%d")
    return pl.DataFrame({"t": text}).select(pl.coalesce(iso, cell).alias(text.name)).to_series()
