"""Figures of small England for groups of children: primary need and sex, the latest two periods.

Autistic children in Leeds fare plainly less well than elsewhere in four shares, so that a page must say so.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

AUTISTIC, LEEDS = "asd", "E08000035"
GROUPS = {"primary_need": (AUTISTIC, "semh"), "sex": ("female", "male")}
BROKEN_DOWN = tuple(f"share_{index:02d}_pct" for index in range(6))
LESS_WELL = {"higher_better": 0.03, "lower_better": 0.97}

Figure = Callable[[dict[str, object], str, int, float, float], dict[str, object]]


def group_figures(places: pl.DataFrame, metrics: pl.DataFrame, figure: Figure) -> list[dict[str, object]]:
    """Rows of fct_metric by one breakdown for current areas, their regions and England."""
    random = np.random.default_rng(11)
    las = places.filter(pl.col("level") == "la", "is_current", "comparable")
    rows = []
    for metric in metrics.filter(pl.col("metric_id").is_in(BROKEN_DOWN)).iter_rows(named=True):
        for breakdown, values in GROUPS.items():
            for value in values:
                for year in (2023, 2024):
                    counts: dict[str, list[float]] = {}
                    for la in las.iter_rows(named=True):
                        size = int(random.integers(200, 1500))
                        rate = min(max(0.5 + random.normal(0, 0.1), 0.02), 0.98)
                        if (la["geography_code"], value) == (LEEDS, AUTISTIC):
                            rate = LESS_WELL.get(metric["polarity"], rate)
                        met = int(random.binomial(size, rate))
                        for code in (la["geography_code"], la["region_code"], "E92000001"):
                            pair = counts.setdefault(code, [0, 0])
                            pair[0], pair[1] = pair[0] + met, pair[1] + size
                    rows += [
                        figure(metric, code, year, *pair) | {"breakdown_1": breakdown, "value_1": value}
                        for code, pair in counts.items()
                    ]
    return rows
