"""The area of each row: from the codes and names in a file to our code, or set aside, or refused with a suggestion."""

import re
from dataclasses import dataclass

import polars as pl

from pipelines.published.geography import ENGLAND, NHS_REGIONS, Areas, plain_name
from pipelines.published.header_rows import without_footnotes
from pipelines.published.layout import Area, AreaLevel
from pipelines.published.patterns import fits
from pipelines.published.problems import Problem
from pipelines.published.reading import NUMBER, Reading, UnknownArea, correct_the_area
from pipelines.published.text_table import ROW, SHEET_ROWS

EES_COLUMNS = ("country_code", "region_code", "region_name", "new_la_code", "la_name")
_EES_LEVELS: dict[str, AreaLevel] = {"national": "country", "regional": "region", "local authority": "la"}
_ALLOWED: dict[AreaLevel, tuple[str, ...]] = {
    "country": ("national",),
    "region": ("region", "sub_region"),
    "la": ("la",),
    "any": ("national", "region", "sub_region", "la"),
    "icb": (),
    "sub_icb": (),
}
# EES files a child whose area is unknown, or outside England, under the code x or z.
_NO_AREA = ("x", "z")
_LONGEST_SYMBOL = 4
LEVEL_OF = {"national": "country", "region": "region", "sub_region": "region", "la": "la"}


@dataclass(frozen=True)
class _Found:
    """What a row's cells come to: an area with its level, a reason to set it aside, or neither."""

    code: str | None = None
    level: str = ""
    place: str = ""
    by_name: bool = False
    aside: str | None = None


def find_places(
    frame: pl.DataFrame, area: Area | None, areas: Areas, reading: Reading, file: str, figures: list[str]
) -> pl.DataFrame:
    """Rows of known areas, with `geography_code`, `level`, `place` (a sub-ICB location to be added up) and `by_name`.

    `figures` are the columns of figures of a table with titles: there a row of no known area is a note where its cells
    of figures are blank, or, beneath the last known area, prose; and a region whose cells are blank is a heading.
    """
    # A table of England alone may have no column to tell areas by.
    frame = frame.with_columns(all=pl.lit(""))
    asked = ["all", *(c for c in _columns(area) if c in frame.columns)]
    cells = frame.select(asked).unique(maintain_order=True).rows()
    found = {cell: _find(dict(zip(asked, cell, strict=True)), area, areas) for cell in cells}
    known = pl.DataFrame(
        [(*cell, f.code, f.level, f.place, f.by_name, f.aside) for cell, f in found.items()],
        schema={
            **dict.fromkeys(asked, pl.String),
            **dict.fromkeys(["geography_code", "level", "place"], pl.String),
            "by_name": pl.Boolean,
            "aside": pl.String,
        },
        orient="row",
    )
    frame = frame.join(known, on=asked, how="left", maintain_order="left", nulls_equal=True)
    if figures:
        frame = _without_notes(frame, area, figures)
    for (reason,), rows in frame.filter(pl.col("aside").is_not_null()).group_by("aside", maintain_order=True):
        reading.set_aside(str(reason), rows[ROW])
    frame = frame.filter(pl.col("aside").is_null())
    refused: set[int] = set()
    for row in frame.filter(pl.col("geography_code").is_null()).select(ROW, *asked).iter_rows(named=True):
        # A row of many periods is refused once.
        if row[ROW] not in refused:
            refused.add(row[ROW])
            unknown, problem = _unknown(row, area, areas, file)
            reading.unknown_areas[unknown] += 1
            reading.refuse(problem)
    return frame.filter(pl.col("geography_code").is_not_null()).drop("aside", "all")


def _without_notes(frame: pl.DataFrame, area: Area | None, figures: list[str]) -> pl.DataFrame:
    """The rows with `aside` for notes and headings. Prose is neither a number nor short enough for a symbol."""
    cells = [pl.col(column).fill_null("") for column in figures]
    blank = pl.all_horizontal(cell == "" for cell in cells)
    prose = pl.all_horizontal(
        (cell == "") | ((cell.str.len_chars() > _LONGEST_SYMBOL) & ~cell.str.contains(NUMBER)) for cell in cells
    )
    unknown = pl.col("geography_code").is_null()
    last = pl.when(~unknown).then(ROW).max().over(pl.col(ROW) // SHEET_ROWS).fill_null(-1)
    heading = blank & pl.col("level").is_in(["region", "country"]) & pl.lit(area is not None and area.region_totals)
    reason = (
        pl.when(unknown & (blank | (prose & (pl.col(ROW) > last)))).then(pl.lit("a note beneath the table"))
        .when(~unknown & heading).then(pl.lit("a heading without figures"))
    )  # fmt: skip
    return frame.with_columns(aside=pl.coalesce("aside", reason))


def as_of_the_time(frame: pl.DataFrame, areas: Areas) -> pl.DataFrame:
    """Areas found by name that are younger than the figure → the area that bore the name then (Dorset before 2019)."""
    rows = [(code, old, *areas.valid[old]) for code, olds in areas.namesakes.items() for old in olds]
    schema = {"geography_code": pl.String, "old": pl.String, "first": pl.Date, "last": pl.Date}
    bearers = pl.DataFrame(rows, schema=schema, orient="row")
    named = frame.filter("by_name").select("geography_code", "period_end").unique()
    born = pl.col("geography_code").replace_strict({c: f for c, (f, _) in areas.valid.items()}, default=None)
    earlier = (
        named.filter(pl.col("period_end") < born)
        .join(bearers, on="geography_code")
        .filter(pl.col("period_end").is_between("first", pl.coalesce("last", "period_end")))
        .select("geography_code", "period_end", "old", by_name=pl.lit(True))
    )
    if not earlier.height:
        return frame
    joined = frame.join(earlier, on=["geography_code", "period_end", "by_name"], how="left", maintain_order="left")
    return joined.with_columns(geography_code=pl.coalesce("old", "geography_code")).drop("old")


def _columns(area: Area | None) -> list[str]:
    if area is None:
        return [f"c:{c}" for c in ("geographic_level", *EES_COLUMNS)]
    own = [area.code, area.name] if area.code or area.name else list(EES_COLUMNS)
    level = [area.level] if isinstance(area.level, str) else []
    return [f"c:{c}" for c in (*level, *own) if c]


def _level(cells: dict[str, str], area: Area | None) -> tuple[str, AreaLevel | None]:
    """The file's word for the level of a row, and the level it means to us."""
    if area and area.fixed:
        return area.fixed, area.fixed
    word = cells[f"c:{area.level if area else 'geographic_level'}"]
    levels = _EES_LEVELS | ({spelt.casefold(): level for spelt, level in area.levels.items()} if area else {})
    return word, levels.get(word.casefold())


def _code_and_name(cells: dict[str, str], area: Area | None, level: AreaLevel | None) -> tuple[str, str]:
    if area and (area.code or area.name):
        columns = area.code or "", area.name or ""
    else:
        columns = {"country": ("country_code", ""), "region": ("region_code", "region_name")}.get(
            level or "", ("new_la_code", "la_name")
        )
    code, name = (cells.get(f"c:{column}") or "" for column in columns)
    if level == "country" and not name and not (area and (area.code or area.name)):
        name = "England"
    return re.sub(r"\.0+$", "", code), without_footnotes(name)


def _find(cells: dict[str, str], area: Area | None, areas: Areas) -> _Found:
    word, level = _level(cells, area)
    if level is None:
        return _Found(aside=f"geographic level {word or '(blank)'} is not used")
    code, name = _code_and_name(cells, area, level)
    if code.casefold() in _NO_AREA:
        return _Found(aside=f"the publisher gives no area ({name or 'blank'})")
    if area and any(fits(text, area.set_aside) for text in (code, name) if text):
        return _Found(aside=f"the mapping sets {name or code} aside")
    if area and (area.nhs or level in ("icb", "sub_icb")):
        found = _health(code, name, level, areas)
    else:
        found = _ours(code, name, _ALLOWED[level], areas, by_code_only=area is None)
    if area and area.region_totals and found.code is None:
        found = _ours(code, name, _ALLOWED["any"], areas, by_code_only=False)
    return found


def _ours(code: str, name: str, allowed: tuple[str, ...], areas: Areas, *, by_code_only: bool) -> _Found:
    if code and areas.levels.get(code) in allowed:
        return _Found(areas.by_code[code], LEVEL_OF[areas.levels[code]])
    if by_code_only:
        return _Found()
    number = areas.by_number.get(code)
    if number and areas.levels[number] in allowed:
        return _Found(number, LEVEL_OF[areas.levels[number]])
    # Without a name, what stands in the code's place may be one: "ENGLAND" among three-digit numbers.
    named = None if _is_code(code) else areas.by_plain_name.get(plain_name(name or code))
    if named and areas.levels[named] in allowed:
        return _Found(named, LEVEL_OF[areas.levels[named]], by_name=True)
    return _Found()


def _is_code(text: str) -> bool:
    """Whether a cell holds a code, known or not: a name beside it does not mend it."""
    return bool(re.fullmatch(r"[A-Z]\d{8}|\d{3}", text))


def _health(code: str, name: str, level: AreaLevel, areas: Areas) -> _Found:
    if level == "sub_icb":
        icb = areas.health.sub_icbs.get(code.casefold())
        return _Found(icb, "icb", code.casefold()) if icb else _Found()
    regions = {region.casefold() for region in NHS_REGIONS.values()}
    if code.upper() in NHS_REGIONS or code.upper().startswith("E40") or name.casefold() in regions:
        return _Found(aside=f"NHS England region {name or code} is not an area of ours")
    if level in ("country", "any") and ENGLAND in (code, areas.by_name.get(name.casefold())):
        return _Found(ENGLAND, "country")
    icb = areas.health.icbs.get(code.casefold()) or areas.health.icbs.get(plain_name(name))
    return _Found(icb, "icb") if icb and level in ("icb", "any") else _Found()


def _unknown(row: dict[str, str | int], area: Area | None, areas: Areas, file: str) -> tuple[UnknownArea, Problem]:
    cells = {key: str(cell or "") for key, cell in row.items()}
    word, level = _level(cells, area)
    code, name = _code_and_name(cells, area, level)
    column = {"country": "country_code", "region": "region_code"}.get(level or "", "new_la_code")
    if area and (area.code or area.name):
        column = area.code or area.name or ""
    hint = areas.suggestion(code, name) if code != ENGLAND else ""
    found = f"{code!r} ({name}) at level {word}"
    do = correct_the_area(hint)
    problem = Problem(file, "The area code is not recognised", found, do, int(row[ROW]), column)
    return UnknownArea(found, code, name), problem
