"""Frames of a small invented country: England, two regions, twenty authorities, one too small, and boards."""

from datetime import date

import numpy as np
import polars as pl

from pipelines.comparison.build import build_comparison

BOARDS = [f"B{number:02d}" for number in range(1, 13)]
REGIONS = ["R1", "R2"]
AUTHORITIES = [f"A{number:02d}" for number in range(1, 21)]
TINY = "TINY"
NO_NEIGHBOURS = "A20"


def geography() -> pl.DataFrame:
    codes = ["ENG", *REGIONS, *AUTHORITIES, TINY, "INNER", *BOARDS]
    return pl.DataFrame(
        {
            "geography_code": codes,
            "name": ["England", "North", "South", *AUTHORITIES, TINY, "Inner", *BOARDS],
            "level": ["national", "region", "region", *["la"] * 21, "sub_region", *["icb"] * 12],
            "region_code": [None, None, None, *(REGIONS[i % 2] for i in range(21)), *[None] * 13],
            "comparable": [code != TINY for code in codes],
            "valid_from": [date(2009, 4, 1)] * len(codes),
            "valid_to": pl.Series([None] * len(codes), dtype=pl.Date),
        }
    )


def neighbours() -> pl.DataFrame:
    return pl.DataFrame(
        [
            (code, model, rank, AUTHORITIES[(i + rank * step) % 19])
            for model, step in (("2025", 1), ("2021", 2))
            for i, code in enumerate(AUTHORITIES[:19])
            for rank in range(1, 7)
        ],
        schema=["geography_code", "model", "neighbour_rank", "neighbour_code"],
        orient="row",
    )


def catalogue(**changes: object) -> pl.DataFrame:
    entry = {
        "metric_id": "on_time_pct",
        "unit": "percent",
        "stat_method": "proportion_wilson",
        "known_breaks": None,
        "interval_reason": None,
        "polarity": "higher_better",
        "standard_label": None,
        "standard_value": None,
    } | changes
    return pl.DataFrame([entry], schema=dict.fromkeys(entry, pl.String) | {"standard_value": pl.Float64})


def figure(code: str, year: int, numerator: float | None, denominator: float | None, **changes: object) -> dict:
    """One row of fct_metric; give value= where there are no counts or the unit is not percent."""
    counted = numerator is not None and denominator is not None
    return {
        "metric_id": "on_time_pct",
        "geography_code": code,
        "period_type": "calendar_year",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "breakdown_1": "total",
        "value_1": "total",
        "breakdown_2": "total",
        "value_2": "total",
        "source": "ehc_plans",
        "numerator": numerator,
        "denominator": denominator,
        "value": 100 * numerator / denominator if counted else None,
        "interval_method": "wilson" if counted else "none",
        "status": "shown",
        "lower": None,
        "upper": None,
        "quality_flags": "",
    } | changes


def whole_country(
    year: int, shares: dict[str, float] | None = None, size: float = 400, **changes: object
) -> list[dict]:
    """Every authority near one half in an uneven pattern, but for those in `shares`; regions and England added up."""
    usual = {code: 0.5 + 0.03 * ((7 * i) % 20 - 9.5) / 9.5 for i, code in enumerate(AUTHORITIES)}
    shares = usual | {TINY: 0.5} | (shares or {})
    counts = {code: round(shares[code] * (20 if code == TINY else size)) for code in shares}
    sizes = {code: 20 if code == TINY else size for code in shares}
    region_of = dict(geography().select("geography_code", "region_code").rows())
    groups = {region: [code for code in shares if region_of[code] == region] for region in REGIONS}
    groups["ENG"] = list(shares)
    rows = [figure(code, year, counts[code], sizes[code], **changes) for code in shares]
    for group, codes in groups.items():
        rows.append(figure(group, year, sum(counts[c] for c in codes), sum(sizes[c] for c in codes), **changes))
    return rows


FIGURES = dict.fromkeys(["numerator", "denominator", "value", "lower", "upper"], pl.Float64)


def compare(rows: list[dict], dim_metric: pl.DataFrame | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema_overrides=FIGURES, infer_schema_length=None)
    return build_comparison(frame, catalogue() if dim_metric is None else dim_metric, geography(), neighbours())


def one(compared: pl.DataFrame, code: str, comparator: str, year: int = 2024, value_1: str = "total") -> dict:
    return compared.row(
        by_predicate=(pl.col("geography_code") == code)
        & (pl.col("comparator") == comparator)
        & (pl.col("period_start") == date(year, 1, 1))
        & (pl.col("value_1") == value_1),
        named=True,
    )


def uneven_counts(seed: int, areas: int, phi: float, share: float = 0.464) -> tuple[np.ndarray, np.ndarray]:
    """Beta-binomial numerators and denominators with no area truly apart, `phi` at the mean denominator."""
    rng = np.random.default_rng(seed)
    denominator = rng.integers(150, 1500, areas).astype(float)
    if phi == 1:
        return rng.binomial(denominator.astype(int), share).astype(float), denominator
    alike = (phi - 1) / (denominator.mean() - 1)
    spare = (1 - alike) / alike
    rates = rng.beta(share * spare, (1 - share) * spare, areas)
    return rng.binomial(denominator.astype(int), rates).astype(float), denominator
