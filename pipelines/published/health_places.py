"""Counts of sub-ICB locations → counts of their ICB. Never a sum of some: a place withheld withholds the whole."""

import polars as pl

from pipelines.published.geography import Areas
from pipelines.published.reading import Reading
from pipelines.published.text_table import ROW


def add_up_places(
    frame: pl.DataFrame,
    key: list[str],
    columns: list[str],
    areas: Areas,
    meanings: dict[str, tuple[str, str]],
    reading: Reading,
    incomplete: bool,
) -> pl.DataFrame:
    """Rows with a `place` are added up over `key`, column by column; the other rows are left as they are.

    A sum with a symbol or a missing place in it is withheld, with a reason that is added to `meanings`. A row that was
    refused (`incomplete`) counts as missing.
    """
    parts = frame.filter(pl.col("place") != "")
    if not parts.height:
        return frame
    first = pl.col(ROW).min().over(key)
    stands_for = parts.select(first.alias(ROW), pl.col(ROW).alias("origin"))
    # Where rows were pivoted before, the first row of a place stands for its others already.
    earlier = reading.stands_for
    if earlier is not None:
        through = stands_for.rename({"origin": "place_row"}).join(
            earlier.rename({ROW: "place_row"}), on="place_row", how="inner"
        )
        stands_for = pl.concat([stands_for, through.select(ROW, "origin"), earlier]).unique(maintain_order=True)
    reading.stands_for = stands_for
    wanted = {icb: areas.health.places_of(icb) for icb in parts["geography_code"].unique()}
    many = pl.col("geography_code").replace_strict(wanted, return_dtype=pl.Int64)
    suppressed = [symbol for symbol, (status, _) in meanings.items() if status == "suppressed"]
    added = parts.group_by(key, maintain_order=True).agg(
        pl.col(ROW).min(),
        *(pl.col(c).first() for c in frame.columns if c not in (ROW, *key) and c[:2] not in ("n:", "s:", "r:")),
        *(pl.col(c).min() for c in frame.columns if c.startswith("r:")),
        *(pl.col(f"n:{c}").sum().alias(f"n:{c}") for c in columns),
        *(pl.col(f"n:{c}").is_not_null().sum().cast(pl.Int64).alias(f"known {c}") for c in columns),
        *(pl.col(f"s:{c}").is_in(suppressed).any().alias(f"hidden {c}") for c in columns),
    )
    for c in columns:
        # More places than we know of is not less than the whole.
        missing = pl.max_horizontal(many, pl.col(f"known {c}")) - pl.col(f"known {c}")
        status = pl.when(f"hidden {c}").then(pl.lit("suppressed")).otherwise(pl.lit("unavailable"))
        mark = pl.format("\0{} of {} places {}", missing, many, status)
        added = added.with_columns(
            pl.when(missing == 0).then(f"n:{c}").alias(f"n:{c}"), pl.when(missing > 0).then(mark).alias(f"s:{c}")
        )
        for (found,) in added.filter(pl.col(f"s:{c}").is_not_null()).select(f"s:{c}").unique().iter_rows():
            share, _, why = found.removeprefix("\0").rpartition(" ")
            lost = ", or in a row that was refused" if incomplete and why == "unavailable" else ""
            meanings[found] = (why, f"{share} withheld or not published{lost}")
    rest = frame.filter(pl.col("place") == "")
    whole = added.with_columns(place=pl.lit("")).select(frame.columns)
    return pl.concat([rest, whole])
