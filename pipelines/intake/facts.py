"""From checked tables to what may be kept: identifiers out, person_id in, dates of birth as months.

What a column is for is its contract's to say (`intake`). The columns that matching needs have one name in every
return: upn, uniquelearnernumber, surname, forename, sex, home_lea, and the date kept as a month.
"""

import polars as pl

from pipelines.contracts.return_contract import Column, ReturnContract, Table
from pipelines.intake.person_spine import PEOPLE
from pipelines.published.geography import Areas

LINK = ["person_id", "match_rule", "match_quality"]
_ROLES = {"upn": "upn", "uniquelearnernumber": "uln", "surname": "surname", "forename": "forename", "sex": "sex"}


def person_table(contract: ReturnContract) -> Table | None:
    """The table whose rows are people, or None for a return without any."""
    return next((t for t in contract.tables if any(c.intake == "identifier" for c in t.columns)), None)


def people_of(contract: ReturnContract, rows: pl.DataFrame, body: str, areas: Areas) -> pl.DataFrame:
    """What matching needs of each row of the person table, in the shape of PEOPLE; `row` is the place in the frame.

    The area is the one the child lives in where the return says so, else the authority that sends the return.
    """
    table = person_table(contract)
    names = {column.name for column in table.columns} if table else set()
    births = [column.name for column in table.columns if column.intake == "month"] if table else []
    given = {role: pl.col(name) for name, role in _ROLES.items() if name in names}
    if len(births) == 1:
        given["birth_date"] = pl.col(births[0])
    if "home_lea" in names:
        given["area"] = pl.col("home_lea").replace(areas.by_number | areas.by_code)
    elif contract.body_kind == "la":
        given["area"] = pl.lit(body)
    columns = {role: given.get(role, pl.lit(None)).cast(kind) for role, kind in PEOPLE.items() if role != "row"}
    return rows.select(row=pl.int_range(pl.len(), dtype=pl.Int64), **columns)


def facts_of(
    contract: ReturnContract, tables: dict[str, pl.DataFrame], linked: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Each table as it may be kept: submission_id, source_row, person_id, then the columns its contract keeps.

    `linked` has LINK for each row of the person table, in its order. Rows of other tables get the person_id of the row
    they refer to; the person table says by which rule each row was matched, too.
    """
    people = person_table(contract)
    persons: dict[str, pl.DataFrame] = {}
    facts = {}
    for table in _referred_first(contract):
        given = tables[table.name]
        rows = given.hstack(linked.select(LINK)) if table is people else _with_person(table, given, persons)
        if "person_id" in rows.columns and len(table.key) == 1:
            persons[f"{table.name}.{table.key[0]}"] = rows.select(table.key[0], "person_id")
        link = [name for name in LINK if name in rows.columns]
        facts[table.name] = rows.select("submission_id", "source_row", *link, *_kept(table))
    return {table.name: facts[table.name] for table in contract.tables}


def _with_person(table: Table, rows: pl.DataFrame, persons: dict[str, pl.DataFrame]) -> pl.DataFrame:
    for column in table.columns:
        if column.references in persons:
            referred = persons[column.references]
            key = column.references.split(".")[1]
            keyed = referred.rename({key: column.name})
            return rows.join(keyed, on=column.name, how="left", maintain_order="left", validate="m:1")
    return rows


def _kept(table: Table) -> list[pl.Expr]:
    return [_as_kept(column) for column in table.columns if column.intake in ("keep", "month")]


def _as_kept(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    return value.dt.truncate("1mo") if column.intake == "month" else value


def _referred_first(contract: ReturnContract) -> list[Table]:
    """Tables in an order in which each comes after those it refers to."""
    order: list[Table] = []
    waiting = list(contract.tables)
    while waiting:
        done = {table.name for table in order}
        ready = [t for t in waiting if _referred(t) <= done]
        if not ready:
            raise ValueError(f"tables of {contract.name} refer to one another in a circle")
        order += ready
        waiting = [t for t in waiting if t not in ready]
    return order


def _referred(table: Table) -> set[str]:
    return {c.references.split(".")[0] for c in table.columns if c.references} - {table.name}
