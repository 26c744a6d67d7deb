"""The real files against what the pipeline publishes: read here with csv and polars alone, figure by figure."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.publish.reader import current_version, open_version
from pipelines.published.load import load_paths
from pipelines.published.seed import SEED, seed_receipts
from pipelines.run import run_pipeline
from pipelines.settings import Settings
from tests.published.real_store import RealStore, number

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real releases")]

ENGLAND, NORTH_WEST = "E92000001", "E12000002"
# The same areas under new codes: Barnsley, Sheffield, North Yorkshire, Somerset, Buckinghamshire.
RECODED = {
    "E08000016": "E08000038",
    "E08000019": "E08000039",
    "E10000023": "E06000065",
    "E10000027": "E06000066",
    "E10000002": "E06000060",
}
# Published code → our code.
PLACES = {
    ENGLAND: ENGLAND,
    NORTH_WEST: NORTH_WEST,
    "E06000001": "E06000001",
    "E08000035": "E08000035",
    "E08000016": RECODED["E08000016"],
}
CALENDAR, CENSUS = "calendar_year", "january_census"
# file, metric, period type, numerator columns, denominator columns, the publisher's percentage
SHARES = [
    ("timeliness_20_week.csv", "ehc_20wk_pct", CALENDAR, ["plans_issued_20_weeks_ex"], ["plans_issued_den_ex"],
     "PC_plans_issued_20_weeks_ex"),
    ("timeliness_20_week.csv", "ehc_over_52wk_pct", CALENDAR, ["plans_issued_gt_1_year_ex"], ["plans_issued_den_ex"],
     "PC_plans_issued_gt_1_year_ex"),
    ("requests.csv", "ehc_request_refusal_pct", CALENDAR, ["requests_decided_not_to_assess"],
     ["requests_received_in_year"], "request_not_assess_pc"),
    ("requests.csv", "ehc_decision_6wk_pct", CALENDAR, ["request_outcome_six_weeks"],
     ["request_outcome_six_weeks", "request_outcome_over_6_weeks"], "request_outcome_six_weeks_pc"),
    ("caseload.csv", "plans_mainstream_pct", CENSUS, ["mainstream_total"], ["ehcplans"], "mainstream_total_pc"),
    ("annual_reviews.csv", "annual_review_in_time_pct", CALENDAR, ["review_meeting_24"], ["review_expected"], None),
]  # fmt: skip
COUNTS = [
    ("caseload.csv", "ehc_plans_count", CENSUS, "ehcplans"),
    ("caseload.csv", "ehc_plans_ap_count", CENSUS, "ap_pru_total"),
    ("requests.csv", "ehc_requests_count", CALENDAR, "requests_received_in_year"),
    ("assessments.csv", "ehc_assessments_count", CALENDAR, "assess_in_year"),
]
# LAIT indicator → metric, period type; years are named by the year they end in
INDICATORS = {
    "SEN_EHC_Excpt_20wks": ("ehc_20wk_pct", CALENDAR),
    "EHCP_Initial_req_refused": ("ehc_request_refusal_pct", CALENDAR),
    "SEN_CASES_JAN": ("ehc_plans_count", CENSUS),
    "SpecPerAbNew": ("persistent_absence_special_pct", "academic_year"),
    "Age19_SEN-S_L3": ("l3_by19_ehc_pct", "academic_year"),
    "SENFinance": ("sen_weekly_unit_cost_gbp", "financial_year"),
}
LAIT_NAMES = {"England": ENGLAND, "North West": NORTH_WEST, "Hartlepool": "E06000001", "Leeds": "E08000035",
              "Barnsley": "E08000038"}  # fmt: skip
NUMBER = r"^-?[\d,]+\.?\d*$"


@pytest.fixture(scope="session")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStore]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("real"))
    report = load_paths(settings, [shared_data / "ehcp_2025", shared_data / "lait"])
    run_pipeline(settings)
    yield RealStore(settings, report, shared_data)
    shutil.rmtree(settings.data_dir)


def ending(code: str) -> int:
    """The year that 2025, 202425, 2024/25 and `2024-25 (OT)` end in: 2025."""
    return int(code[:4]) + (len(code) > 4 and code[4] != " ")


Answers = dict[tuple[str, str, str, int], dict[str, str]]


def answers(real: RealStore, source: str, metrics: list[str]) -> Answers:
    """What `inclusion sql` says for the places: (metric, area, period type, year it ends in) → row."""
    listed = ", ".join(f"'{m}'" for m in metrics)
    places = ", ".join(f"'{code}'" for code in PLACES.values())
    found = real.sql(
        "SELECT metric_id, geography_code, period_type, year(period_end) AS year, value, status, quality_flags "
        f"FROM fct_metric_current WHERE source = '{source}' AND breakdown_1 = 'total' AND breakdown_2 = 'total' "
        f"AND metric_id IN ({listed}) AND geography_code IN ({places})"
    )
    rows = {(r["metric_id"], r["geography_code"], r["period_type"], int(r["year"])): r for r in found}
    assert len(rows) == len(found)
    return rows


def test_every_row_of_the_real_files_is_accounted_for_and_none_is_refused(real: RealStore) -> None:
    assert real.report.ok, real.report.as_text()
    by_name = {f.file.split("/")[-1]: f for f in real.report.files}
    for name, outcome in by_name.items():
        assert outcome.read == outcome.loaded + outcome.refused + outcome.out_of_scope, name
        assert outcome.refused == 0, name
    with (real.data / "ehcp_2025" / "requests.csv").open(encoding="utf-8-sig") as file:
        assert by_name["requests.csv"].read == sum(1 for _ in file) - 1
    lait = pl.read_parquet(real.data / "lait" / "bds_long_0.parquet")
    assert by_name["bds_long_0.parquet"].read == lait.height == 641_070
    assert by_name["data-guidance.txt"].outcome == "out of scope"
    assert by_name["sn_may_2025.xlsx"].outcome == "out of scope"


def test_the_figures_the_publication_prints(real: RealStore) -> None:
    found = answers(real, "ehc_plans", [*{m for _, m, *_ in SHARES}, *{m for _, m, *_ in COUNTS}])
    assert round(float(found["ehc_20wk_pct", ENGLAND, CALENDAR, 2024]["value"]), 1) == 46.4
    assert float(found["ehc_plans_count", ENGLAND, CENSUS, 2025]["value"]) == 638_745
    assert float(found["ehc_requests_count", ENGLAND, CALENDAR, 2024]["value"]) == 154_489
    assert round(float(found["ehc_request_refusal_pct", ENGLAND, CALENDAR, 2024]["value"]), 1) == 25.2
    assert float(found["ehc_plans_ap_count", ENGLAND, CENSUS, 2025]["value"]) == 4_858


def test_sql_answers_what_the_ehc_plans_files_hold(real: RealStore) -> None:
    found = answers(real, "ehc_plans", [*{m for _, m, *_ in SHARES}, *{m for _, m, *_ in COUNTS}])
    compared = 0
    for file, metric, kind, above, below, published in SHARES:
        for row in real.rows(file):
            if row["area"] not in PLACES:
                continue
            answer = found.pop((metric, PLACES[row["area"]], kind, ending(row["time_period"])))
            numerators, denominators = [number(row[c]) for c in above], [number(row[c]) for c in below]
            printed = number(row[published]) if published else None
            if None in numerators or None in denominators:
                expected = printed
            else:
                expected = 100 * sum(numerators) / sum(denominators)  # type: ignore[arg-type]
                if printed is not None and abs(expected - printed) > 0.0501:
                    assert "counts_disagree" in answer["quality_flags"]
                    expected = printed
            assert (answer["value"] == "") == (expected is None), (file, row["area"], row["time_period"])
            assert expected is None or float(answer["value"]) == pytest.approx(expected, abs=1e-9)
            compared += expected is not None
    for file, metric, kind, column in COUNTS:
        for row in real.rows(file):
            if row["area"] not in PLACES:
                continue
            answer = found.pop((metric, PLACES[row["area"]], kind, ending(row["time_period"])))
            count = number(row[column])
            assert answer["value"] == ("" if count is None else f"{count:.1f}")
            compared += count is not None
    assert not found, "figures that the files do not hold"
    assert compared > 150


def test_sql_answers_what_the_interactive_tool_holds(real: RealStore) -> None:
    found = answers(real, "lait", [metric for metric, _ in INDICATORS.values()])
    lait = pl.read_parquet(real.data / "lait" / "bds_long_0.parquet").with_columns(pl.col("Years").cast(pl.String))
    wanted = lait.filter(
        pl.col("Short Desc").is_in(list(INDICATORS)) & pl.col("LA and Regions").is_in(list(LAIT_NAMES))
    )
    compared = 0
    for indicator, years, name, text in wanted.select("Short Desc", "Years", "LA and Regions", "Values").iter_rows():
        if years == "0":
            continue
        metric, kind = INDICATORS[indicator]
        answer = found.pop((metric, LAIT_NAMES[name], kind, ending(years)))
        if pl.Series([text]).str.contains(NUMBER)[0]:
            assert float(answer["value"]) == pytest.approx(float(text.replace(",", "")), abs=1e-9)
            compared += 1
        else:
            assert (answer["value"], answer["status"] != "shown") == ("", True)
    assert not found, "figures that the file does not hold"
    assert compared > 150


def test_all_areas_and_years_of_a_file_are_there(real: RealStore) -> None:
    con = open_version(current_version(real.settings, "public"))
    for file, metric in (("timeliness_20_week.csv", "ehc_20wk_pct"), ("caseload.csv", "ehc_plans_count")):
        published = {(RECODED.get(r["area"], r["area"]), ending(r["time_period"])) for r in real.rows(file)}
        held = con.execute(
            "SELECT geography_code, year(period_end) FROM fct_metric_current WHERE source = 'ehc_plans' "
            "AND metric_id = ? AND breakdown_1 = 'total' AND breakdown_2 = 'total'",
            [metric],
        ).fetchall()
        assert set(held) == published
        assert len(held) == len(published)
    areas, years = {a for a, _ in published}, {y for _, y in published}
    assert len({a for a in areas if a.startswith(("E06", "E08", "E09", "E10"))}) >= 153
    assert len({a for a in areas if a.startswith("E12")}) == 9
    assert years == set(range(2019, 2026))


def test_two_publications_agree_on_every_figure_they_both_give(real: RealStore) -> None:
    con = open_version(current_version(real.settings, "public"))
    figures, metrics, differing = con.execute(
        "SELECT count(*), count(DISTINCT metric_id), count(*) FILTER (abs(ours.value - theirs.value) > 0.0501) "
        "FROM fct_metric_current AS ours JOIN fct_metric_current AS theirs USING (metric_id, geography_code, "
        "period_type, period_start, period_end, breakdown_1, value_1, breakdown_2, value_2) "
        "WHERE ours.source = 'ehc_plans' AND theirs.source = 'lait' "
        "AND ours.value IS NOT NULL AND theirs.value IS NOT NULL"
    ).fetchone() or (0, 0, 0)
    assert (metrics, differing) == (12, 0)
    assert figures > 8_000


def test_england_is_the_ratio_of_summed_counts(real: RealStore) -> None:
    con = open_version(current_version(real.settings, "public"))
    summed, england = con.execute(
        "SELECT 100 * sum(numerator) FILTER (geography_code LIKE 'E12%') / "
        "sum(denominator) FILTER (geography_code LIKE 'E12%'), any_value(value) FILTER (geography_code = 'E92000001') "
        "FROM fct_metric_current WHERE metric_id = 'ehc_20wk_pct' AND source = 'ehc_plans' "
        "AND period_end = DATE '2024-12-31' AND breakdown_1 = 'total'"
    ).fetchone() or (None, None)
    assert summed == pytest.approx(england, abs=1e-9)


def test_loading_the_full_files_over_the_seed_changes_no_headline_figure(real: RealStore, settings: Settings) -> None:
    from pipelines.published.landing import published_dir, read_receipts
    from pipelines.published.seed import land_seed

    assert land_seed(settings) == len(seed_receipts(SEED))
    seeded = {r["receipt_id"]: r for r in read_receipts(settings) if r["dataset"] == "ehc_timeliness"}
    load_paths(settings, [real.data / "ehcp_2025" / "timeliness_20_week.csv"])
    (full,) = [r for r in read_receipts(settings) if r["dataset"] == "ehc_timeliness"]
    assert not full["is_seed"] and full["known_from"] == seeded[full["receipt_id"]]["known_from"]
    assert len(list(published_dir(settings).glob("*/ehc_timeliness/*"))) == 1
    figures = pl.read_parquet(full["folder"] / "figures.parquet")
    headline = figures.filter((pl.col("breakdown_1") == "total") & (pl.col("breakdown_2") == "total"))
    committed = pl.read_parquet(SEED).filter(pl.col("receipt_id") == full["receipt_id"])
    key = ["metric_id", "geography_code", "period_start"]
    assert headline.select(committed.columns).sort(key).equals(committed.sort(key))
