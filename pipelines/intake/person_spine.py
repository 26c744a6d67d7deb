"""Who is who: rows of a submission are matched to persons by pseudonyms, and only person_id goes on from here.

A row is matched by UPN, then ULN, then date of birth + sex + name + local authority; a row that matches nobody is a new
person. Two different permanent UPNs are never one person, whatever else agrees. Identifiers that a matched row brings
along are attached to its person; a pseudonym that has a person keeps it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import duckdb
import polars as pl

from pipelines.intake.key_chain import Key, pseudonym_sql
from pipelines.intake.raw_files import under_way
from pipelines.intake.spine_store import IDENTIFIER, PERSON, Spine, create_tables, merge_parts, open_spine, write_part
from pipelines.settings import Settings

PEOPLE = {
    "row": pl.Int64,
    "upn": pl.String,
    "uln": pl.String,
    "surname": pl.String,
    "forename": pl.String,
    "birth_date": pl.Date,
    "sex": pl.String,
    "area": pl.String,
}
"""What matching needs of each row; a column without a value says nothing. `row` is unique and gives the order."""

_TEMPORARY_ULN = "9999999999"
_NAME = r"regexp_replace(lower(strip_accents({0})), '[^\p{{L}}]', '', 'g')"
# id_type → (rule it matches by, condition, message under the keys). A temporary UPN ends in a letter.
_TYPES = {
    "upn": ("upn", r"regexp_full_match(upn, '[A-Z]\d{12}')", "'upn:' || upn"),
    "temporary_upn": ("upn", r"regexp_full_match(upn, '[A-Z]\d{11}[A-Z]')", "'upn:' || upn"),
    "uln": ("uln", rf"regexp_full_match(uln, '\d{{10}}') AND uln <> '{_TEMPORARY_ULN}'", "'uln:' || uln"),
    "name": (
        "birth_sex_name_area",
        "surname <> '' AND forename <> '' AND birth_date IS NOT NULL AND sex <> '' AND area <> ''",
        "concat_ws('|', 'name:' || surname, forename, birth_date, sex, area)",
    ),
}
RULES = ("upn", "uln", "birth_sex_name_area")

# The child of one row of this submission, or nobody yet.
_WORKING = """
    CREATE TABLE linked (row BIGINT, person_id VARCHAR, match_rule VARCHAR, match_quality VARCHAR);
    CREATE TABLE seen AS SELECT row, sex, date_trunc('month', birth_date)::DATE AS birth_month FROM people;
    CREATE TABLE known AS
        SELECT pseudonym, id_type, person_id FROM read_parquet('{identifiers}') SEMI JOIN given USING (pseudonym);
    INSERT INTO known BY NAME
        SELECT pseudonym, id_type, person_id FROM read_parquet('{identifiers}')
        WHERE id_type = 'upn' AND person_id IN (SELECT person_id FROM known)
            AND pseudonym NOT IN (SELECT pseudonym FROM known);
    CREATE TABLE person AS
        SELECT person_id, sex, birth_month FROM read_parquet('{persons}')
        WHERE person_id IN (SELECT person_id FROM known);
"""

_MATCH = """
    INSERT INTO linked
    WITH candidate AS (
        SELECT g.row, min_by(k.person_id, k.pseudonym) AS person_id
        FROM (FROM given ANTI JOIN linked USING (row)) g JOIN known k USING (pseudonym)
        WHERE g.rule = $rule
            AND NOT EXISTS (
                FROM given mine JOIN known theirs ON theirs.person_id = k.person_id AND theirs.id_type = 'upn'
                WHERE mine.row = g.row AND mine.id_type = 'upn' AND mine.pseudonym <> theirs.pseudonym
            )
        GROUP BY g.row
    )
    SELECT c.row, c.person_id, $rule, CASE
        WHEN s.sex <> p.sex OR s.birth_month <> p.birth_month THEN 'differs'
        WHEN s.sex = p.sex AND s.birth_month = p.birth_month THEN 'agrees'
        ELSE 'unknown' END
    FROM candidate c JOIN seen s USING (row) JOIN person p USING (person_id)
"""

# The first row of each group that shares a pseudonym of this type; the others then match it by rule.
_NEW = """
    INSERT INTO linked
    SELECT row, replace(uuid()::VARCHAR, '-', ''), 'new', 'new'
    FROM (
        SELECT min(row) AS row FROM given ANTI JOIN linked USING (row) WHERE id_type = $id_type GROUP BY pseudonym
    )
"""
_NEW_WITHOUT_IDENTIFIER = """
    INSERT INTO linked
    SELECT row, replace(uuid()::VARCHAR, '-', ''), 'new', 'new' FROM people ANTI JOIN linked USING (row)
"""
# Each statement with the parameters it needs.
_TAKE_IN = {
    f"""INSERT INTO {PERSON}
        SELECT l.person_id, s.sex, s.birth_month, $seen_at, $return_name
        FROM (FROM linked ANTI JOIN person USING (person_id)) l JOIN seen s USING (row)""": ("seen_at", "return_name"),
    f"""INSERT INTO person
        SELECT person_id, sex, birth_month FROM {PERSON} ANTI JOIN person USING (person_id)""": (),
    f"""INSERT INTO {IDENTIFIER}
        SELECT g.pseudonym, arg_min(g.id_type, l.row), $key_id, arg_min(l.person_id, l.row),
            arg_min(l.match_rule, l.row), arg_min(l.match_quality, l.row)
        FROM (FROM given ANTI JOIN known USING (pseudonym)) g JOIN linked l USING (row) GROUP BY g.pseudonym""": (
        "key_id",
    ),
    f"""INSERT INTO known
        SELECT pseudonym, id_type, person_id FROM {IDENTIFIER} ANTI JOIN known USING (pseudonym)""": (),
}


@dataclass(frozen=True)
class Linked:
    """Each row's person: `rows` has row, person_id, match_rule and match_quality; `new` counts new persons."""

    rows: pl.DataFrame
    new: int


def link_people(settings: Settings, people: pl.DataFrame, return_name: str, seen_at: datetime) -> Linked:
    """Match rows to persons, and write what is new into the spine as one part, before this returns.

    `people` has the columns of PEOPLE. The caller holds `spine_store.writing`. match_rule is one of RULES or `new`;
    match_quality is `agrees` or `differs` (sex and month of birth against the person's), `unknown` (nothing to
    compare) or `new`. Raises KeyChainError, or OSError when the disk is full: then nothing was written.
    """
    spine, chain = open_spine(settings)
    spine = merge_parts(settings, spine)
    # What does not fit into memory goes where identifiers may be, and nowhere else.
    with (
        under_way(settings, uuid4().hex) as folder,
        duckdb.connect(config={"temp_directory": folder.as_posix()}) as con,
    ):
        create_tables(con)
        con.register("given_people", people.select(pl.col(name).cast(kind) for name, kind in PEOPLE.items()))
        _pseudonymise(con, spine, chain.until(spine.key_id))
        takes = {"seen_at": seen_at, "return_name": return_name, "key_id": spine.key_id}
        _match_all(con, takes)
        for id_type in _TYPES:
            if _changed(con, _NEW, {"id_type": id_type}):
                _take_in(con, takes)
                _match_all(con, takes)
        if _changed(con, _NEW_WITHOUT_IDENTIFIER, {}):
            _take_in(con, takes)
        new = _count(con, PERSON)
        if new or _count(con, IDENTIFIER):
            write_part(con, settings, spine)
        return Linked(con.sql("FROM linked ORDER BY row").pl(), new)


def _match_all(con: duckdb.DuckDBPyConnection, takes: dict[str, object]) -> None:
    """Match by each rule in order, again as long as newly attached identifiers lead to further matches."""
    again = True
    while again:
        again = False
        for rule in RULES:
            if _count(con, "linked") < _count(con, "people") and _changed(con, _MATCH, {"rule": rule}):
                _take_in(con, takes)
                again = True


def _take_in(con: duckdb.DuckDBPyConnection, takes: dict[str, object]) -> None:
    """Add the persons that rows began, and attach the identifiers that linked rows bring along."""
    for statement, names in _TAKE_IN.items():
        con.execute(statement, {name: takes[name] for name in names})


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _changed(con: duckdb.DuckDBPyConnection, statement: str, parameters: dict[str, object]) -> int:
    """Run an INSERT; returns how many rows it added."""
    return int(con.execute(statement, parameters).fetchall()[0][0])


def _pseudonymise(con: duckdb.DuckDBPyConnection, spine: Spine, keys: tuple[Key, ...]) -> None:
    con.execute(
        f"""CREATE TABLE people AS SELECT row, upper(trim(upn)) AS upn, trim(uln) AS uln,
            {_NAME.format("surname")} AS surname, {_NAME.format("forename")} AS forename,
            birth_date, upper(trim(sex)) AS sex, upper(trim(area)) AS area FROM given_people"""
    )
    messages = " UNION ALL ".join(
        f"SELECT row, '{id_type}' AS id_type, '{rule}' AS rule, {message} AS message FROM people WHERE {condition}"
        for id_type, (rule, condition, message) in _TYPES.items()
    )
    pseudonym, parameters = pseudonym_sql("message", keys)
    con.execute(
        f"CREATE TABLE given AS SELECT row, id_type, rule, {pseudonym} AS pseudonym FROM ({messages})", parameters
    )
    con.execute(_WORKING.format(identifiers=spine.glob(IDENTIFIER), persons=spine.glob(PERSON)))
