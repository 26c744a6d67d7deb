"""The long file of the local authority interactive tool, as CSV and as Parquet."""

import io
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.published.geography import SEEDS
from pipelines.published.landing import published_dir
from pipelines.published.load import load_paths
from pipelines.published.problems import FileOutcome
from pipelines.settings import Settings
from tests.published.releases import BARNSLEY, ENGLAND, INNER_LONDON, LEEDS, LONDON

COLUMNS = ["Short Desc", "Years", "LA and Regions", "LA Number", "Values"]
TWENTY_WEEKS = "SEN_EHC_Excpt_20wks"
ROWS = [
    (TWENTY_WEEKS, "2024", "England", "970", "46.4"),
    (TWENTY_WEEKS, "2024", "Leeds", "383", "14.150000000000002"),
    (TWENTY_WEEKS, "2024", "Barnsley", "370", "c"),
    (TWENTY_WEEKS, "2024", "Bradford", "380", "1,234.5"),
    (TWENTY_WEEKS, "0", "Leeds", "383", ""),
    ("SOMETHING_ELSE", "2024", "Leeds", "383", "banana"),
    ("SENFinance", "2024-25 (OT)", "Leeds", "383", "115"),
    (TWENTY_WEEKS, "2024", "Dorset (Pre LGR 2019)", "835", "x"),
    (TWENTY_WEEKS, "2024", "Leeds", "383", "14.150000000000002"),
]


def load(settings: Settings, tmp_path: Path, rows: list[tuple[str, ...]], kind: str) -> FileOutcome:
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    path = tmp_path / f"bds_long_0.{kind}"
    if kind == "parquet":
        frame.with_columns(pl.col("LA Number").cast(pl.Float64)).write_parquet(path)
    else:
        frame.write_csv(path)
    (outcome,) = load_paths(settings, [path]).files
    return outcome


def landed(settings: Settings) -> pl.DataFrame:
    (file,) = published_dir(settings).rglob("figures.parquet")
    return pl.read_parquet(file).sort("source_row")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_row_is_accounted_for(settings: Settings, tmp_path: Path, kind: str) -> None:
    outcome = load(settings, tmp_path, ROWS, kind)
    assert (outcome.outcome, outcome.release_id) == ("loaded", "lait_2026_04")
    assert (outcome.read, outcome.loaded, outcome.refused) == (9, 5, 0)
    assert outcome.out_of_scope_reasons == {
        "the indicator is not mapped": 1,
        "the year is the placeholder 0": 1,
        "no figure, and the area did not exist in the period": 1,
        "the row repeats an earlier one": 1,
    }
    wanted = ["source_row", "metric_id", "geography_code", "period_type", "period_end", "value", "status"]
    assert landed(settings).select(wanted).rows() == [
        (2, "ehc_20wk_pct", ENGLAND, "calendar_year", date(2024, 12, 31), 46.4, "shown"),
        (3, "ehc_20wk_pct", LEEDS, "calendar_year", date(2024, 12, 31), 14.15, "shown"),
        (4, "ehc_20wk_pct", BARNSLEY, "calendar_year", date(2024, 12, 31), None, "suppressed"),
        # A percentage over 100 is not shown, and says what was published.
        (5, "ehc_20wk_pct", "E08000032", "calendar_year", date(2024, 12, 31), None, "unreliable"),
        (8, "sen_weekly_unit_cost_gbp", LEEDS, "financial_year", date(2025, 3, 31), 115.0, "shown"),
    ]
    finance = landed(settings).row(-1, named=True)
    assert (finance["quality_flags"], finance["interval_method"]) == ("outturn", "none")
    assert finance["source_column"] == "Values where Short Desc is SENFinance"


def test_london_as_a_whole_and_its_halves_are_three_areas(settings: Settings, tmp_path: Path) -> None:
    areas = pl.read_csv(SEEDS / "wider_areas.csv", infer_schema=False)
    numbers = {
        code: next(a for a in aliases.split(";") if a.isdigit())
        for code, aliases in areas.filter(pl.col("geography_code").is_in([LONDON, INNER_LONDON]))
        .select("geography_code", "aliases")
        .rows()
    }
    rows = [
        (TWENTY_WEEKS, "2024", "London", numbers[LONDON], "50"),
        (TWENTY_WEEKS, "2024", "Inner London", numbers[INNER_LONDON], "60"),
    ]
    assert load(settings, tmp_path, rows, "csv").loaded == 2
    assert dict(landed(settings).select("geography_code", "value").rows()) == {LONDON: 50.0, INNER_LONDON: 60.0}


def test_wrong_cells_are_named_with_their_row_and_column(settings: Settings, tmp_path: Path) -> None:
    rows = [
        (TWENTY_WEEKS, "2024", "England", "970", "46.4"),
        (TWENTY_WEEKS, "2024", "Leeds", "999", "50"),
        (TWENTY_WEEKS, "2024/26", "Leeds", "383", "50"),
        (TWENTY_WEEKS, "2024", "Leeds", "383", "<5"),
        (TWENTY_WEEKS, "2023", "Leeds", "383", "50"),
        (TWENTY_WEEKS, "2023", "Leeds", "383", "51"),
    ]
    outcome = load(settings, tmp_path, rows, "parquet")
    assert outcome.outcome == "refused"
    found = {(p.row, p.column, p.rule) for p in outcome.problems}
    assert found == {
        (3, "LA Number", "The area code is not recognised"),
        (4, "Years", "The period is not recognised"),
        (5, "Values", "Text where a number belongs"),
        (6, None, "Two rows give one figure different values"),
        (7, None, "Two rows give one figure different values"),
    }
    hint = next(p.do for p in outcome.problems if p.row == 3)
    assert "'Leeds' is known to us as E08000035" in hint
    assert list(published_dir(settings).rglob("*")) == []


def test_parquet_that_is_torn_nested_or_ambiguous_is_refused_without_a_traceback(
    settings: Settings, tmp_path: Path
) -> None:
    stream = io.BytesIO()
    pl.DataFrame(ROWS, schema=COLUMNS, orient="row").write_parquet(stream)
    whole = stream.getvalue()
    nested, twice = io.BytesIO(), io.BytesIO()
    pl.DataFrame({"Values": [{"a": [1]}], "Years": ["2024"]}).write_parquet(nested)
    pl.DataFrame({"Values": ["1"], "values": ["2"]}).write_parquet(twice)
    for content in (whole[:-100], whole[: len(whole) // 2], b"PAR1", b"PAR1" + bytes(500) + b"PAR1",
                    nested.getvalue(), twice.getvalue()):  # fmt: skip
        path = tmp_path / "bds_long_0.parquet"
        path.write_bytes(content)
        (outcome,) = load_paths(settings, [path]).files
        assert outcome.outcome == "refused"
        assert outcome.problems and all(p.do for p in outcome.problems)


def test_a_later_compilation_is_a_release_of_its_own(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, ROWS, "csv")
    path = tmp_path / "bds_long_1.csv"
    pl.DataFrame(ROWS[:2], schema=COLUMNS, orient="row").write_csv(path)
    (outcome,) = load_paths(settings, [path], published_on=datetime(2026, 9, 1, 9, 30)).files
    assert outcome.release_id == "lait_2026_09"


def test_one_number_for_every_area_is_withheld_in_its_year_alone(settings: Settings, tmp_path: Path) -> None:
    moves, refused = "Stability_School", "EHCP_Initial_req_refused"
    rows = [
        (moves, "2018", "England", "970", "12"),
        (moves, "2018", "Leeds", "383", "12"),
        (moves, "2022", "Leeds", "383", "12"),
        (refused, "2021", "St. Helens", "342", "0"),
        (refused, "2021", "Leeds", "383", "20"),
    ]
    load(settings, tmp_path, rows, "csv")
    found = landed(settings)
    assert found["value"].to_list() == [None, None, 12, None, 20]
    assert found["status"].to_list() == ["unreliable", "unreliable", "shown", "unreliable", "shown"]
    assert "107 of its 359" in found["status_reason"][3]
