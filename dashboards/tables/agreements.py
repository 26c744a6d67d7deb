"""Figures given twice, counted by measure, and those that differ one by one."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.tables.plain import plain_table
from dashboards.words.numbers import difference, measured

Row = Mapping[str, Any]
COMPARISONS = {
    "sources": (
        "Two publications of one figure",
        "The same measure, area, period and breakdown in two publications. England's totals are among them: where "
        "publications differ on England, the table says so.",
    ),
    "sum_of_areas": (
        "Local authorities added up, beside their region and England",
        "Numbers of the local authorities, added up, beside the number that the same publication prints for the region "
        "or for England. Where an authority is suppressed or absent nothing is compared.",
    ),
    "ratio_of_areas": (
        "Rates from the counts of local authorities, beside the published ones",
        "The rate of a region or of England computed from the summed counts of its local authorities, beside the rate "
        "that is published. It is never a mean of the authorities' rates.",
    ),
}
_NUMBERS = frozenset({"Compared", "Agree", "Differ", "Not compared", "Largest difference"})
_MOST = 60


def agreements_table(rows: pl.DataFrame, caption: str) -> str:
    """HTML of store.agreements of one kind: a row a measure and pair of publications."""
    listed = [
        {
            "Measure": row["label"],
            "Publications": row["title"]
            if row["source"] == row["other_source"]
            else f"{row['title']}; {row['other_title']}",
            "Compared": f"{row['compared']:,}",
            "Agree": f"{row['agree']:,}",
            "Differ": f"{row['differ']:,}",
            "Not compared": f"{row['not_compared']:,}",
            "Largest difference": None
            if row["largest_difference"] is None or row["unit"] == "category"
            else difference(row["largest_difference"], row["unit"], finer(row)),
            "Why": row["explanation"] or ("all agree" if row["compared"] else None),
        }
        for row in rows.iter_rows(named=True)
    ]
    return plain_table(pl.DataFrame(listed), caption, _NUMBERS)


def finer(metric: Row) -> int:
    """Decimals at which two figures that look alike can be told apart; numbers and outcomes in words are whole."""
    return 0 if metric["unit"] in ("count", "category") else int(metric["decimals"] or 0) + 2


def figures_table(rows: pl.DataFrame, metric: Row) -> str:
    """HTML of the figures of one measure that differ, unexplained ones first, at most the first sixty."""
    told = {**metric, "decimals": finer(metric)}
    ordered = rows.with_columns(unsaid=pl.col("explanation") != "unexplained").sort("unsaid", "area", "period_start")
    listed = [
        {
            "Area": row["area"],
            "Period": row["period"],
            "Breakdown": ", ".join(value for value in (row["value_1"], row["value_2"]) if value != "total").replace(
                "_", " "
            )
            or "all",
            "First": f"{measured(row['value'], told)} ({row['source']})",
            "Second": f"{measured(row['other_value'], told)} "
            + (f"({row['other_source']})" if row["comparison"] == "sources" else "(areas added up)"),
            "Difference": None
            if metric["unit"] == "category"
            else difference(row["difference"], metric["unit"], finer(metric)),
            "Why": row["explanation"],
        }
        for row in ordered.head(_MOST).iter_rows(named=True)
    ]
    more = f"; the first {_MOST} of {rows.height:,}" if rows.height > _MOST else ""
    return plain_table(pl.DataFrame(listed), f"{metric['label']}: figures that differ{more}", frozenset({"Difference"}))
