"""Figures the publisher got wrong beyond doubt, as a mapping lists them: each cell becomes a symbol with the reason."""

import polars as pl

from pipelines.published.mapping import Mapping, Withheld


def withhold(
    frame: pl.DataFrame, mapping: Mapping, columns: dict[str, str], meanings: dict[str, tuple[str, str]]
) -> pl.DataFrame:
    """The rows with a symbol in each cell that `mapping.withheld` names; its reason is added to `meanings`.

    `columns`: mapped column → column of the frame, whose numbers are `n:…` and whose symbols are `s:…`.
    """
    for n, fault in enumerate(mapping.withheld):
        mark = _mark(n, fault, meanings)
        for column in (columns[c] for c in fault.columns if c in columns):
            frame = _mask(frame, column, _concerned(fault), mark)
    return frame


def withhold_indicators(
    frame: pl.DataFrame, mapping: Mapping, meanings: dict[str, tuple[str, str]], value: str, indicator: str
) -> pl.DataFrame:
    """The same of a long file: the cells are in the column `value`, and the column `indicator` says of what."""
    for n, fault in enumerate(mapping.withheld):
        here = _concerned(fault) & pl.col(indicator).is_in(fault.columns)
        frame = _mask(frame, value, here, _mark(n, fault, meanings))
    return frame


def _mark(number: int, fault: Withheld, meanings: dict[str, tuple[str, str]]) -> str:
    mark = f"\0withheld {number}"
    meanings[mark] = ("unreliable", fault.note)
    return mark


def _concerned(fault: Withheld) -> pl.Expr:
    here = pl.col("period_start") == fault.period_start
    if fault.geography_code:
        named = [fault.geography_code] if isinstance(fault.geography_code, str) else fault.geography_code
        here = here & pl.col("geography_code").is_in(named)
    if fault.region_code:
        here = here & (pl.col("level") == "la") & (pl.col("c:region_code") == fault.region_code)
    if fault.totals_alone:
        here = here & (pl.col("breakdown_1") == "total")
    return here


def _mask(frame: pl.DataFrame, column: str, here: pl.Expr, mark: str) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(here).then(None).otherwise(f"n:{column}").alias(f"n:{column}"),
        pl.when(here).then(pl.lit(mark)).otherwise(f"s:{column}").alias(f"s:{column}"),
    )
