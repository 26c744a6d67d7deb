"""Figures laid out: what counts as counted, what a dimension that says nothing means, and units."""

import polars as pl
import pytest

from pipelines.comparison.panel import Panel, build_panel
from tests.comparison.invented_country import catalogue, figure, geography


def laid_out(rows: list[dict], dim_metric: pl.DataFrame | None = None, areas: pl.DataFrame | None = None) -> Panel:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return build_panel(
        frame, catalogue() if dim_metric is None else dim_metric, geography() if areas is None else areas
    )


def test_an_area_is_comparable_unless_its_dimension_says_otherwise():
    silent = geography().with_columns(comparable=pl.lit(None, pl.Boolean))
    assert laid_out([figure("A01", 2024, 20, 40)], areas=silent).comparable.all()


def test_a_metric_without_a_method_or_unit_is_neither_a_share_nor_a_rate_nor_a_count():
    panel = laid_out([figure("A01", 2024, 20, 40)], catalogue(unit=None, stat_method=None))
    assert not (panel.proportion | panel.counted | panel.is_count).any()
    assert not panel.has_counts.any()


@pytest.mark.parametrize("method", ["proportion_wilson", "rate_byar"])
@pytest.mark.parametrize(
    ("numerator", "denominator", "known"),
    [
        *((None, 40.0, ()), (20.0, None, ()), (20.0, 0.0, ()), (-1.0, 40.0, ())),
        (41.0, 40.0, ("rate_byar",)),
        *((0.0, 1.0, ("proportion_wilson", "rate_byar")), (1.0, 1.0, ("proportion_wilson", "rate_byar"))),
    ],
)
def test_half_of_the_counts_or_impossible_ones_are_none(method, numerator, denominator, known):
    counted = figure("A01", 2024, 20, 40) | {"numerator": numerator, "denominator": denominator}
    panel = laid_out([counted, figure("A02", 2024, 0, 40)], catalogue(stat_method=method))
    assert panel.has_counts.sum() == 1 + (method in known)
    assert panel.shown.sum() == 2


@pytest.mark.parametrize(
    ("unit", "base"), [("percent", 100), ("rate_per_1000", 1000), ("rate_per_100", 100), ("ratio", 1)]
)
def test_a_ratio_times_the_base_of_its_unit_is_the_figure(unit, base):
    # 3 of 40 is 0.075.
    panel = laid_out([figure("A01", 2024, 3, 40)], catalogue(unit=unit, stat_method="rate_byar"))
    at = panel.areas["geography_code"].to_list().index("A01")
    assert panel.ratio[0, at] * panel.base[0] == pytest.approx(0.075 * base)
