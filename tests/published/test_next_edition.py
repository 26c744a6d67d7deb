"""Next year's file, read by this year's mapping: what still fits loads when asked to, all the rest is in one report."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.published.drift import find_drift
from pipelines.published.geography import load_areas
from pipelines.published.landing import read_receipts
from pipelines.published.load import load_paths
from pipelines.published.mapping import Mapping, mapping_for
from pipelines.published.problems import LoadReport
from pipelines.published.tables import read_table
from pipelines.published.text_table import TextTable
from pipelines.settings import Settings
from tests.published.editions import AREAS, NAME, edition, load
from tests.published.made_up import ODD_CELLS, as_ods
from tests.published.releases import ENGLAND, HEADER, csv_of, place, small_release
from tests.published.test_any_file import steady


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


def test_a_new_value_is_named_whatever_signs_it_holds(settings: Settings, tmp_path: Path) -> None:
    rows, header = edition(2024)
    for n, value in enumerate(["Children's home", 'So-called "home"', "'Home' is \"home\""], start=1):
        rows += [{**row, "breakdown_topic": "Sex", "breakdown": value} for row in rows[1 : n + 1]]
    outcome = load(settings, tmp_path, rows, header, partial=False)
    assert outcome.drift is not None
    assert outcome.drift.values == {
        "Sex: 'Home' is \"home\"": 3, "Sex: So-called \"home\"": 2, "Sex: Children's home": 1,
    }  # fmt: skip
    assert "    new value, not in breakdowns.yaml: Sex: Children's home (1 row)" in outcome.drift.lines()


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


def test_a_column_of_any_earlier_edition_is_not_new(settings: Settings, tmp_path: Path) -> None:
    for year, more in ((2022, ["extra"]), (2023, []), (2024, ["extra"])):
        rows, header = edition(year)
        outcome = load(settings, tmp_path / f"{year}", rows, [*header, *more], partial=False)
        assert outcome.outcome == "loaded"
    assert outcome.drift is not None and outcome.drift.new_columns == []


def test_columns_under_a_header_of_periods_are_the_same_the_next_year(settings: Settings, tmp_path: Path) -> None:
    for year in (2021, 2022):
        rows = [
            ["Local Authority", f"{year}", "", "", ""],
            ["", "Appeals registered", "Total Appealable Decisions", "SEND Tribunal Appeal Rate", "Notes"],
        ]
        rows += [[load_areas().names[area], "5", "200", "0.025", "-"] for area in AREAS]  # fmt: skip
        path = tmp_path / f"send_appeal_rate_table_{year}.ods"
        path.write_bytes(as_ods({"SEND_2": rows}))
        (outcome,) = load_paths(settings, [path]).files
        assert outcome.outcome == "loaded", LoadReport([outcome]).as_text()
    assert "notes" in outcome.columns
    assert not outcome.drift


def test_a_file_is_parsed_once_and_again_only_for_a_column_that_is_filled_down(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counting(content: bytes, mapping: Mapping, file: str) -> TextTable:
        parsed.append(file)
        return read_table(content, mapping, file)

    monkeypatch.setattr("pipelines.published.load.read_table", counting)
    outcome = load(settings, tmp_path / "one", *edition(2024, new_la_code="la_code"), partial=True)
    assert (outcome.loaded, len(parsed)) == (13, 1)
    # An authority is named once for its two rows, in a column of another name than last year.
    filled = mapping_for("ehc_timeliness").model_copy(update={"fill_down": ["new_la_code"]})
    monkeypatch.setattr("pipelines.published.load.mapping_of", lambda _: filled)
    rows, header = edition(2025, new_la_code="la_code")
    rows += [{**rows[-1], "time_period": "2024", "la_code": ""}]
    outcome = load(settings, tmp_path / "two", rows, header, partial=True)
    assert (outcome.loaded, outcome.refused, len(parsed)) == (14, 0, 3)


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


@steady(80)
@given(
    st.dictionaries(
        st.sampled_from(HEADER), st.sampled_from(["", "fresh", "la_code", "plans_issued_den", "Level"]), max_size=6
    ),
    st.sets(st.sampled_from(HEADER), max_size=5),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(HEADER), ODD_CELLS), max_size=8),
)
@example(dict.fromkeys(HEADER, ""), set(), [])
def test_drift_of_any_edition_is_told_without_a_traceback(
    renamed: dict[str, str], dropped: set[str], cells: list[tuple[int, str, str]]
) -> None:
    rows = small_release()
    for row, column, cell in cells:
        rows[row][column] = cell
    kept = [column for column in HEADER if column not in dropped]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([renamed.get(column, column) for column in kept])
    writer.writerows([[row[column] for column in kept] for row in rows])
    mapping = mapping_for("ehc_timeliness")
    table = read_table(stream.getvalue().encode(), mapping, "plans.csv")
    if table.faults:
        return
    drift = find_drift(table, mapping, "plans.csv", [])
    missing = {r.column for r in drift.renamed} | set(drift.missing)
    present = {spelt.casefold() for spelt in table.spelling.values()}
    assert not {c.casefold() for c in missing} & present
    assert len({r.candidate for r in drift.renamed}) == len(drift.renamed)
    assert {r.candidate.casefold() for r in drift.renamed} <= set(table.frame.columns) | present
    assert len(drift.lines()) < 80
