"""Spec tables: children written down by hand, with what each must count as, and the returns they make.

`spec/<metric>.yaml` has `cases`, a child each (what is left out is as in _USUAL), and what the metric then is. `counts`
says whether a child is in the numerator (and so the denominator), in the denominator alone, or in neither. `again` is a
second plan of the same request.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.contracts.return_contract import load_return
from pipelines.intake.catalogue import empty_tables
from pipelines.intake.landing import land_return
from pipelines.settings import Settings

FOLDER = Path(__file__).parent / "spec"
_USUAL: dict[str, Any] = {
    "sex": "F",
    "born": date(2015, 6, 1),
    "received": date(2020, 3, 2),
    "outcome": "Y",
    "need": "ASD",
    "rank": 1,
    "provision": "N",
    "enrolled": "C",
    "fsm": False,
}


@dataclass(frozen=True)
class Spec:
    """One metric's spec: its cases, and expected (numerator, denominator, value) by breakdown."""

    metric: str
    return_name: str
    period: str
    body: str
    geography: str
    cases: list[dict[str, Any]]
    expected: dict[str, list[float | None]]


def load_specs() -> list[Spec]:
    """Every spec, in order of file name."""
    return [
        Spec(metric=path.stem, **yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.yaml"))
    ]


def land_spec(settings: Settings, spec: Spec, received_at: datetime) -> None:
    """Land the return that the children of a spec make."""
    children = [_USUAL | case | {"id": f"{spec.metric}{n}"} for n, case in enumerate(spec.cases, start=1)]
    if spec.return_name == "sen2":
        tables = _sen2(children)
    elif spec.return_name == "school_census":
        tables = {"pupils": [_pupil(spec, each) for each in children]}
    else:
        # Of any other return a case is a row of its first table, in the columns of its contract.
        tables = {load_return(spec.return_name).tables[0].name: [_row(case) for case in spec.cases]}
    land_rows(settings, spec.return_name, spec.body, spec.period, tables, received_at)


def land_rows(
    settings: Settings,
    return_name: str,
    body: str,
    period: str,
    tables: dict[str, list[dict[str, Any]]],
    received_at: datetime,
) -> str:
    """Land rows as an accepted submission; returns its receipt."""
    contract = load_return(return_name)
    name = f"{return_name}-{body}-{period}-{received_at:%Y%m%d%H%M%S}"
    frames = {}
    for table, empty in empty_tables(contract).items():
        rows = [{"submission_id": name, "source_row": n, **row} for n, row in enumerate(tables.get(table, []), start=2)]
        frames[table] = pl.DataFrame(rows, schema=empty.schema) if rows else empty
    receipt = {
        "receipt_id": sha256(name.encode()).hexdigest(),
        "submission_id": name,
        "return_name": return_name,
        "body_kind": contract.body_kind,
        "period": period,
        "body": body,
        "reference_date": contract.reference_date(period).isoformat(),
        "geography_vintage": "2023-04-01",
        "received_at": received_at.isoformat(),
        "known_from": received_at.isoformat(),
    }
    land_return(settings, receipt, frames, pl.DataFrame({"rule": []}))
    return receipt["receipt_id"]


def _sen2(children: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in empty_tables(load_return("sen2"))}
    for child in children:
        person, started, ended = child["id"], child.get("start"), child.get("ended")
        tables["persons"].append({"person_id": person, "sex": child["sex"], "personbirthdate": child["born"]})
        tables["requests"].append(
            {
                "person_id": person,
                "requeststableid": person,
                "receiveddate": child["received"],
                "requestoutcome": child["outcome"],
                "requestoutcomedate": child.get("decided"),
            }
        )
        if "assessed" in child or started:
            tables["assessments"].append(
                {
                    "assessmenttableid": person,
                    "requeststableid": person,
                    "assessmentoutcome": child.get("assessed", "Y"),
                    "assessmentoutcomedate": child.get("assessed_on"),
                    "week20": child.get("exception"),
                }
            )
        if started:
            tables["named_plans"].append(_plan(person, child))
        if again := child.get("again"):
            second = f"{person} again"
            tables["assessments"].append({"assessmenttableid": second, "requeststableid": person})
            tables["named_plans"].append(_plan(second, again))
        if child.get("active", bool(started) and not ended):
            tables["active_plans"].append(
                {"activeplanstableid": person, "requeststableid": person, "reviewmeeting": child.get("reviewed")}
            )
            tables["sen_needs"].append({"activeplanstableid": person, "sentype": child["need"], "sentyperank": 1})
            tables["placements"].append(
                {"activeplanstableid": person, "placementrank": child["rank"], "leavingdate": child.get("left")}
                | {name: child.get(name) for name in ("urn", "ukprn", "sensetting")}
            )
    return tables


def _plan(assessment: str, child: dict[str, Any]) -> dict[str, Any]:
    return {
        "namedplantableid": assessment,
        "assessmenttableid": assessment,
        "startdate": child["start"],
        "pb": child.get("budget"),
        "ceasedate": child.get("ended"),
        "ceasereason": child.get("reason"),
    }


def _row(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in ("case", "counts")}


def _pupil(spec: Spec, child: dict[str, Any]) -> dict[str, Any]:
    return {
        "person_id": child["id"],
        "urn": spec.body,
        "sex": child["sex"],
        "dob": child["born"],
        "fsm": child["fsm"],
        "enrolstatus": child["enrolled"],
        "leavingdate": child.get("left"),
        "senprovision": child["provision"],
    }
