"""EES files in: packaging, symbols, areas, periods, repeats, and what the figures become."""

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.published.landing import published_dir
from pipelines.published.load import load_paths
from pipelines.published.mapping import load_mappings
from pipelines.published.problems import FileOutcome
from pipelines.settings import Settings
from tests.published.releases import (
    BARNSLEY,
    BARNSLEY_BEFORE,
    ENGLAND,
    HARTLEPOOL,
    HEADER,
    INNER_LONDON,
    LEEDS,
    LONDON,
    csv_of,
    small_release,
    timeliness_row,
)


def load(settings: Settings, path: Path, **options: bool) -> FileOutcome:
    (outcome,) = load_paths(settings, [path], **options).files  # type: ignore[arg-type]
    return outcome


def load_rows(settings: Settings, tmp_path: Path, rows: list[dict[str, str]]) -> FileOutcome:
    path = tmp_path / "timeliness_20_week.csv"
    path.write_bytes(csv_of(rows))
    return load(settings, path)


def landed(settings: Settings, metric: str = "ehc_20wk_pct") -> pl.DataFrame:
    files = sorted(published_dir(settings).rglob("figures.parquet"))
    return pl.concat(pl.read_parquet(f) for f in files).filter(pl.col("metric_id") == metric)


def one(figures: pl.DataFrame, area: str) -> dict[str, object]:
    return figures.row(by_predicate=pl.col("geography_code") == area, named=True)


def test_every_row_is_loaded_or_out_of_scope_and_the_figures_carry_their_counts(
    settings: Settings, tmp_path: Path
) -> None:
    female = {"breakdown_topic": "Sex", "breakdown": "Female"}
    rows = [
        *small_release(),
        timeliness_row(HARTLEPOOL, 9, 10, **female),
        timeliness_row(HARTLEPOOL, 9, 10, **female | {"breakdown": "Left-handed"}),
        timeliness_row(HARTLEPOOL, geographic_level="Parliamentary constituency"),
        timeliness_row(HARTLEPOOL, new_la_code="z", la_name="Outside of England"),
        timeliness_row(LEEDS, 20, 80),
    ]
    outcome = load_rows(settings, tmp_path, rows)
    assert (outcome.outcome, outcome.release_id) == ("loaded", "ehc_plans_2025")
    assert (outcome.read, outcome.loaded, outcome.refused, outcome.out_of_scope) == (9, 5, 0, 4)
    assert outcome.out_of_scope_reasons == {
        "geographic level Parliamentary constituency is not used": 1,
        "the publisher gives no area (Outside of England)": 1,
        "breakdown 'Sex' with value 'Left-handed' is not in breakdowns.yaml": 1,
        "the row repeats an earlier one": 1,
    }
    assert outcome.figures == 20  # five rows, four metrics
    figure = one(landed(settings).filter(pl.col("value_1") == "total"), HARTLEPOOL)
    assert (figure["numerator"], figure["denominator"], figure["value"]) == (30, 40, 75)
    # Wilson by hand: p 0.75, n 40, z 1.95996.
    assert figure["interval_method"] == "wilson"
    assert (figure["lower"], figure["upper"]) == pytest.approx((59.81, 85.81), abs=0.005)
    assert (figure["period_start"], figure["period_end"]) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (figure["source_file"], figure["source_row"]) == ("timeliness_20_week.csv", 4)
    assert figure["source_column"] == "plans_issued_20_weeks_ex / plans_issued_den_ex"
    broken_down = landed(settings).filter(pl.col("breakdown_1") == "sex")
    assert broken_down.select("value_1", "value").rows() == [("female", 90.0)]


CSV = csv_of(small_release())


def _zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("timeliness_20_week.csv", CSV.removeprefix(b"\xef\xbb\xbf")),
        ("Timeliness_20_Week_2025.CSV", CSV),
        ("timeliness_20_week.csv", CSV.replace(b"\n", b"\r\n")),
        ("timeliness_20_week.csv", CSV.replace(b"\n", b"\r").rstrip(b"\r")),
        ("timeliness_20_week.csv", CSV.decode("utf-8-sig").encode("utf-16")),
        ("timeliness_20_week.csv", CSV.replace(b"time_period", b"Time_Period").replace(b"PC_plans", b"pc_PLANS")),
        ("timeliness_20_week.csv", CSV.replace(b"North East", b'"North\nEast"')),
        ("timeliness_20_week.csv.gz", gzip.compress(CSV)),
        ("release.zip", _zip({"data/timeliness_20_week.csv": CSV, "data/timeliness_20_week.meta.csv": b"col_name\n"})),
        ("release.csv.gz", _zip({"data/timeliness_20_week.csv.gz": gzip.compress(CSV)})),
    ],
    ids=["no BOM", "odd case of name", "CRLF", "CR", "UTF-16", "odd case of columns", "line break in a cell", "gz",
         "zip", "zip under another name, gz inside"],
)  # fmt: skip
def test_the_same_table_gives_the_same_figures_however_it_is_packed(
    settings: Settings, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    report = load_paths(settings, [tmp_path / name])
    assert report.ok and len(report.landed) == 1, report.as_text()
    figures = landed(settings).sort("source_row")
    assert figures.select("source_row", "geography_code", "value").rows() == [
        (2, ENGLAND, 50.0),
        (3, "E12000001", 60.0),
        (4, HARTLEPOOL, 75.0),
        (5, LEEDS, 25.0),
    ]


@pytest.mark.parametrize(
    ("symbol", "status", "reason"),
    [
        ("c", "suppressed", "published as c: suppressed to protect confidentiality"),
        ("x", "unavailable", "published as x: not available"),
        ("Z", "not_applicable", "published as z: not applicable"),
        ("k", "low", "published as k: more than zero, but rounds to zero"),
        ("low", "low", "published as low: more than zero, but rounds to zero"),
        ("~", "low", "published as ~: more than zero, but rounds to zero"),
        ("u", "unreliable", "published as u: too unreliable to publish"),
        ("", "unavailable", "left blank by the publisher"),
    ],
)
def test_a_symbol_is_a_status_with_its_reason_and_never_a_number(
    settings: Settings, tmp_path: Path, symbol: str, status: str, reason: str
) -> None:
    cells = dict.fromkeys(["plans_issued_20_weeks_ex", "PC_plans_issued_20_weeks_ex"], symbol)
    assert load_rows(settings, tmp_path, small_release(**cells)).outcome == "loaded"
    figure = one(landed(settings), LEEDS)
    assert (figure["status"], figure["status_reason"]) == (status, reason)
    assert (figure["value"], figure["lower"], figure["upper"], figure["interval_method"]) == (None, None, None, "none")
    # Only the figures of that cell are held back.
    assert one(landed(settings, "ehc_20wk_all_pct"), LEEDS)["value"] == 25.0


def test_counts_that_do_not_give_the_published_percentage_stand_back_for_it(settings: Settings, tmp_path: Path) -> None:
    outcome = load_rows(settings, tmp_path, small_release(PC_plans_issued_20_weeks_ex="31.4"))
    (note,) = outcome.warnings
    assert "in 1 figure:" in note
    figure = one(landed(settings), LEEDS)
    assert (figure["value"], figure["quality_flags"], figure["status"]) == (31.4, "counts_disagree", "shown")
    assert (figure["numerator"], figure["denominator"], figure["interval_method"]) == (None, None, "none")
    rounding = landed(settings, "ehc_20wk_all_pct")
    assert rounding["quality_flags"].unique().to_list() == [""]


def test_impossible_counts_are_unreliable_and_an_empty_denominator_is_nothing_to_measure(
    settings: Settings, tmp_path: Path
) -> None:
    rows = small_release(plans_issued_20_weeks_ex="90", PC_plans_issued_20_weeks_ex="112.5")
    rows[2] |= {"plans_issued_20_weeks_ex": "0", "plans_issued_den_ex": "0", "PC_plans_issued_20_weeks_ex": "z"}
    load_rows(settings, tmp_path, rows)
    wrong = one(landed(settings), LEEDS)
    assert (wrong["value"], wrong["status"], wrong["numerator"]) == (None, "unreliable", None)
    none = one(landed(settings), HARTLEPOOL)
    assert (none["value"], none["status"]) == (None, "not_applicable")


def test_an_area_that_changed_its_code_keeps_one_and_reorganised_areas_keep_theirs(
    settings: Settings, tmp_path: Path
) -> None:
    cumbria, cumberland = "E10000006", "E06000063"
    rows = [
        timeliness_row(BARNSLEY_BEFORE, 10, 20, 2023),
        timeliness_row(BARNSLEY, 12, 20, 2024),
        timeliness_row(cumbria, 5, 20, 2022),
        timeliness_row(cumberland, 6, 20, 2024),
        timeliness_row(LONDON, 50, 100),
        timeliness_row(INNER_LONDON, 20, 40),
    ]
    outcome = load_rows(settings, tmp_path, rows)
    assert (outcome.loaded, outcome.refused) == (6, 0)
    found = landed(settings).sort("source_row")
    assert found["geography_code"].to_list() == [BARNSLEY, BARNSLEY, cumbria, cumberland, LONDON, INNER_LONDON]


def test_a_renamed_column_is_read_once_its_mapping_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "timeliness_20_week.csv"
    path.write_bytes(CSV.replace(b"plans_issued_den_ex", b"plans_issued_denom_ex"))
    refused = load(settings, path)
    missing = next(p for p in refused.problems if p.column == "plans_issued_den_ex")
    assert missing.row == 1
    assert "the closest is plans_issued_denom_ex" in missing.found
    assert "under `renamed: plans_issued_den_ex:` in ehc_timeliness.yaml" in missing.do

    renamed = {"renamed": {"plans_issued_den_ex": ["plans_issued_denom_ex"]}}
    mappings = tuple(m.model_copy(update=renamed) if m.dataset == "ehc_timeliness" else m for m in load_mappings())
    monkeypatch.setattr("pipelines.published.file_names.load_mappings", lambda: mappings)
    assert load(settings, path).outcome == "loaded"
    assert one(landed(settings), LEEDS)["value"] == 25.0


def test_columns_that_are_not_mapped_may_have_any_name(settings: Settings, tmp_path: Path) -> None:
    odd = ["period_start", "mark", "code", "name", "value_1", "_row", "n:plans_issued_den", "geography_code"]
    path = tmp_path / "timeliness_20_week.csv"
    path.write_bytes(csv_of([row | dict.fromkeys(odd, "7") for row in small_release()], HEADER + odd))
    assert load(settings, path).outcome == "loaded"
    assert one(landed(settings), LEEDS)["period_start"] == date(2024, 1, 1)


def test_two_rows_that_give_one_figure_two_values_are_both_refused(settings: Settings, tmp_path: Path) -> None:
    outcome = load_rows(settings, tmp_path, [*small_release(), timeliness_row(LEEDS, 21, 80)])
    assert [(p.row, p.rule) for p in outcome.problems] == [
        (5, "Two rows give one figure different values"),
        (6, "Two rows give one figure different values"),
    ]
    assert "as row 5" in outcome.problems[1].found


def test_the_receipt_says_what_the_report_says(settings: Settings, tmp_path: Path) -> None:
    outcome = load_rows(settings, tmp_path, small_release())
    (file,) = published_dir(settings).glob("*/*/*/receipt.json")
    receipt = json.loads(file.read_text())
    assert receipt["rows"] == {"read": 4, "loaded": 4, "refused": 0, "out_of_scope": 0}
    assert receipt["receipt_id"] == outcome.receipt_id
    assert receipt["known_from"] == "2025-06-26T09:30:00"
    assert (receipt["release_id"], receipt["mapping_id"]) == ("ehc_plans_2025", "ehc_timeliness.yaml")


def test_blank_rows_count_and_do_not_shift_the_row_numbers(settings: Settings, tmp_path: Path) -> None:
    lines = CSV.split(b"\n")
    blank = b"," * (len(HEADER) - 1)
    path = tmp_path / "timeliness_20_week.csv"
    path.write_bytes(b"\n".join([*lines[:3], blank, b"", *lines[3:]]))
    outcome = load(settings, path)
    assert (outcome.read, outcome.loaded, outcome.out_of_scope_reasons) == (6, 4, {"the row is blank": 2})
    assert one(landed(settings), LEEDS)["source_row"] == 7
