"""Time and peak memory of `build_comparison` on a synthetic frame of the size of England.

100 metrics x 165 areas x 8 years, every comparator (about 750,000 rows), and breakdown rows with --breakdowns N.
Run on one core: taskset -c 0 .venv/bin/python benchmarks/comparison.py
"""

import argparse
import resource
import time
from datetime import date

import numpy as np
import polars as pl

from pipelines.comparison.build import build_comparison

METRICS, AUTHORITIES, REGIONS, YEARS = 100, 155, 9, 8


def dimensions() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """dim_metric, dim_geography and bridge_neighbour of an invented country."""
    dim_metric = pl.DataFrame(
        {
            "metric_id": [f"metric_{i:03d}" for i in range(METRICS)],
            "unit": ["rate_per_1000" if i % 4 == 0 else "percent" for i in range(METRICS)],
            "stat_method": ["rate_byar" if i % 4 == 0 else "proportion_wilson" for i in range(METRICS)],
        }
    ).with_columns(
        known_breaks=pl.lit(None, pl.String),
        interval_reason=pl.lit(None, pl.String),
        polarity=pl.lit("higher_better"),
        standard_label=pl.lit(None, pl.String),
        standard_value=pl.lit(None, pl.Float64),
    )
    regions = [f"R{i}" for i in range(REGIONS)]
    authorities = [f"L{i:03d}" for i in range(AUTHORITIES)]
    dim_geography = pl.DataFrame(
        {
            "geography_code": ["N0", *regions, *authorities],
            "name": ["England", *regions, *authorities],
            "level": ["national", *["region"] * REGIONS, *["la"] * AUTHORITIES],
            "region_code": [None, *regions, *(regions[i % REGIONS] for i in range(AUTHORITIES))],
            "comparable": True,
        }
    ).with_columns(valid_from=pl.lit(date(2009, 4, 1)), valid_to=pl.lit(None, pl.Date))
    bridge = pl.DataFrame(
        [
            (authorities[i], model, rank, authorities[(i + rank * step) % AUTHORITIES])
            for model, step in (("2025", 3), ("2021", 7))
            for i in range(AUTHORITIES)
            for rank in range(1, 11)
        ],
        schema=["geography_code", "model", "neighbour_rank", "neighbour_code"],
        orient="row",
    )
    return dim_metric, dim_geography, bridge


def figures(dim_metric: pl.DataFrame, dim_geography: pl.DataFrame, breakdown_values: int) -> pl.DataFrame:
    """Figures of every metric, area and year: totals, and the latest two years of one breakdown."""
    years = pl.DataFrame({"year": range(2018, 2018 + YEARS)})
    values = pl.DataFrame({"value_1": ["total", *(f"group_{i}" for i in range(breakdown_values))]})
    rng = np.random.default_rng(1)
    frame = (
        dim_metric.select("metric_id")
        .join(dim_geography.select("geography_code"), how="cross")
        .join(years, how="cross")
        .join(values, how="cross")
        .filter((pl.col("value_1") == "total") | (pl.col("year") >= 2016 + YEARS))
    )
    denominator = rng.integers(100, 3000, frame.height).astype(float)
    numerator = rng.binomial(denominator.astype(int), rng.beta(4, 6, frame.height)).astype(float)
    return frame.with_columns(
        period_type=pl.lit("calendar_year"),
        period_start=pl.date("year", 1, 1),
        period_end=pl.date("year", 12, 31),
        breakdown_1=pl.when(pl.col("value_1") == "total").then(pl.lit("total")).otherwise(pl.lit("group")),
        breakdown_2=pl.lit("total"),
        value_2=pl.lit("total"),
        source=pl.lit("benchmark"),
        numerator=pl.Series(numerator),
        denominator=pl.Series(denominator),
        value=pl.Series(100 * numerator / denominator),
        interval_method=pl.lit("wilson"),
        status=pl.lit("shown"),
        quality_flags=pl.lit(""),
    )


def main() -> None:
    """Build once and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--breakdowns", type=int, default=0, help="values of one breakdown to add to every metric")
    wanted = parser.parse_args()
    dim_metric, dim_geography, bridge = dimensions()
    metric = figures(dim_metric, dim_geography, wanted.breakdowns)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    compared = build_comparison(metric, dim_metric, dim_geography, bridge)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{metric.height:,} figures -> {compared.height:,} comparisons in {seconds:.1f} s")
    print(f"peak memory {peak:,.0f} MB (inputs and libraries: {before:,.0f} MB)")


if __name__ == "__main__":
    main()
