"""Validation of the school census at the size of England: ours, one bare scan of the same rules, Great Expectations.

9,000,000 pupils of 24,500 schools x 15 columns x 40 rules, about one row in twenty thousand wrong. Every step is a
process of its own; pseudonymisation is a line of its own.
Run: .venv/bin/python benchmarks/validation.py [--rows 900000] [--without-gx]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.contracts.return_contract import ReturnContract, load_return
from pipelines.progress import peak_memory_mb, reset_peak_memory

COLUMNS = (
    *("urn", "upn", "dob", "sex", "ethnicity", "fsm", "enrolstatus", "entrydate", "leavingdate", "ncyearactual"),
    *("parttime", "senprovision", "sentype1", "sentype2", "home_lea"),
)
RULES = ("S01", "S02", "S03", "S07", "S09", "S10", "S11", "S12", "S13", "S14")
PERIOD = "2025-spring"
SCHOOLS = 24_500
LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
PUPILS = "pupils.parquet"


def contract() -> ReturnContract:
    """The census contract with 15 of its columns: 29 checks of form, the key, 9 rules of a row and one across rows."""
    whole = load_return("school_census")
    [table] = whole.tables
    columns = tuple(table.column(name) for name in COLUMNS)
    rules = tuple(rule for rule in table.rules if rule.id in RULES)
    return whole.model_copy(update={"tables": (table.model_copy(update={"columns": columns, "rules": rules}),)})


def make(folder: Path, rows: int) -> str:
    """Write the pupils as the text that schools send, in order of school."""
    rng = np.random.default_rng(1)
    number = np.arange(rows, dtype=np.int64)
    digits = 100_000_000_000 + number
    total = sum((digits // 10 ** (11 - at) % 10) * (at + 2) for at in range(12))
    letter = LETTERS[(total + (number % 60_000 == 7)) % 23]
    year = rng.integers(1, 12, rows)
    born = np.datetime64("2024-08-31") - ((year + 4) * 365.25 + 10).astype(int) - rng.integers(0, 330, rows)
    entry = np.datetime64("2023-09-04") - 365 * rng.integers(0, 3, rows)
    left = np.where(rng.random(rows) < 0.02, np.datetime64("2024-12-20"), np.datetime64("NaT"))
    provision = rng.choice(["N", "K", "E"], rows, p=[0.80, 0.145, 0.055])
    need = np.where(provision == "N", "", rng.choice(["ASD", "SLCN", "SEMH", "MLD", "SPLD"], rows))
    frame = pl.DataFrame({"source_row": number + 2, "urn": 100_000 + number * SCHOOLS // rows}).with_columns(
        pl.Series("letter", letter),
        pl.Series("digits", digits),
        dob=pl.Series(born),
        sex=pl.Series(np.where(number % 60_000 == 11, "Q", rng.choice(["F", "M"], rows))),
        ethnicity=pl.Series(rng.choice(["WBRI", "APKN", "BAFR", "MWBC", "AIND"], rows)),
        fsm=pl.Series(rng.choice(["0", "1"], rows)),
        enrolstatus=pl.lit("C"),
        entrydate=pl.Series(entry),
        leavingdate=pl.Series(left),
        ncyearactual=pl.Series(year),
        parttime=pl.lit("0"),
        senprovision=pl.Series(provision),
        sentype1=pl.Series(np.where(number % 60_000 == 13, "", need)),
        sentype2=pl.lit(""),
        home_lea=pl.Series(rng.integers(201, 900, rows)),
    )
    text = frame.with_columns(upn=pl.col("letter") + pl.col("digits").cast(pl.String)).select(
        "source_row", *(pl.col(name).cast(pl.String) for name in COLUMNS)
    )
    empty = pl.col(pl.String) == ""
    text.with_columns(pl.when(~empty).then(pl.col(pl.String))).write_parquet(folder / PUPILS)
    return f"{rows:,} rows written"


class Clock:
    """Wall and processor seconds since it was made: on a machine that others use, the second is the steadier one."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        return f"{time.perf_counter() - self._wall:.1f} s ({time.process_time() - self._cpu:.1f} s of processor)"


def ours(folder: Path) -> str:
    """Everything a submitter waits for: violations of every school, counts a rule, typed tables of the accepted."""
    from pipelines.intake.batch import check_batch, judge
    from pipelines.intake.raw_tables import RawTables
    from pipelines.intake.workspace import Candidate, Workspace

    census = contract()
    schools = pl.read_parquet(folder / PUPILS).partition_by("urn", maintain_order=True)
    candidates = [
        Candidate(str(at), school["urn"][0], PERIOD, RawTables({"pupils": school})) for at, school in enumerate(schools)
    ]
    clock = Clock()
    with duckdb.connect() as con:
        judged = judge(Workspace(con, census, candidates))
        found, rules = judged.violations.height, judged.judged_rules.select("table", "rule", "column").unique().height
        took = str(clock)
    del judged, con
    clock = Clock()
    accepted = len(candidates) - len(check_batch(census, candidates).refused)
    return (
        f"{took}: {found:,} violations of {rules} rules in {len(candidates):,} files; "
        f"with typed tables of the {accepted:,} accepted {clock}"
    )


def bare(folder: Path) -> str:
    """The least that SQL can do: count what breaks each rule, in one SELECT, and the two rules across rows."""
    from pipelines.intake.checks import row_checks
    from pipelines.intake.raw_tables import RawTables
    from pipelines.intake.workspace import Candidate, Workspace

    census = contract()
    [table] = census.tables
    text = pl.read_parquet(folder / PUPILS)
    clock = Clock()
    with duckdb.connect() as con:
        Workspace(con, census, [Candidate("all", None, PERIOD, RawTables({"pupils": text}))])
        checks = row_checks(table, [census.reference_date(PERIOD)])
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {check.condition})" for check in checks)
        [found] = con.execute(f"SELECT {counts} FROM typed_pupils").fetchall()
        scan = str(clock)
        key = ", ".join(table.key)
        con.execute(f"SELECT COUNT(*) FROM (SELECT {key} FROM pupils GROUP BY ALL HAVING COUNT(*) > 1)").fetchall()
        across = next(rule for rule in table.rules if rule.kind == "cross")
        con.execute(f"SELECT COUNT(*) FROM ({across.failing_rows(table.name)})").fetchall()
    return f"{scan}: {len(checks)} rules of a row, {sum(found):,} violations; with the 2 rules across rows {clock}"


def hmac(folder: Path) -> str:
    """Keyed pseudonyms of every UPN, by the SQL that intake uses."""
    from pipelines.intake.key_chain import Key, pseudonym_sql

    expression, parameters = pseudonym_sql("upn", (Key("k1", b"\1" * 32),))
    clock = Clock()
    with duckdb.connect() as con:
        text = pl.read_parquet(folder / PUPILS, columns=["upn"])
        con.register("pupils", text.to_arrow())
        con.execute(f"CREATE TABLE pseudonyms AS SELECT {expression} AS p FROM pupils", parameters).fetchall()
    return f"{clock}: {text.height:,} pseudonyms"


def gx(folder: Path) -> str:
    """Great Expectations on pandas: forty expectations that say the same, as far as it can."""
    from pipelines.contracts.expectations_run import gx as great_expectations
    from pipelines.contracts.expectations_run import gxe

    census = contract()
    [table] = census.tables
    typed = pl.read_parquet(folder / PUPILS).with_columns(
        pl.col(c.name).str.to_datetime("%Y-%m-%d") for c in table.columns if c.logical_type == "date"
    )
    frame = typed.to_pandas()
    del typed
    expectations = list(_expectations(census, gxe))
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("pupils")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = great_expectations.ExpectationSuite(name="pupils", expectations=expectations)
    clock = Clock()
    result = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
    took = str(clock)
    answered = [r.result for r in result.results if r.result]
    wrong = sum(answer.get("unexpected_count", 0) for answer in answered)
    return f"{took}: {len(answered)} expectations answered, {wrong:,} unexpected values"


def _expectations(census: ReturnContract, gxe: Any) -> list[Any]:
    """One expectation a rule: 29 of form, the key, and ten of rows (conditions where the rule has one)."""
    [table] = census.tables
    day = datetime.combine(census.reference_date(PERIOD), datetime.min.time())
    e = gxe
    found: list[Any] = []
    for c in table.columns:
        if c.required:
            found.append(e.ExpectColumnValuesToNotBeNull(column=c.name))
        if c.logical_type == "date":
            found.append(e.ExpectColumnValuesToBeOfType(column=c.name, type_="datetime64"))
            found.append(
                e.ExpectColumnValuesToBeBetween(
                    column=c.name, min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31)
                )
            )
        if c.logical_type == "boolean":
            found.append(e.ExpectColumnValuesToBeInSet(column=c.name, value_set=["0", "1"]))
        if c.code_set:
            found.append(e.ExpectColumnValuesToBeInSet(column=c.name, value_set=[code.code for code in c.codes]))
        if c.pattern:
            found.append(e.ExpectColumnValuesToMatchRegex(column=c.name, regex=c.pattern))
    pandas, plan = {"condition_parser": "pandas"}, 'senprovision == "E"'
    found += [
        e.ExpectCompoundColumnsToBeUnique(column_list=list(table.key)),
        e.ExpectColumnValuesToMatchRegex(column="upn", regex="^[ABCDEFGHJKLMNPQRTUVWXYZ]"),
        e.ExpectColumnValuesToNotBeNull(column="sentype1", row_condition='senprovision != "N"', **pandas),
        e.ExpectColumnValuesToNotBeInSet(column="sentype1", value_set=["NSA"], row_condition=plan, **pandas),
        e.ExpectColumnValuesToBeUnique(column="upn", row_condition='enrolstatus == "C"', **pandas),
        e.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="leavingdate", column_B="entrydate", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        e.ExpectColumnValuesToBeBetween(column="dob", min_value=datetime(1999, 1, 17), max_value=day),
        e.ExpectColumnValueLengthsToEqual(column="urn", value=6),
        e.ExpectColumnValuesToBeBetween(column="dob", min_value=datetime(2003, 9, 1), max_value=datetime(2023, 8, 31)),
        e.ExpectColumnPairValuesToBeEqual(
            column_A="sentype2", column_B="sentype1", ignore_row_if="either_value_is_missing"
        ),
        e.ExpectColumnValuesToBeNull(column="sentype1", row_condition='senprovision == "N"', **pandas),
    ]
    return found


STEPS: dict[str, Callable[[Path], str]] = {"bare": bare, "ours": ours, "hmac": hmac, "gx": gx}


def main() -> None:
    """Run every step in a process of its own and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=9_000_000)
    parser.add_argument("--without-gx", action="store_true", help="leave out Great Expectations on pandas (a minute)")
    parser.add_argument("--step", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.step:
        name, folder = wanted.step
        reset_peak_memory()
        said = make(Path(folder), wanted.rows) if name == "make" else STEPS[name](Path(folder))
        print(json.dumps({"said": said, "peak": peak_memory_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("make", *STEPS):
            if name == "gx" and wanted.without_gx:
                continue
            command = [sys.executable, __file__, "--rows", str(wanted.rows), "--step", name, folder]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            done = json.loads(out.splitlines()[-1])
            print(f"{name:5} {done['said']}; peak memory {done['peak']:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
