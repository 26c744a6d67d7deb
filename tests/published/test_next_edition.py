"""Next year's file, read by this year's mapping: what still fits loads when asked to, all the rest is in one report."""

import csv
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines.published.drift import find_drift
from pipelines.published.landing import read_receipts
from pipelines.published.load import load_paths
from pipelines.published.mapping import mapping_for
from pipelines.published.problems import FileOutcome, LoadReport
from pipelines.published.tables import read_table
from pipelines.settings import Settings
from tests.published.releases import ENGLAND, HEADER, csv_of, mapping_of, place, timeliness_row

NAME = "timeliness_20_week.csv"
# Twelve authorities of different sizes: 30 plans of 40, 33 of 47, 36 of 54 …
AREAS = [f"E060000{n:02}" for n in range(1, 13)]


def edition(year: int, more: int = 0, **renamed: str) -> tuple[list[dict[str, str]], list[str]]:
    """Rows and header of one year, each area with `more` plans than its base; `renamed`: old column → new."""
    rows = [timeliness_row(ENGLAND, 4_000 + more, 8_000 + more, year)]
    rows += [timeliness_row(area, 30 + 3 * n + more, 40 + 7 * n + more, year) for n, area in enumerate(AREAS)]
    header = [renamed.get(column, column) for column in HEADER]
    return [{renamed.get(column, column): cell for column, cell in row.items()} for row in rows], header


def load(settings: Settings, folder: Path, rows: list[dict[str, str]], header: list[str], partial: bool) -> FileOutcome:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(csv_of(rows, header))
    (outcome,) = load_paths(settings, [folder / NAME], partial=partial).files
    return outcome


@pytest.mark.parametrize("partial", [False, True])
def test_next_year_loads_what_it_can_and_reports_the_rest(settings: Settings, tmp_path: Path, partial: bool) -> None:
    load(settings, tmp_path, *edition(2024), partial=False)
    rows, header = edition(
        2025,
        more=2,
        geographic_level="level_of_geography",
        new_la_code="la_code",
        plans_issued_20_weeks_ex="in_time_ex",
        plans_issued_den="everyone",
        pc_plans_issued_within_20_weeks="everyone_in_time_pc",
    )
    header.remove("plans_issued_gt_1_year_ex")
    header.append("waiting_lists")
    new_place = {**place(AREAS[0]), "new_la_code": "E06000099", "la_name": "Newshire"}
    new_place = {
        "level_of_geography": new_place.pop("geographic_level"),
        "la_code": new_place.pop("new_la_code"),
    } | new_place
    rows.append({**rows[1], **new_place})
    rows.append({**rows[2], "time_period": "202526"})
    rows.append({**rows[3], "breakdown_topic": "Sex", "breakdown": "Another way"})
    outcome = load(settings, tmp_path / "next", rows, header, partial)
    drift = outcome.drift
    assert drift is not None
    assert {r.column: (r.candidate, r.sure) for r in drift.renamed} == {
        # Told by what the cells hold, by the sum on each row, and by being near last year's (a suggestion only).
        "geographic_level": ("level_of_geography", True),
        "new_la_code": ("la_code", True),
        "plans_issued_20_weeks_ex": ("in_time_ex", True),
        "plans_issued_den": ("everyone", False),
        "pc_plans_issued_within_20_weeks": ("everyone_in_time_pc", False),
    }
    assert (drift.missing, drift.new_columns) == (["plans_issued_gt_1_year_ex"], ["waiting_lists"])
    assert drift.values == {"Sex: Another way": 1}
    (area,), (period,) = drift.areas, drift.periods
    assert area.startswith("'E06000099' (Newshire) at level Local authority: perhaps a new area")
    assert period == "'202526' as 'Calendar year': it has the form of academic year or financial year or reporting year"
    assert drift.lost == ["ehc_20wk_all_pct", "ehc_over_52wk_pct"]
    text = LoadReport([outcome]).as_text()
    assert "--partial reads 2 of the 4 metrics and breakdowns mapped; not:\n      ehc_20wk_all_pct\n" in text
    assert "        new_la_code: [la_code]\n" in text
    assert (outcome.read, outcome.out_of_scope) == (16, 1)
    if partial:
        assert (outcome.outcome, outcome.loaded, outcome.refused) == ("loaded in part", 13, 2)
        figures = pl.read_parquet(read_receipts(settings)[-1]["folder"] / "figures.parquet")
        first = figures.filter((pl.col("geography_code") == AREAS[0]) & (pl.col("metric_id") == "ehc_20wk_pct"))
        assert first.select("numerator", "denominator").rows() == [(32, 42)]
        assert set(figures["metric_id"]) == {"ehc_20wk_pct", "ehc_20_to_52wk_pct"}
    else:
        assert (outcome.outcome, outcome.loaded, len(read_receipts(settings))) == ("refused", 0, 1)


def test_the_lines_the_report_gives_are_all_the_mapping_needs(settings: Settings, tmp_path: Path) -> None:
    """Pasted into the mapping, they make the file whole: the rename is read, and the file loads strictly."""
    load(settings, tmp_path, *edition(2024), partial=False)
    rows, header = edition(2025, more=1, plans_issued_den="everyone", time_period="period", la_name="authority")
    outcome = load(settings, tmp_path / "next", rows, header, partial=False)
    assert outcome.drift is not None
    lines = [line.removeprefix("      ") for line in outcome.drift.lines()]
    renamed = yaml.safe_load("\n".join(lines[lines.index("renamed:") :]))["renamed"]
    assert renamed == {"plans_issued_den": ["everyone"], "time_period": ["period"], "la_name": ["authority"]}
    mapping = mapping_for("ehc_timeliness").model_copy(update={"renamed": renamed})
    table = read_table((tmp_path / "next" / NAME).read_bytes(), mapping, NAME)
    assert not find_drift(table, mapping, NAME, read_receipts(settings))


def test_a_file_that_fits_reports_no_drift_and_a_column_of_before_is_not_new(
    settings: Settings, tmp_path: Path
) -> None:
    rows, header = edition(2024)
    assert not load(settings, tmp_path, rows, [*header, "extra"], partial=False).drift
    rows, header = edition(2025)
    again = load(settings, tmp_path / "next", rows, [*header, "Extra", "fresh"], partial=False)
    assert again.outcome == "loaded" and again.drift is not None
    assert again.drift.lines() == ["  Where the file differs from ehc_timeliness.yaml:",
                                   "    new column, mapped by nobody: fresh"]  # fmt: skip


def test_two_columns_that_could_be_it_are_not_guessed_between(settings: Settings, tmp_path: Path) -> None:
    rows, header = edition(2024, new_la_code="la_code")
    twice = [{**row, "authority_code": row["la_code"]} for row in rows]
    outcome = load(settings, tmp_path, twice, [*header, "authority_code"], partial=True)
    assert outcome.outcome == "refused" and outcome.drift is not None
    assert not outcome.drift.sure


def test_words_and_chosen_rows_are_told_by_their_cells() -> None:
    """Columns of words (yes and no), of rows to choose from, and of a dimension, each under another name."""
    mapping = mapping_of(
        {"id": "officer", "value": "in_post", "codes": {"yes": 1, "no": 0}},
        {"id": "absent", "value": "value", "where": {"plan": "EHC plan", "what": ["Absence"]}},
        totals=[], topics={}, keep={"phase": ["Total"]}, dimensions=[{"column": "gender", "breakdown": "sex"}],
    )  # fmt: skip
    rows = [
        {"time_period": "2025", "time_identifier": "Calendar year", **place(area), "medical officer": answer,
         "value": "4", "provision": provision, "indicator": "Absence", "school": "Total", "pupils": sex}
        for area in AREAS for answer, provision, sex in (("Yes", "EHC plan", "Total"), ("No", "SEN support", "Female"))
    ]  # fmt: skip
    drift = find_drift(read_table(csv_of(rows, list(rows[0])), mapping, "plans.csv"), mapping, "plans.csv", [])
    # `pupils` alone splits the rows; after that `school` alone holds the value that is kept.
    assert drift.sure == {
        "in_post": "medical officer", "plan": "provision", "what": "indicator", "gender": "pupils", "phase": "school",
    }  # fmt: skip
    assert (drift.lost, drift.missing) == ([], [])


@pytest.mark.slow
def test_a_real_release_a_year_on(settings: Settings, tmp_path: Path, shared_data: Path) -> None:
    """Primary need by plan: autism and the area under new names, a new need, an authority under a new code."""
    path = shared_data / "ehcp_2025" / "sen_needs_all_plans.csv"
    load_paths(settings, [path])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {"number_asd": "autism", "asd_pc": "autism_percent", "new_la_code": "la_gss", "geographic_level": "level",
             "number_vi": "vision"}  # fmt: skip
    for row in rows:
        row["time_period"] = "202526"
        row["new_la_code"] = row["new_la_code"].replace("E10000030", "E06000067")  # Surrey, reorganised
        row |= {"number_downs": row["number_msi"], "downs_pc": row["msi_pc"]}
    renamed = [{names.get(name, name): cell for name, cell in row.items()} for row in rows]
    (tmp_path / path.name).write_bytes(csv_of(renamed, list(renamed[0])))
    (outcome,) = load_paths(settings, [tmp_path / path.name], partial=True).files
    drift = outcome.drift
    assert drift is not None
    assert {r.column: r.candidate for r in drift.renamed} == names
    assert drift.sure == {c: names[c] for c in ("new_la_code", "geographic_level", "number_vi")}
    assert (drift.new_columns, drift.missing) == (["number_downs", "downs_pc"], [])
    assert sum(drift.areas.values()) == sum(row["new_la_code"] == "E06000067" for row in rows) == outcome.refused > 50
    assert [name for name in drift.lost if "asd" not in name] == []
    assert (outcome.outcome, outcome.release_id) == ("loaded in part", "ehc_plans_2026")
    figures = pl.read_parquet(read_receipts(settings)[-1]["folder"] / "figures.parquet")
    vision = figures.filter(
        (pl.col("metric_id") == "ehc_plans_by_need_count") & (pl.col("value_1") == "vi")
        & (pl.col("geography_code") == ENGLAND) & (pl.col("value_2") == "total")
    )  # fmt: skip
    england = next(row for row in rows if row["geographic_level"] == "National" and row["breakdown"] == "All EHC plans")
    assert vision["value"].to_list() == [float(england["number_vi"])]
