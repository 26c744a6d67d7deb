"""A file's bytes → one table of text, as its mapping lays it out: a CSV, or the sheets of a workbook."""

from dataclasses import replace
from functools import reduce

import polars as pl

from pipelines.published.header_rows import grid_of_csv, table_below
from pipelines.published.layout import Header
from pipelines.published.mapping import Mapping
from pipelines.published.patterns import fits
from pipelines.published.problems import Problem
from pipelines.published.text_table import ROW, SHEET_ROWS, TextTable, read_text_table
from pipelines.published.workbook import Workbook, WorkbookError, is_workbook

_TOP = Header()
_WHOLE = "Fetch the file again; open it in a spreadsheet program to see whether it is whole."


def read_table(content: bytes, mapping: Mapping, file: str) -> TextTable:
    """The table of a file. Never raises: what cannot be read is a problem in `faults` or `refused`."""
    if content.startswith(b"PK"):
        return _of_workbook(content, mapping, file)
    if mapping.header is None and mapping.time.title is None:
        return _filled_down(read_text_table(content, file), mapping)
    return _filled_down(table_below(grid_of_csv(content, file), mapping.header or _TOP, file), mapping)


def _of_workbook(content: bytes, mapping: Mapping, file: str) -> TextTable:
    table = TextTable(pl.DataFrame(schema={ROW: pl.Int64}), {}, titled=True)
    try:
        if not is_workbook(content):
            raise WorkbookError("it is damaged or cut short")
        book = Workbook(content)
        chosen, absent = _chosen(book.sheets, mapping)
        if absent or not chosen:
            found = f"no sheet {' or '.join(absent) or 'at all'}; there are {', '.join(book.sheets)}"
            do = f"Correct `sheets` in {mapping.path.name}, or give the file as it was published."
            table.faults.append(Problem(file, "A sheet is missing", found, do))
            return table
        header, parts = mapping.header or _TOP, {}
        for alias, sheet in chosen.items():
            place = file if len(chosen) == 1 else f"{file}, sheet {sheet}"
            parts[alias] = _filled_down(table_below(book.grid(sheet), header, place), mapping)
    except WorkbookError as fault:
        table.faults.append(Problem(file, "The workbook cannot be read", str(fault), _WHOLE))
        return table
    if faults := [fault for part in parts.values() for fault in part.faults]:
        return replace(table, faults=faults, read=sum(part.read for part in parts.values()))
    if isinstance(mapping.sheets, dict):
        return _side_by_side(parts, list(chosen.values()), mapping)
    return _one_below_another(parts, list(chosen.values()))


def _filled_down(table: TextTable, mapping: Mapping) -> TextTable:
    """Repeat a cell merged over rows: a blank in a `fill_down` column is the cell above."""
    spelt = dict.fromkeys(s for column in mapping.fill_down for s in mapping.spellings(column))
    names = [name for name in spelt if name in table.frame.columns]
    if not names:
        return table
    filled = (pl.when(pl.col(n) != "").then(n).forward_fill().fill_null("").alias(n) for n in names)
    return replace(table, frame=table.frame.with_columns(*filled))


def _chosen(sheets: list[str], mapping: Mapping) -> tuple[dict[str, str], list[str]]:
    """Alias → sheet (without aliases, the sheet's own name), and the patterns that no sheet has."""
    if not mapping.sheets:
        return {name: name for name in sheets[:1]}, []
    if isinstance(mapping.sheets, dict):
        found = {alias: _matching(sheets, pattern) for alias, pattern in mapping.sheets.items()}
        return {alias: names[0] for alias, names in found.items() if names}, [
            mapping.sheets[alias] for alias, names in found.items() if not names
        ]
    absent = [pattern for pattern in mapping.sheets if not _matching(sheets, pattern)]
    wanted = [name for name in sheets if fits(name.strip(), mapping.sheets)]
    return {name: name for name in wanted}, absent


def _matching(sheets: list[str], pattern: str) -> list[str]:
    return [name for name in sheets if fits(name.strip(), [pattern])]


def _one_below_another(parts: dict[str, TextTable], sheets: list[str]) -> TextTable:
    frames = []
    whole = _together(list(parts.values()), sheets)
    columns = {c for part in parts.values() for c in part.frame.columns}
    for n, (sheet, part) in enumerate(parts.items()):
        numbered = part.frame.with_columns(pl.col(ROW) + n * SHEET_ROWS)
        if "sheet" not in columns:
            numbered = numbered.with_columns(sheet=pl.lit(sheet))
        frames.append(numbered)
        if lacking := sorted(columns - set(part.frame.columns)):
            whole.notes.append(f"sheet {sheet} has no column {', '.join(lacking)}")
    # A cell of a column that one sheet does not have is null, not blank, and the note says so.
    whole.frame = pl.concat(frames, how="diagonal")
    whole.spelling |= {"sheet": "sheet"} if "sheet" not in whole.spelling else {}
    return whole


def _side_by_side(parts: dict[str, TextTable], sheets: list[str], mapping: Mapping) -> TextTable:
    """A row per area: its rows in each sheet joined, column X of sheet `w52` named `w52: X`.

    A cell of a sheet that an area does not stand in is null.
    """
    whole = _together(list(parts.values()), sheets)
    area = mapping.area
    own = [c for c in (area.code, area.name) if c] if area else []
    level = [area.level] if area and isinstance(area.level, str) and own else []
    spelt = {column: mapping.spellings(column) for column in [*level, *own]}
    frames = []
    for n, (alias, part) in enumerate(parts.items()):
        common = {c: column for c in part.frame.columns for column, names in spelt.items() if c in names}
        rename = {c: common[c].casefold() if c in common else f"{alias}: {c}".casefold() for c in part.frame.columns}
        whole.sheet_of |= {rename[c]: n for c in part.frame.columns if c not in (ROW, *common)}
        rename[ROW] = f"row {n}"
        frame = part.frame.with_columns(pl.col(ROW) + n * SHEET_ROWS).rename(rename)
        key = [column.casefold() for column in [*level, *own] if column.casefold() in frame.columns]
        # A second row of an area in one sheet joins the second in the others, and shows as a repeat.
        frames.append(frame.with_columns(copy=pl.int_range(pl.len()).over(key) if key else pl.int_range(pl.len())))
        for column, spelling in part.spelling.items():
            if column in rename:
                whole.spelling[rename[column]] = spelling if column in common else f"{alias}: {spelling}"
    shared = [c.casefold() for c in [*level, *own] if all(c.casefold() in frame.columns for frame in frames)]
    on = [*shared, "copy"]
    joined = reduce(
        lambda left, right: left.join(right, on=on, how="full", coalesce=True, maintain_order="left_right"), frames
    )
    rows = [f"row {n}" for n in range(len(frames))]
    joined = joined.with_columns(pl.coalesce(rows).alias(ROW))
    whole.stands_for = pl.concat([joined.select(ROW, pl.col(row).alias("origin")).drop_nulls("origin") for row in rows])
    whole.frame = joined.drop(*rows, "copy")
    return whole


def _together(parts: list[TextTable], sheets: list[str]) -> TextTable:
    return TextTable(
        pl.DataFrame(schema={ROW: pl.Int64}),
        {name: spelt for part in reversed(parts) for name, spelt in part.spelling.items()},
        header_row=parts[0].header_row,
        read=sum(part.read for part in parts),
        blank=sum(part.blank for part in parts),
        refused=[problem for part in parts for problem in part.refused],
        notes=[note for part in parts for note in part.notes],
        titled=True,
        titles=[title for part in parts for title in part.titles],
        sheets=sheets,
    )
