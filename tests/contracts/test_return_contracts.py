"""Contracts of returns: whole, of the standard's shape, lawful in every column, explained, and refused when wrong."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
import yaml

from pipelines.contracts.code_sets import load_code_sets
from pipelines.contracts.return_contract import (
    CONTRACTS_DIR,
    ContractError,
    Rule,
    load_return,
    load_returns,
    return_paths,
)

PATHS = sorted(return_paths().values())
README = (CONTRACTS_DIR / "README.md").read_text(encoding="utf-8")


def document(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _object(required: str, /, **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


TEXT, WHOLE, FLAG = {"type": "string", "minLength": 1}, {"type": "integer"}, {"type": "boolean"}
CUSTOM = {"type": "array", "items": _object("property value", property=TEXT, value={})}
RULE = _object(
    "id description type severity customProperties",
    id={"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
    description=TEXT,
    type={"enum": ["sql", "text"]},
    severity=TEXT,
    query=TEXT,
    mustBe={},
    mustBeLessOrEqualTo={"type": "number"},
    customProperties=CUSTOM,
)
COLUMN = _object(
    "name logicalType physicalType required description customProperties",
    name=TEXT,
    logicalType={"enum": ["string", "date", "number", "integer", "boolean"]},
    physicalType=TEXT,
    required=FLAG,
    primaryKey=FLAG,
    primaryKeyPosition=WHOLE,
    description=TEXT,
    logicalTypeOptions=_object("", pattern=TEXT, minimum={}, maximum={}, maxLength=WHOLE),
    relationships={
        "type": "array",
        "minItems": 1,
        "items": _object("type to", type={"const": "foreignKey"}, to={"type": "string", "pattern": r"^\w+\.\w+$"}),
    },
    customProperties=CUSTOM,
)
TABLE = _object(
    "name logicalType physicalType description customProperties quality properties",
    name=TEXT,
    logicalType={"const": "object"},
    physicalType=TEXT,
    description=TEXT,
    customProperties=CUSTOM,
    quality={"type": "array", "items": RULE},
    properties={"type": "array", "items": COLUMN},
)
# Of the Open Data Contract Standard 3.1, what returns use: anything of our own goes under customProperties.
STANDARD = _object(
    "apiVersion kind id version status description schema",
    apiVersion={"const": "v3.1.0"},
    kind={"const": "DataContract"},
    id=TEXT,
    name=TEXT,
    version=TEXT,
    status=TEXT,
    domain=TEXT,
    description=_object("purpose", purpose=TEXT, usage=TEXT, limitations=TEXT),
    customProperties=CUSTOM,
    schema={"type": "array", "items": TABLE},
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_contract_has_the_shape_of_the_open_data_contract_standard(path: Path) -> None:
    jsonschema.validate(document(path), STANDARD)


def fields_of(node: Any) -> Iterator[str]:
    """Every field a contract uses, custom ones by their own name; not the names inside legalStatements."""
    if isinstance(node, list):
        for each in node:
            yield from fields_of(each)
    elif isinstance(node, dict):
        for custom in node.get("customProperties", []):
            yield custom["property"]
        for key, value in node.items():
            if key in ("customProperties", "relationships", "logicalTypeOptions", "description"):
                yield from (value if key == "logicalTypeOptions" else [key])
            else:
                yield key
                yield from fields_of(value)


def test_every_field_is_explained_and_no_explained_field_is_gone() -> None:
    used = {name for path in PATHS for name in fields_of(document(path))} - {"customProperties", "logicalTypeOptions"}
    table = re.findall(r"^\| (`[^|]+`[^|]*) \|", README, flags=re.MULTILINE)
    explained = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    assert explained == used


@pytest.mark.parametrize("name", sorted(load_returns()))
def test_every_column_says_why_by_what_right_and_for_how_long(name: str) -> None:
    for table in load_return(name).tables:
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            assert len(column.purpose) > 20 and column.lawful_basis.startswith("UK GDPR Article 6"), place
            assert column.special_category == "none" or "Article 9" in column.special_category, place
            assert re.search(r"days|years|until", column.retention, flags=re.IGNORECASE), place
            named = {"surname", "forename", "upn", "uniquelearnernumber", "postcode", "personbirthdate", "dob"}
            assert column.is_confidential or column.name not in named, place
            assert column.special_category != "none" or column.name not in ("ethnicity", "sentype", "sentype1"), place


LEGAL = ("purpose", "lawfulBasis", "specialCategory", "retention", "intake")


@pytest.mark.parametrize("missing", LEGAL)
def test_a_column_without_one_of_them_is_refused_by_file_and_field(missing: str, tmp_path: Path) -> None:
    content = document(CONTRACTS_DIR / "school" / "school_census.odcs.yaml")
    column = content["schema"][0]["properties"][1]
    column["customProperties"] = [each for each in column["customProperties"] if each["property"] != missing]
    with pytest.raises(ContractError, match=rf"census\.odcs\.yaml is wrong(.|\n)*schema\.0\.properties\.1\.{missing}"):
        load_return("census", written(tmp_path, content))


WRONG: dict[str, tuple[Any, str]] = {
    "unknown code set": (lambda c: custom(c, 6, "codeSet", "colour"), "code set colour"),
    "reference to nowhere": (
        lambda c: c["schema"][0]["properties"][0].update(relationships=[{"type": "foreignKey", "to": "schools.urn"}]),
        "refers to schools.urn",
    ),
    "rule that points at no column": (
        lambda c: c["schema"][0]["quality"][0]["customProperties"][1].update(value=["height"]),
        "rule S01 points at pupils.height",
    ),
    "two rules of one name": (lambda c: c["schema"][0]["quality"][1].update(id="S01"), "rule S01 is given 2 times"),
    "query that counts nothing": (
        lambda c: c["schema"][0]["quality"][0].update(query="DELETE FROM pupils"),
        "a query starts with",
    ),
    "share without a limit": (
        lambda c: c["schema"][0]["quality"][0].update(query="SELECT 100.0 * AVG(1) FROM ${object}"),
        "mustBeLessOrEqualTo",
    ),
    "pattern without words": (lambda c: custom(c, 0, "form", None), "go together"),
    "field nobody knows": (lambda c: c.update(owner="me"), "owner"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_contract_is_refused_with_its_fault(case: str, tmp_path: Path) -> None:
    spoil, said = WRONG[case]
    content = document(CONTRACTS_DIR / "school" / "school_census.odcs.yaml")
    spoil(content)
    with pytest.raises(ContractError, match=re.escape(said)):
        load_return("census", written(tmp_path, content))


def custom(content: dict[str, Any], column: int, name: str, value: str | None) -> None:
    given = content["schema"][0]["properties"][column]["customProperties"]
    given[:] = [each for each in given if each["property"] != name]
    if value is not None:
        given.append({"property": name, "value": value})


def written(folder: Path, content: dict[str, Any]) -> Path:
    (folder / "school").mkdir()
    (folder / "school" / "census.odcs.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def test_an_unknown_return_is_answered_with_those_there_are() -> None:
    with pytest.raises(ContractError, match="school_census"):
        load_return("sen3")


def test_census_days_and_due_dates() -> None:
    sen2, census = load_return("sen2"), load_return("school_census")
    assert sen2.reference_date("2025") == date(2025, 1, 16)
    assert sen2.reference_date("2026") == date(2026, 1, 15)
    assert sen2.due_date("2026") == date(2026, 3, 12)
    assert [census.reference_date(f"2025-{term}") for term in ("spring", "summer", "autumn")] == [
        date(2025, 1, 16),
        date(2025, 5, 15),
        date(2025, 10, 2),
    ]
    assert census.latest_period(date(2025, 5, 14)) == "2025-spring"
    assert census.latest_period(date(2025, 5, 15)) == "2025-summer"
    assert sen2.latest_period(date(2026, 1, 14)) == "2025"
    with pytest.raises(ValueError, match="no period"):
        census.reference_date("2025")


def test_a_rule_as_sql_finds_its_rows_and_a_share_on_its_limit_passes() -> None:
    def rule(**fields: object) -> Rule:
        usual = {"id": "X01", "description": "x", "type": "sql", "severity": "query", "do": "x", "columns": ["a"]}
        return Rule.model_validate(usual | fields)

    con = duckdb.connect()
    con.execute(
        "CREATE TABLE t AS SELECT * FROM (VALUES ('s', 2, 1), ('s', 3, 0), ('r', 2, 1)) v(submission_id, source_row, a)"
    )
    row = rule(query="SELECT COUNT(*) FROM ${object} WHERE a = 0", mustBe=0)
    cross = rule(query="SELECT COUNT(*) FROM ${object} AS this JOIN t AS o ON o.a = this.a AND this.a = 1", mustBe=0)
    assert (row.kind, row.condition) == ("row", "a = 0")
    assert con.execute(row.failing_rows("t")).fetchall() == [("s", 3)]
    assert sorted(con.execute(cross.failing_rows("t")).fetchall()) == [("r", 2), ("s", 2)]
    for limit, failing in ((50, [("r", 100.0)]), (49, [("r", 100.0), ("s", 50.0)])):
        share = rule(query="SELECT 100.0 * AVG(a) FROM ${object}", mustBeLessOrEqualTo=limit)
        assert sorted(con.execute(share.failing_shares("t")).fetchall()) == failing


def test_codes_are_in_capitals_once_a_set_and_valid_some_day() -> None:
    for name, codes in load_code_sets().items():
        assert len({code.code for code in codes}) == len(codes), name
        assert all(code.code == code.code.upper() and code.label for code in codes), name
        assert all(code.valid_to is None or code.valid_from <= code.valid_to for code in codes), name
