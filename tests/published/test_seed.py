"""The seed that the repository carries."""

import json

import polars as pl

from pipelines.published.catalogue import load_catalogue
from pipelines.published.landing import published_dir, read_receipts
from pipelines.published.seed import MAX_BYTES, SEED, land_seed, seed_receipts
from pipelines.settings import Settings


def test_the_seed_is_small_and_holds_headline_figures_with_their_source_and_release() -> None:
    assert SEED.stat().st_size <= MAX_BYTES == 8_000_000
    figures = pl.read_parquet(SEED)
    assert figures.select("breakdown_1", "value_1", "breakdown_2", "value_2").unique().row(0) == ("total",) * 4
    assert figures.select(pl.struct("breakdown_1", "breakdown_2").n_unique()).item() == 1
    receipts = {r["receipt_id"]: r for r in seed_receipts()}
    assert set(figures["receipt_id"]) == set(receipts)
    assert all(r["release_id"] and r["published_on"] and r["source_file"] for r in receipts.values())
    assert figures["source_row"].null_count() == 0
    assert set(figures["metric_id"]) <= set(load_catalogue().definitions)


def test_the_seed_shows_every_family_all_authorities_all_regions_and_england() -> None:
    figures = pl.read_parquet(SEED)
    definitions = load_catalogue().definitions
    families = {definitions[metric].family for metric in figures["metric_id"].unique()}
    assert {"outcomes_experiences", "identification", "value_for_money"} <= families
    assert figures["metric_id"].n_unique() >= 30
    plans = figures.filter((pl.col("metric_id") == "ehc_plans_count") & (pl.col("source") == "ehc_plans"))
    newest = plans.filter(pl.col("period_start") == plans["period_start"].max())
    codes = newest["geography_code"].to_list()
    assert len([c for c in codes if c[:3] in ("E06", "E08", "E09", "E10")]) == 153
    assert len([c for c in codes if c.startswith("E12")]) == 9
    assert newest.filter(pl.col("geography_code") == "E92000001")["value"].item() == 638_745


def test_the_seed_lands_once_as_receipts_of_the_original_files(settings: Settings) -> None:
    assert land_seed(settings) == len(seed_receipts())
    before = {p: p.stat().st_mtime_ns for p in published_dir(settings).rglob("*")}
    assert land_seed(settings) == 0
    assert {p: p.stat().st_mtime_ns for p in published_dir(settings).rglob("*")} == before
    receipts = read_receipts(settings)
    assert all(r["is_seed"] for r in receipts)
    landed = sum(pl.read_parquet(r["folder"] / "figures.parquet").height for r in receipts)
    assert landed == pl.read_parquet(SEED).height
    stored = json.loads((receipts[0]["folder"] / "receipt.json").read_text())
    assert stored["receipt_id"] == receipts[0]["receipt_id"]
