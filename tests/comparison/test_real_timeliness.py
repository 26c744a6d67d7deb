"""On the published 20-week figures of 2024 (where the release files are at hand)."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.comparison.build import build_comparison
from pipelines.comparison.overdispersion import winsorise

TOO_SMALL = ["E09000001", "E06000053"]


@pytest.fixture(scope="module")
def release(shared_data: Path) -> pl.DataFrame:
    frame = pl.read_csv(shared_data / "ehcp_2025" / "timeliness_20_week.csv", infer_schema=False)
    level = {"National": "national", "Regional": "region", "Local authority": "la"}
    return frame.filter(pl.col("breakdown_topic") == "All EHC plans issued").select(
        level=pl.col("geographic_level").replace(level),
        region_code="region_code",
        geography_code=pl.coalesce("new_la_code", "region_code", "country_code"),
        name=pl.coalesce("la_name", "region_name", "country_name"),
        year=pl.col("time_period").cast(int),
        numerator=pl.col("plans_issued_20_weeks_ex").cast(float, strict=False),
        denominator=pl.col("plans_issued_den_ex").cast(float, strict=False),
    )


@pytest.fixture(scope="module")
def authorities_2024(release: pl.DataFrame) -> pl.DataFrame:
    return release.filter((pl.col("level") == "la") & (pl.col("year") == 2024) & (pl.col("denominator") > 0))


@pytest.fixture(scope="module")
def compared(release: pl.DataFrame) -> pl.DataFrame:
    figures = release.with_columns(
        value=pl.when(pl.col("denominator") > 0).then(100 * pl.col("numerator") / pl.col("denominator")),
        metric_id=pl.lit("ehc_20wk_pct"),
        period_type=pl.lit("calendar_year"),
        period_start=pl.date("year", 1, 1),
        period_end=pl.date("year", 12, 31),
        source=pl.lit("ehc_plans"),
        interval_method=pl.lit("wilson"),
        quality_flags=pl.lit(""),
        **{name: pl.lit("total") for name in ("breakdown_1", "value_1", "breakdown_2", "value_2")},
    ).with_columns(status=pl.when(pl.col("value").is_null()).then(pl.lit("unavailable")).otherwise(pl.lit("shown")))
    dim_metric = pl.DataFrame(
        {"metric_id": ["ehc_20wk_pct"], "unit": ["percent"], "stat_method": ["proportion_wilson"]}
    ).with_columns(
        known_breaks=pl.lit(None, pl.String),
        interval_reason=pl.lit(None, pl.String),
        polarity=pl.lit("higher_better"),
        standard_label=pl.lit(None, pl.String),
        standard_value=pl.lit(None, pl.Float64),
    )
    dim_geography = (
        release.unique("geography_code")
        .with_columns(region_code=pl.when(pl.col("level") == "la").then("region_code"))
        .with_columns(
            comparable=~pl.col("geography_code").is_in(TOO_SMALL),
            valid_from=pl.lit(date(2009, 4, 1)),
            valid_to=pl.lit(None, pl.Date),
        )
    )
    bridge = pl.DataFrame(schema=["geography_code", "model", "neighbour_rank", "neighbour_code"]).cast(pl.String)
    return build_comparison(figures, dim_metric, dim_geography, bridge)


def test_the_plain_funnel_flags_most_areas_and_the_scaled_one_few(authorities_2024):
    """The figures that made over-dispersion a rule here: proportion scale, multiplicative phi, no correction."""
    numerator, denominator = (authorities_2024[name].to_numpy() for name in ("numerator", "denominator"))
    england = numerator.sum() / denominator.sum()
    z = (numerator / denominator - england) / np.sqrt(england * (1 - england) / denominator)
    phi = float((winsorise(z[None, :]) ** 2).mean())
    assert england == pytest.approx(0.464, abs=5e-4)
    assert 123 <= (np.abs(z) > 3.09).sum() <= 132
    assert phi == pytest.approx(130, abs=2)
    assert (np.abs(z) / np.sqrt(phi) > 1.96).sum() == 11
    assert (np.abs(z) / np.sqrt(phi) > 3.09).sum() == 1


def test_our_method_on_the_same_figures(compared):
    latest = compared.filter((pl.col("comparator") == "england") & (pl.col("period_start") == date(2024, 1, 1)))
    areas = latest.filter(pl.col("geography_code").str.contains("^E(06|08|09|10)"))
    judged = areas.filter(pl.col("verdict_code") != "not_compared")
    assert judged["phi"][0] == pytest.approx(240, abs=12)
    assert 146 <= judged.height <= 151
    assert 7 <= (judged["verdict_code"] != "not_different").sum() <= 16
    assert judged["verdict_code"].is_in(["much_lower", "much_higher"]).sum() <= 2
    assert latest["comparator_value"].unique().to_list() == [pytest.approx(46.4, abs=0.05)]


def test_england_and_its_places_keep_their_published_story(compared):
    england = compared.filter((pl.col("geography_code") == "E92000001") & (pl.col("period_start") == date(2024, 1, 1)))
    by_comparator = {row["comparator"]: row for row in england.iter_rows(named=True)}
    assert by_comparator["previous"]["difference"] == pytest.approx(46.43 - 50.3, abs=0.1)
    assert by_comparator["trend"]["comparator_n"] == 6
    city = compared.filter(pl.col("geography_code") == "E09000001")
    assert set(city["verdict_code"]) == {"not_compared"}
    reasons = compared.filter(pl.col("verdict_code") == "not_compared")["verdict_reason"]
    assert reasons.null_count() == 0
