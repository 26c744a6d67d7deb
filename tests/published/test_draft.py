"""A draft of a mapping says what can be told from the file; with the words filled in, it loads the file."""

import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli.published import app
from pipelines.published.drafting import DraftError, closest_mapping, draft_of
from pipelines.published.geography import load_areas
from pipelines.published.mapping import CONTRACTS, FILL_IN, ContractError, Mapping, load_mappings, mapping_for, unfilled
from pipelines.published.reading import Reading
from pipelines.published.tables import read_table
from pipelines.published.text_table import TextTable
from pipelines.published.tidy import read_tidy
from tests.published.drafts import filled, mapping_in, workbook
from tests.published.releases import ENGLAND, HARTLEPOOL, NORTH_EAST, csv_of, timeliness_row


def read(content: bytes, mapping: Mapping, file: str) -> tuple[pl.DataFrame, TextTable, Reading]:
    table = read_table(content, mapping, file)
    definitions = {m.id: m.definition for m in mapping.metrics if m.definition}
    reading = read_tidy(table, mapping, load_areas(), definitions, {}, file)
    return pl.concat(reading.figures, how="diagonal"), table, reading


def release() -> bytes:
    """Twelve authorities, England and a region, in the columns of the timeliness file."""
    places = [f"E060000{n:02}" for n in range(1, 13)]
    return csv_of([
        timeliness_row(ENGLAND, 4_000, 8_000),
        timeliness_row(NORTH_EAST, 300, 500),
        *(timeliness_row(place, 30 + 2 * n, 41 + 5 * n) for n, place in enumerate(places)),
        timeliness_row(HARTLEPOOL, 7, 20, breakdown_topic="Sex", breakdown="Female"),
    ])  # fmt: skip


def test_a_draft_of_an_ees_file_loads_it_once_the_words_are_there(tmp_path: Path) -> None:
    (tmp_path / "how_long_plans_take_2024.csv").write_bytes(release())
    text = draft_of(tmp_path / "how_long_plans_take_2024.csv")
    mapping = mapping_in(text)
    assert (mapping.dataset, mapping.files) == ("how_long_plans_take_2024", ["how_long_plans_take_*.csv"])
    assert (mapping.period, mapping.totals, mapping.topics) == (
        "calendar_year", ["All EHC plans issued"], {"Sex": "sex"}
    )  # fmt: skip
    shares = {m.published: (m.numerator, m.denominator) for m in mapping.metrics if m.has_counts}
    assert shares["PC_plans_issued_20_weeks_ex"][0] in (["plans_issued_20_weeks_ex"], ["plans_issued_within_20_weeks"])
    assert "columns of figures of ehc_timeliness.yaml are here" in text
    figures, table, reading = read(release(), mapping, "how_long_plans_take_2024.csv")
    assert (table.read, reading.problems, reading.faults, reading.scope_counts()) == (15, [], [], {})
    hartlepool = figures.filter((pl.col("geography_code") == HARTLEPOOL) & (pl.col("value_1") == "total"))
    in_time = hartlepool.filter(pl.col("numerator") == 30)
    assert set(in_time.select("denominator", "value", "status").rows()) == {(41, 100 * 30 / 41, "shown")}


def test_loading_refuses_a_draft_and_names_what_is_to_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_bytes(release())
    text = draft_of(tmp_path / "plans.csv")
    folder = tmp_path / "contracts"
    folder.mkdir()
    for name in ("publications.yaml", "breakdowns.yaml"):
        (folder / name).write_bytes((CONTRACTS / name).read_bytes())
    (folder / "plans.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as raised:
        load_mappings(folder)
    message = str(raised.value)
    assert message.startswith("plans.yaml is a draft. Still to fill in, or to take out:\n")
    assert "  geography_basis: which area a child counts towards, one of maintaining_la," in message
    assert "  metrics.0.definition.short_label: at most 32 characters" in message
    assert len(message.splitlines()) == 1 + len(unfilled(yaml.safe_load(text))) == 1 + text.count(FILL_IN)
    other = tmp_path / "filled"
    other.mkdir()
    for name in ("publications.yaml", "breakdowns.yaml"):
        (other / name).write_bytes((CONTRACTS / name).read_bytes())
    (other / "plans.yaml").write_text(yaml.safe_dump(filled(yaml.safe_load(text))), encoding="utf-8")
    assert load_mappings(other)[0].dataset == "plans"


def test_a_workbook_with_titles_and_two_header_rows_is_made_out(tmp_path: Path) -> None:
    areas = ["Hartlepool", "Leeds", "Barnsley", "Bury", "Bolton", "Derby", "Devon"]
    rows = [["Table 2: appeals registered, by local authority"], [], ["", "2021", "", "", "2022"],
            ["Local Authority1", "Appeals", "Decisions", "Rate (%)", "Appeals", "Decisions", "Rate (%)"]]  # fmt: skip
    for n, area in enumerate(areas, start=3):
        rows.append([area, f"{n}", "70", f"{n / 0.7:.1f}", f"{n + 2}", "80", f"{(n + 2) / 0.8:.1f}"])
    rows.append(["1. A note beneath."])
    path = tmp_path / "appeals.xlsx"
    path.write_bytes(workbook(rows))
    mapping = mapping_in(draft_of(path))
    assert mapping.sheets == ["Table 2"] and mapping.header is not None and mapping.area is not None
    assert (mapping.header.row, mapping.header.depth, mapping.header.footnote_digits) == (3, 2, True)
    assert (mapping.time.header, mapping.period, mapping.area.name) == (True, "calendar_year", "Local Authority")


def test_columns_named_for_needs_become_one_metric_by_need(tmp_path: Path) -> None:
    needs = ["asd", "hi", "mld", "semh", "slcn"]
    rows = []
    for k, area in enumerate(["E06000001", "E06000002", "E06000003", "E06000004", "E06000005", "E06000006"]):
        counts = {need: 3 + 7 * k + 5 * n for n, need in enumerate(needs)}
        total = sum(counts.values()) + 11
        row = {"time_period": "202425", "time_identifier": "Academic year", "geographic_level": "Local authority",
               "country_code": ENGLAND, "region_code": NORTH_EAST, "region_name": "North East",
               "new_la_code": area, "la_name": load_areas().names[area], "plans": f"{total}"}  # fmt: skip
        row |= {f"number_{need}": f"{n}" for need, n in counts.items()}
        rows.append(row | {f"{need}_pc": f"{100 * n / total:.1f}" for need, n in counts.items()})
    (tmp_path / "needs.csv").write_bytes(csv_of(rows, list(rows[0])))
    mapping = mapping_in(draft_of(tmp_path / "needs.csv"))
    shares = [m for m in mapping.metrics if m.has_counts]
    assert {m.id for m in shares} == {"number_by_primary_need_pct"}
    assert {m.published: (m.numerator, m.denominator, m.breakdown) for m in shares} == {
        f"{need}_pc": ([f"number_{need}"], ["plans"], {"primary_need": need}) for need in needs
    }
    assert sum(m.definition is not None for m in shares) == 1


def test_labels_come_from_the_dictionary_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_bytes(release())
    meta = "col_name,col_type,label\nplans_issued_den,Indicator,New plans issued in the year\n"
    (tmp_path / "plans.meta.csv").write_text(meta)
    draft = yaml.safe_load(draft_of(tmp_path / "plans.csv"))
    labels = [m["definition"]["label"] for m in draft["metrics"] if m.get("value") == "plans_issued_den"]
    assert labels == ["New plans issued in the year"]


def icb_rows(weeks: float) -> list[dict[str, str]]:
    """Two months of the first twelve sub-ICB locations: counts, and averages of them."""
    places = [code for code in load_areas().health.sub_icbs if not code.startswith("e38")][:12]
    return [
        {"Month": month, "Place": place.upper(), "waiting": f"{40 + 7 * n}", "over_a_year": f"{3 + 5 * n}",
         "over_a_year_pc": f"{100 * (3 + 5 * n) / (40 + 7 * n):.1f}", "median_wait": f"{10 + n}",
         "weeks_waited": f"{weeks + n}", "seen_pc": f"{50 + n}"}
        for month in ("2024-01", "2024-02") for n, place in enumerate(places)
    ]  # fmt: skip


@pytest.mark.parametrize("long", [False, True], ids=["wide", "long"])
def test_averages_of_sub_icb_locations_are_left_out_of_a_draft_and_named(tmp_path: Path, long: bool) -> None:
    """Their rows are added up to a board: counts can be, and shares of them; medians and percentages cannot."""
    rows = icb_rows(11 if long else 11.5)
    measures = list(rows[0])[2:]
    said = {name: f"Of {name}" for name in measures} | {"weeks_waited": "Weeks waited, on average"}
    if long:
        rows = [
            {"Month": row["Month"], "Place": row["Place"], "Metric": name, "About": said[name], "Value": row[name]}
            for row in rows for name in measures
        ]  # fmt: skip
    (tmp_path / "waits.csv").write_bytes(csv_of(rows, list(rows[0])))
    text = draft_of(tmp_path / "waits.csv")
    mapping = mapping_in(text)
    assert mapping.area is not None and mapping.area.added_up
    assert [m.value for m in mapping.metrics if m.value] == ["waiting", "over_a_year"]
    shares = [(m.numerator, m.denominator) for m in mapping.metrics if m.has_counts]
    assert shares == ([] if long else [(["over_a_year"], ["waiting"])])
    assert all(m.published is None for m in mapping.metrics)
    if long:
        assert "label: Weeks waited, on average" not in text and "label: Of waiting" in text
    left_out = re.findall(r"# Left out: (\S+) is an average", text)
    assert left_out == [m for m in measures[2:] if long or m != "over_a_year_pc"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nothing.csv", b"", "The file is empty"),
        ("words.txt.csv", b"\x00\x01\x02\xff" * 50, "cannot be read as text"),
        ("book.xlsx", b"PK\x03\x04damaged", "workbook cannot be read"),
        ("head.csv", b"a,b\n", "The file has no rows"),
    ],
)
def test_a_file_without_a_table_says_why(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DraftError, match=message):
        draft_of(tmp_path / name)


def test_one_file_at_a_time(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr("one.csv", release())
        archive.writestr("one.meta.csv", "col_name,label\n")
        archive.writestr("two.csv", release())
    with pytest.raises(
        DraftError, match=r"2 data files\. Give one of them: release\.zip/one\.csv, release\.zip/two\.csv"
    ):
        draft_of(tmp_path / "release.zip")
    with pytest.raises(DraftError, match="no file or folder of this name"):
        draft_of(tmp_path / "nowhere.csv")


def test_the_command_writes_a_draft_and_never_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "plans.csv").write_bytes(release())
    out = tmp_path / "contracts" / "plans.yaml"
    run = CliRunner().invoke
    assert "texts to fill in" in run(app, ["draft", str(tmp_path / "plans.csv"), "--out", str(out)]).output
    assert yaml.safe_load(out.read_text(encoding="utf-8"))["dataset"] == "plans"
    again = run(app, ["draft", str(tmp_path / "plans.csv"), "--out", str(out)])
    assert again.exit_code == 1 and "is there already" in again.output
    assert run(app, ["draft", str(tmp_path / "nowhere.csv")]).exit_code == 1


def test_the_closest_mapping_is_the_one_whose_figures_are_there() -> None:
    table = read_table(release(), mapping_for("ehc_timeliness"), "plans.csv")
    closest = closest_mapping(table.frame.columns)
    assert closest is not None and closest[0].dataset == "ehc_timeliness" and closest[1] == closest[2]
    assert closest_mapping(["a", "b"]) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dataset", "metric", "column"),
    [
        ("requests.csv", "ehc_requests", "ehc_request_refusal_pct", "request_not_assess_pc"),
        ("newplans.csv", "ehc_new_plans", None, None),
    ],
)
def test_a_draft_of_a_real_file_reads_it_as_its_mapping_does(
    tmp_path: Path, shared_data: Path, name: str, dataset: str, metric: str | None, column: str | None
) -> None:
    content = (shared_data / "ehcp_2025" / name).read_bytes()
    (tmp_path / f"other_{name}").write_bytes(content)
    drafted = mapping_in(draft_of(tmp_path / f"other_{name}"))
    figures, table, reading = read(content, drafted, f"other_{name}")
    assert not reading.problems and not reading.faults and figures.height > 10_000
    assert table.read == sum(reading.scope_counts().values()) + figures["source_row"].n_unique()
    if metric is None:
        return
    (mine,) = [m.id for m in drafted.metrics if m.published == column]
    theirs, _, _ = read_with_catalogue(content, mapping_for(dataset), name)
    key = ["geography_code", "period_start", "breakdown_1", "value_1"]
    columns = ["value", "numerator", "denominator", "status"]
    both = figures.filter(pl.col("metric_id") == mine).join(
        theirs.filter(pl.col("metric_id") == metric), on=key, suffix="_theirs"
    )
    # No draft knows what the publisher has withdrawn.
    both = both.filter(pl.col("status_theirs") != "unreliable")
    assert both.height > 5_000
    for name_of in columns:
        assert both[name_of].eq_missing(both[f"{name_of}_theirs"]).all(), name_of


def read_with_catalogue(content: bytes, mapping: Mapping, file: str) -> tuple[pl.DataFrame, TextTable, Reading]:
    from pipelines.published.catalogue import load_catalogue

    table = read_table(content, mapping, file)
    reading = read_tidy(table, mapping, load_areas(), load_catalogue().definitions, {}, file)
    return pl.concat(reading.figures, how="diagonal"), table, reading


@pytest.mark.slow
def test_every_real_file_is_drafted_or_refused_with_a_reason(shared_data: Path) -> None:
    drafted = 0
    for folder in ("ehcp_2022", "att_excl_by_sen", "csc", "neet", "nhs", "ofsted", "finance", "sendap_raw"):
        for path in sorted((shared_data / folder).iterdir()):
            if path.suffix not in (".csv", ".xlsx", ".ods", ".gz"):
                continue
            try:
                mapping_in(draft_of(path))
                drafted += 1
            except DraftError as fault:
                assert path.name in str(fault) and "data files" in str(fault)
    assert drafted >= 35
