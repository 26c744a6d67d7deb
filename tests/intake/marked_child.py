"""A child whose every identifying cell is a mark, and a search for the marks in everything a store holds."""

import duckdb
import polars as pl

from pipelines.settings import Settings
from tests.intake.valid_returns import Return, upn, valid

SURNAME, FORENAME, POSTCODE = "Zyxwvut", "Qwertina", "ZX9 9XZ"
UPN, ULN, BORN = upn("777200009999"), "7654321987", "1999-07-23"
MARKS = [SURNAME, FORENAME, UPN[1:], ULN, "ZX9", "9XZ", BORN, "marked-person-id"]


def marked(name: str) -> Return:
    """The valid return with its first child marked, and old enough for a query."""
    tables = valid(name)
    child = next(iter(tables.values()))[0]
    child |= {"surname": SURNAME, "forename": FORENAME, "upn": UPN, "uniquelearnernumber": ULN}
    if name == "sen2":
        child |= {"postcode": POSTCODE, "personbirthdate": BORN, "persontableid": "marked-person-id"}
        tables["requests"][0]["persontableid"] = "marked-person-id"
    return tables


def found_in(settings: Settings, said: str) -> list[tuple[str, str]]:
    """Every mark that was said, or stands in a file outside the raw folder, with the file's name.

    Databases and Parquet are read as text as well as byte by byte: there a value may stand compressed.
    """
    found = [(mark, "said") for mark in MARKS if mark.casefold() in said.casefold()]
    for file in settings.data_dir.rglob("*"):
        if not file.is_file() or file.is_relative_to(settings.raw_dir):
            continue
        content = file.read_bytes().decode("latin-1")
        if file.suffix == ".parquet":
            content += pl.read_parquet(file).write_json()
        if file.suffix == ".duckdb":
            content += _rows(str(file))
        content = content.casefold()
        found += [(mark, file.name) for mark in MARKS if mark.casefold() in content]
    return found


def _rows(database: str) -> str:
    with duckdb.connect(database, read_only=True) as con:
        names = con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        return "\n".join(con.sql(f'FROM "{schema}"."{name}"').pl().write_json() for schema, name in names)
