"""No statement leaves the version, changes it, or outlasts its limits; each layer is tested without the others."""

import io
import time

import duckdb
import pytest

from pipelines.publish.errors import SqlFailed, SqlLimitReached, SqlRefused, StoreError
from pipelines.publish.judge import judge
from pipelines.publish.reader import open_version
from pipelines.publish.sandbox import run_sql
from tests.attack.conftest import TOKEN, Target
from tests.attack.statements import BOMBS, CHANGES, READS, SETTINGS, deep_statements

HOSTILE = READS + SETTINGS + CHANGES
DEEP = deep_statements()
# Start-up and killing; the limits themselves are what is measured.
MARGIN_SECONDS = 4.0


def attempt(target: Target, statement: str) -> tuple[str, StoreError | None]:
    """What a statement gets through the whole sandbox: its output (at most a megabyte) and its error."""
    sink = io.BytesIO()
    settings = target.settings.model_copy(update={"sql_max_bytes": 1_000_000})
    try:
        run_sql(settings, target.version, statement, "csv", sink)
    except (SqlRefused, SqlFailed, SqlLimitReached) as fault:
        return sink.getvalue().decode(errors="replace"), fault
    return sink.getvalue().decode(errors="replace"), None


@pytest.mark.parametrize("statement", HOSTILE)
def test_the_judge_or_the_engine_stops_a_hostile_statement_before_it_runs(target: Target, statement: str) -> None:
    con = open_version(target.version)
    aimed = target.aim(statement)
    before = target.files()
    with pytest.raises((SqlRefused, SqlFailed, duckdb.Error)):
        judge(con, aimed)
        con.execute(aimed).fetchall()
    assert target.files() == before


@pytest.mark.parametrize("statement", READS)
def test_the_locked_engine_alone_reads_nothing_outside_the_version(target: Target, statement: str) -> None:
    with pytest.raises(duckdb.Error) as fault:
        open_version(target.version).execute(target.aim(statement)).fetchall()
    assert TOKEN not in str(fault.value)


@pytest.mark.slow
@pytest.mark.parametrize("statement", READS + SETTINGS + CHANGES[::3])
def test_a_hostile_statement_gets_nothing_and_leaves_nothing(target: Target, statement: str) -> None:
    before = target.files()
    output, fault = attempt(target, target.aim(statement))
    assert isinstance(fault, SqlRefused | SqlFailed)
    assert output == ""
    # What the attacker typed may be quoted back; what the machine knows may not.
    said = str(fault).replace(target.aim(statement), "")
    assert TOKEN not in said
    for known in (str(target.version), str(target.settings.project_root), "site-packages", "root:x:0"):
        assert known not in said or known in target.aim(statement)
    assert target.files() == before


@pytest.mark.slow
@pytest.mark.parametrize("statement", BOMBS)
def test_a_bomb_ends_within_its_limits(target: Target, statement: str) -> None:
    before = target.files()
    started = time.monotonic()
    _, fault = attempt(target, target.aim(statement))
    assert time.monotonic() - started < target.settings.sql_wall_seconds + MARGIN_SECONDS
    assert fault is None or isinstance(fault, SqlRefused | SqlFailed | SqlLimitReached)
    assert target.files() == before


@pytest.mark.slow
@pytest.mark.parametrize("statement", list(DEEP.values()), ids=list(DEEP))
def test_a_statement_that_is_hard_to_parse_ends_within_its_limits(target: Target, statement: str) -> None:
    started = time.monotonic()
    _, fault = attempt(target, statement)
    assert time.monotonic() - started < target.settings.sql_wall_seconds + MARGIN_SECONDS
    assert fault is None or "Traceback" not in str(fault)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM fct_metric",
        "FROM dim_metric SELECT metric_id",
        "WITH area AS (SELECT * FROM dim_geography) SELECT a.name FROM area a JOIN fct_metric USING (geography_code)",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
        "SELECT * FROM as_known_on(DATE '2025-07-01') WHERE geography_code IN (SELECT 'E92000001')",
        "SELECT metric_id, rank() OVER (ORDER BY value) FROM main.fct_metric_preferred -- a comment; with a semicolon",
        "PIVOT fct_metric_preferred ON period_type IN ('calendar_year') USING count(*) GROUP BY metric_id",
        "SELECT unnest([1, 2]), x.range FROM range(2) x",
        "SELECT table_name FROM information_schema.tables",
        "SELECT * FROM version_info",
        "DESCRIBE fct_metric",
        "SUMMARIZE dim_metric",
        "SHOW TABLES",
        "VALUES (1, 'one')",
        "SELECT 'read_text(''/etc/passwd'')' AS words",
    ],
)
def test_an_honest_statement_passes(target: Target, statement: str) -> None:
    con = open_version(target.version)
    judge(con, statement)
    assert con.execute(statement).fetchall()
