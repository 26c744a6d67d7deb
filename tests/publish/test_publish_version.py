"""What publish_version promises: whole versions, shared parts, one link, and refusals that change nothing."""

import errno
import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from structlog.testing import capture_logs

from pipelines.publish.durable import live_id, single_writer
from pipelines.publish.errors import DiskFull, NoVersionPublished, PublishBusy, PublishRefused
from pipelines.publish.manifest import faults_of, read_manifest
from pipelines.publish.publisher import VersionInfo
from pipelines.publish.reader import current_version, open_version
from pipelines.publish.tables import TABLES
from pipelines.settings import Settings
from tests.publish.tiny_figures import figure, year
from tests.publish.tiny_version import publish_tiny, tiny_tables


def test_a_reader_gets_every_declared_table_with_its_declared_types(tiny: VersionInfo) -> None:
    con = open_version(tiny.path)
    for name, table in TABLES.items():
        described = {row[0]: row[1] for row in con.execute(f"DESCRIBE {name}").fetchall()}
        assert described == table.columns, name
        assert con.execute(f"SELECT count(*) FROM {name}").fetchall() == [(tiny.rows[name],)]


def test_values_survive_publishing(tiny: VersionInfo) -> None:
    rows = open_version(tiny.path).execute(
        "SELECT numerator, denominator, round(value, 1), known_from FROM fct_metric_preferred "
        "WHERE metric_id = 'ehc_20wk_pct' AND geography_code = 'E92000001' AND period_start = DATE '2024-01-01'"
    )
    assert rows.fetchall() == [(39_407.0, 84_866.0, 46.4, datetime(2025, 6, 26, 9, 30))]


def test_nothing_published_yet_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(NoVersionPublished, match="inclusion run"):
        current_version(settings, "public")


def test_unchanged_parts_are_the_same_file_in_the_next_version(settings: Settings, tiny: VersionInfo) -> None:
    tables = tiny_tables()
    tables["fct_metric"] = pl.concat(
        [tables["fct_metric"], _as_frame(figure("ehc_plans", "E08000035", *year(2019), value=5.0))],
        how="vertical_relaxed",
    )
    second = publish_tiny(settings, tables=tables)
    first_parts = {part.path for entry in read_manifest(tiny.path).tables.values() for part in entry.parts}
    second_parts = {part.path for entry in read_manifest(second.path).tables.values() for part in entry.parts}
    assert second.parts_written == 1
    assert {path.split("/")[-1][:4] for path in second_parts - first_parts} == {"2019"}
    for path in first_parts:
        assert (tiny.path / path).samefile(second.path / path)


def test_row_order_and_undeclared_columns_do_not_change_parts(settings: Settings, tiny: VersionInfo) -> None:
    tables = {name: frame.reverse() for name, frame in tiny_tables().items()}
    tables["fct_metric"] = tables["fct_metric"].with_columns(private_note=pl.lit("not for anyone"))
    with capture_logs() as said:
        again = publish_tiny(settings, tables=tables)
    assert (again.parts_written, again.parts_linked) == (0, tiny.parts_written)
    assert b"private_note" not in b"".join(file.read_bytes() for file in again.path.rglob("*.parquet"))
    assert [event["columns"] for event in said if "columns" in event] == [["private_note"]]


def test_parts_are_copied_where_hard_links_are_refused(
    settings: Settings, tiny: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no hard links on this file system")

    monkeypatch.setattr("os.link", refuse)
    second = publish_tiny(settings)
    assert faults_of(second.path) == []
    part = next(part.path for entry in read_manifest(tiny.path).tables.values() for part in entry.parts)
    assert not (tiny.path / part).samefile(second.path / part)


def test_the_link_is_a_file_where_symbolic_links_are_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    publish_tiny(settings)
    second = publish_tiny(settings)
    assert (settings.public_dir / "current").is_file()
    assert current_version(settings, "public") == second.path


def test_a_damaged_part_is_written_anew_rather_than_linked(settings: Settings, tiny: VersionInfo) -> None:
    part = next(iter(read_manifest(tiny.path).tables["dim_metric"].parts))
    (tiny.path / part.path).chmod(0o644)
    content = bytearray((tiny.path / part.path).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tiny.path / part.path).write_bytes(content)
    assert faults_of(tiny.path) == [f"dim_metric: {part.path} differs from its sha256 {part.sha256[:16]}…"]
    assert faults_of(publish_tiny(settings).path) == []


def test_the_manifest_says_what_the_version_holds(tiny: VersionInfo) -> None:
    raw = json.loads((tiny.path / "manifest.json").read_text())
    assert (raw["audience"], raw["world"], raw["fingerprint"], raw["code_version"]) == (
        "public",
        "real",
        "tiny",
        "test",
    )
    assert raw["timings"] == {"compare": 1.5}
    assert 0 < tiny.seconds < 3600
    assert raw["statuses"] == {"accredited_official_statistics": 18, "official_statistics": 7}
    assert len(raw["receipts"]) == 3
    assert (
        raw["tables"]["fct_metric"]["rows"] == sum(part["rows"] for part in raw["tables"]["fct_metric"]["parts"]) == 25
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda tables: tables.pop("dim_period"), "Missing: dim_period"),
        (lambda tables: tables.update(pupils=pl.DataFrame({"upn": ["A1"]})), "not declared: pupils"),
        (lambda tables: tables.update(dim_metric=tables["dim_metric"].drop("polarity")), "dim_metric lacks .*polarity"),
        (lambda tables: tables.update(fct_metric=tables["fct_metric"].clear()), "no figure to publish"),
        (
            lambda tables: tables.update(dim_metric=tables["dim_metric"].with_columns(decimals=pl.lit("one"))),
            "dim_metric does not fit its declared types",
        ),
        (
            lambda tables: tables.update(
                fct_metric=tables["fct_metric"].with_columns(statistical_status=pl.lit("synthetic"))
            ),
            "25 row.s. of fct_metric are SYNTHETIC",
        ),
    ],
)
def test_a_refused_publish_leaves_the_live_version(settings: Settings, tiny: VersionInfo, change, says: str) -> None:  # type: ignore[no-untyped-def]
    tables = tiny_tables()
    change(tables)
    with pytest.raises(PublishRefused, match=says):
        publish_tiny(settings, tables=tables)
    assert current_version(settings, "public") == tiny.path
    assert [entry.name for entry in tiny.path.parent.iterdir()] == [tiny.version_id]


def test_real_figures_are_refused_in_the_synthetic_store(settings: Settings) -> None:
    with pytest.raises(PublishRefused, match="are real, and this is the synthetic store"):
        publish_tiny(settings.model_copy(update={"world": "synthetic"}))


def test_a_failure_part_way_leaves_the_live_version_and_no_staging(
    settings: Settings, tiny: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("pipelines.publish.publisher.make_live", fail)
    with pytest.raises(RuntimeError):
        publish_tiny(settings)
    monkeypatch.undo()
    assert current_version(settings, "public") == tiny.path
    third = publish_tiny(settings)
    assert sorted(entry.name for entry in tiny.path.parent.iterdir()) == [tiny.version_id, third.version_id]


@pytest.mark.parametrize(
    ("code", "fault", "says"),
    [
        (errno.ENOSPC, DiskFull, r"filled while publishing to the public store. The live version \({live}\) stays"),
        (errno.EDQUOT, DiskFull, "Free some space"),
        (errno.EIO, OSError, "this disk"),
    ],
)
def test_a_full_disk_says_which_version_stays_and_another_fault_is_told_as_it_is(
    settings: Settings, code: int, fault: type[Exception], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, "this disk")

    for live in ("none yet", None):
        live = live or publish_tiny(settings).version_id
        with monkeypatch.context() as broken, pytest.raises(fault, match=says.format(live=live)):
            broken.setattr("pipelines.publish.publisher.write_durably", fail)
            broken.setattr("pipelines.publish.publisher.link_or_copy", fail)
            publish_tiny(settings)
        assert not list((settings.public_dir / "versions").glob(".*"))


def test_one_publisher_at_a_time(settings: Settings, tiny: VersionInfo) -> None:
    with (
        single_writer(settings.public_dir),
        pytest.raises(PublishBusy, match=r"process \(id \d+\) is changing the public"),
    ):
        publish_tiny(settings)
    assert publish_tiny(settings).version_id == live_id(settings.public_dir)


def test_management_information_reaches_the_restricted_store_only(settings: Settings) -> None:
    tables = tiny_tables()
    management = figure("ehc_plans", "E08000035", *year(2026), value=6_000.0, source="sen2_return", receipt_id="9" * 64,
                        statistical_status="management_information")  # fmt: skip
    mixed = figure("ehc_20wk_pct", "E08000035", *year(2026), value=8.0, statistical_status="management_information")
    tables["fct_metric"] = pl.concat(
        [tables["fct_metric"], _as_frame(management), _as_frame(mixed)], how="vertical_relaxed"
    )
    source = {
        "source": "sen2_return",
        "statistical_status": "management_information",
        "publication_title": "SEN2 return",
    }
    tables["dim_source"] = pl.concat([tables["dim_source"], pl.DataFrame([source])], how="diagonal_relaxed")
    release = {"receipt_id": "9" * 64, "release_id": "sen2_2026", "source": "sen2_return", "source_file": "leeds.csv"}
    tables["dim_release"] = pl.concat([tables["dim_release"], pl.DataFrame([release])], how="diagonal_relaxed")
    restricted = open_version(publish_tiny(settings, "restricted", tables).path)
    public_info = publish_tiny(settings, "public", tables)
    public = open_version(public_info.path)
    for table in ("fct_metric", "dim_source", "page_figure", "page_latest"):
        query = f"SELECT count(*) FROM {table} WHERE statistical_status = 'management_information'"
        assert restricted.execute(query).fetchall() != [(0,)]
        assert public.execute(query).fetchall() == [(0,)]
    # Leeds' 20-week comparisons were computed beside management information of the same source: they wait.
    assert restricted.execute("SELECT count(*) FROM fct_comparison").fetchall() == [(6,)]
    assert public.execute("SELECT count(*) FROM fct_comparison").fetchall() == [(0,)]
    everything = b"".join(file.read_bytes() for file in public_info.path.rglob("*") if file.is_file())
    assert b"leeds.csv" not in everything
    assert b"9" * 64 not in everything


def _as_frame(row: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([row], schema=list(TABLES["fct_metric"].columns))
