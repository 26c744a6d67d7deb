"""Every real file that there is: what becomes of each row, and the seed that comes of them."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.published.landing import read_receipts
from pipelines.published.load import load_paths
from pipelines.published.seed import MAX_BYTES, SEED, build_seed, seed_receipts
from tests.published.real_store import Everything

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every real file")]


def test_each_file_is_loaded_whole_or_out_of_scope_for_a_reason(everything: Everything) -> None:
    files = everything.report.files
    assert [f.file for f in files if f.read != f.loaded + f.refused + f.out_of_scope] == []
    assert [(f.file, f.problems) for f in files if f.refused or f.problems] == []
    outcomes = {f.file: f.outcome for f in files}
    assert set(outcomes.values()) == {"loaded", "out of scope"}
    assert [f.file for f in files if f.outcome == "out of scope" and not f.reason] == []
    loaded = [f for f in files if f.outcome == "loaded"]
    assert len(loaded) >= 78 and len({metric for f in loaded for metric in f.metrics}) >= 350


def test_the_same_files_again_change_nothing(everything: Everything, shared_data: Path) -> None:
    before = [(r["folder"], r["known_from"]) for r in read_receipts(everything.settings)]
    again = load_paths(everything.settings, [shared_data])
    assert {f.outcome for f in again.files} == {"already loaded", "out of scope"}
    assert [(r["folder"], r["known_from"]) for r in read_receipts(everything.settings)] == before


def test_an_older_release_is_known_from_its_own_date(figures: pl.DataFrame) -> None:
    of_2022 = figures.filter(pl.col("release_id") == "ehc_plans_2022")
    assert of_2022["known_from"].dt.strftime("%Y-%m-%d %H:%M").unique().to_list() == ["2022-05-12 09:30"]
    assert of_2022["source_file"].n_unique() == 4


def test_the_seed_is_what_the_files_give(everything: Everything, tmp_path: Path) -> None:
    rebuilt = tmp_path / "seed.parquet"
    built = build_seed(everything.settings, rebuilt)
    assert built["bytes"] <= MAX_BYTES == 8_000_000
    ours, committed = pl.read_parquet(rebuilt), pl.read_parquet(SEED)
    assert ours.sort(ours.columns).equals(committed.sort(ours.columns)), "run `inclusion published seed` and commit it"
    facts = ("receipt_id", "release_id", "dataset", "known_from", "published_on", "source_file", "rows")
    made, kept = (
        sorted(([r[name] for name in facts] for r in seed_receipts(seed)), key=str) for seed in (rebuilt, SEED)
    )
    assert made == kept
