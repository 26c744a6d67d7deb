"""A batch in DuckDB: the sender's text, the same typed, and the tables that rules are written over.

For each table `t` of the contract there are `text_t` (text), `typed_t` (text as `raw:<column>` and typed columns, with
submission_id, source_row, body_code and reference_date) and `t` (typed, of well-formed submissions only), so that a
contract's SQL runs as it is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.contracts.return_contract import SUBMISSION_COLUMNS, ReturnContract, Table
from pipelines.intake.check_digits import MACROS
from pipelines.intake.checks import raw, typed
from pipelines.intake.raw_tables import RawTables

_FOUND = 80  # characters shown of a cell


@dataclass(frozen=True)
class Candidate:
    """One submission to be checked: whose, of what period, and what was read of its file."""

    submission_id: str
    body: str | None
    period: str
    raw: RawTables


class Workspace:
    """Loads the readable submissions of a batch into a connection. Submissions are numbered by their place.

    With `stored`, the text is copied into the connection's database, for others to open; else it is read where it is.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        contract: ReturnContract,
        candidates: Sequence[Candidate],
        stored: bool = False,
    ) -> None:
        self.con, self.contract, self._stored = con, contract, stored
        self.submissions = pl.DataFrame(
            [
                (number, each.submission_id, each.body, contract.reference_date(each.period))
                for number, each in enumerate(candidates)
            ],
            schema={
                "submission_no": pl.Int32,
                "submission_id": pl.String,
                "body_code": pl.String,
                "reference_date": pl.Date,
            },
            orient="row",
        )
        for macro in MACROS:
            con.execute(macro)
        self._store("submissions", self.submissions)
        for table in contract.tables:
            frames = [each.raw.tables[table.name] for each in candidates]
            rows = pl.Series([frame.height for frame in frames], dtype=pl.UInt32)
            numbers = self.submissions["submission_no"].repeat_by(rows).explode().drop_nulls()
            text = pl.concat(frames, rechunk=True).with_columns(numbers.alias("submission_no"))
            self._store(f"text_{table.name}", text)
            con.execute(f"CREATE OR REPLACE VIEW typed_{table.name} AS {_typed_rows(table)}")
        self.hold(self.submissions["submission_no"])

    def hold(self, well_formed: Iterable[int]) -> None:
        """Let rules across rows see these submissions only."""
        held = sorted(well_formed)
        all_of_them = len(held) == self.submissions.height
        where = "" if all_of_them else "WHERE submission_no IN (SELECT submission_no FROM well_formed)"
        self._store("well_formed", pl.DataFrame({"submission_no": pl.Series(held, dtype=pl.Int32)}))
        for table in self.contract.tables:
            names = ", ".join((*SUBMISSION_COLUMNS, *(column.name for column in table.columns)))
            self.con.execute(f"CREATE OR REPLACE VIEW {table.name} AS SELECT {names} FROM typed_{table.name} {where}")

    def typed_rows(self, table: Table, submissions: Iterable[str]) -> pl.DataFrame:
        """Typed rows of some submissions in the order of their files: submission_id, source_row, the columns."""
        names = ", ".join(("submission_id", "source_row", *(column.name for column in table.columns)))
        wanted = self.submissions.filter(pl.col("submission_id").is_in(list(submissions)))
        self._store("wanted", wanted.select("submission_no"))
        rows: pl.DataFrame = self.con.sql(
            f"SELECT {names} FROM typed_{table.name} SEMI JOIN wanted USING (submission_no) "
            "ORDER BY submission_no, source_row"
        ).pl()
        return rows

    def _store(self, name: str, frame: pl.DataFrame) -> None:
        arrow = frame.to_arrow(compat_level=pl.CompatLevel.newest())
        if not self._stored:
            self.con.register(name, arrow)
            return
        self.con.register("given", arrow)
        self.con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self.con.unregister("given")


def found(names: Sequence[str]) -> str:
    """SQL text that shows the sender what the cells hold."""
    if len(names) == 1:
        return f"COALESCE(left({raw(names[0])}, {_FOUND}), '')"
    cells = ", ".join(f"'{name} ' || COALESCE(left({raw(name)}, {_FOUND}), 'empty')" for name in names)
    return f"concat_ws('; ', {cells})"


def _typed_rows(table: Table) -> str:
    texts = ", ".join(f"{column.name} AS {raw(column.name)}" for column in table.columns)
    columns = ", ".join(f"{raw(c.name)}, {typed(c)} AS {c.name}" for c in table.columns)
    rows = f"(SELECT submission_no, source_row, {texts} FROM text_{table.name})"
    return (
        f"SELECT submission_no, submission_id, source_row, body_code, reference_date, {columns} "
        f"FROM {rows} JOIN submissions USING (submission_no)"
    )
