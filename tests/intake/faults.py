"""Faulty returns: each a valid one with one thing spoilt, and exactly the violations that must come of it.

RULES are spoilt by hand, one or more a rule of the contract. `of_form` spoils every column by what its contract says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.contracts.return_contract import Column, ReturnContract
from tests.intake.valid_returns import Return, upn

# (table, row as a spreadsheet shows it or None, column, rule)
Place = tuple[str, int | None, str, str]


@dataclass(frozen=True)
class Fault:
    """What to write where, rows to add at the end, rows to take out, and the violations that must come of it."""

    name: str
    writes: tuple[tuple[str, int, str, str], ...]
    expected: tuple[Place, ...]
    adds: tuple[tuple[str, dict[str, str]], ...] = ()
    removes: tuple[tuple[str, int], ...] = ()

    def spoil(self, tables: Return) -> Return:
        for table, row, column, value in self.writes:
            tables[table][row - 2][column] = value
        for table, cells in self.adds:
            tables[table].append({**dict.fromkeys(tables[table][0], ""), **cells})
        for table, row in self.removes:
            del tables[table][row - 2]
        return tables


def _fault(rule: str, writes: str, at: str, more: str = "", removes: str = "") -> Fault:
    """`table row column=value; …` to write, `table row column,column` expected, `table column=value …` to add."""
    written = []
    for each in filter(None, writes.split("; ")):
        table, row, cell = each.split(" ", 2)
        column, value = cell.split("=", 1)
        written.append((table, int(row), column, value))
    added = []
    for each in filter(None, more.split("; ")):
        table, *cells = each.split(" ")
        added.append((table, dict(cell.split("=", 1) for cell in cells)))
    expected = []
    for each in at.split("; "):
        table, row, columns = each.split(" ")
        expected.append((table, None if row == "-" else int(row), columns.replace(",", ", "), rule))
    taken = [(each.split(" ")[0], int(each.split(" ")[1])) for each in filter(None, removes.split("; "))]
    return Fault(rule, tuple(written), tuple(expected), tuple(added), tuple(taken))


_WAITING = "requests 5 receiveddate=2024-07-01; requests 5 requestoutcome=Y; requests 5 requestoutcomedate=2024-08-05"
_OLD_WAIT = _WAITING.replace("2024-07-01", "2023-11-01").replace("2024-08-05", "2023-12-04")
_ADVICE = ",".join(
    f"{kind}_advice_{step}" for kind in ("ep", "health", "social_care") for step in ("requested", "received")
)

SEN2 = (
    _fault("P01", f"persons 2 upn=A{upn('330200001001')[1:]}", "persons 2 upn"),
    _fault("P01b", "persons 7 uniquelearnernumber=1234567898", "persons 7 uniquelearnernumber"),
    _fault("P02", "persons 4 upnunknown=", "persons 4 upn,uniquelearnernumber,upnunknown"),
    _fault("P03", "persons 4 personbirthdate=1990-01-01", "persons 4 personbirthdate"),
    _fault("P04", "persons 2 personbirthdate=1999-05-01", "persons 2 personbirthdate"),
    _fault("P05", f"persons 4 upn={upn('330200001001')}", "persons 2 upn; persons 4 upn"),
    _fault("P08", "persons 2 ethnicity=NOBT", "persons - ethnicity"),
    _fault("R01", "requests 5 receiveddate=2025-01-20", "requests 5 receiveddate"),
    _fault("R01", "persons 5 personbirthdate=2024-12-10", "requests 5 receiveddate"),
    _fault("R02", "requests 4 requestoutcomedate=", "requests 4 requestoutcome,requestoutcomedate"),
    _fault("R02", "requests 5 requestoutcomedate=2025-01-02", "requests 5 requestoutcome,requestoutcomedate"),
    _fault("R03", "requests 4 requestoutcomedate=2024-05-01", "requests 4 receiveddate,requestoutcomedate"),
    _fault("R04", "requests 4 requestoutcomedate=2024-06-19", "requests 4 receiveddate,requestoutcomedate"),
    _fault("R05", "requests 2 receiveddate=2019-01-01", "requests 2 receiveddate,requestoutcomedate"),
    _fault(
        "R06",
        "requests 5 requestoutcome=W; requests 5 requestoutcomedate=2025-01-03; requests 5 requestmediation=1; "
        "requests 5 requesttribunal=1",
        "requests 5 requestoutcome,requesttribunal",
    ),
    _fault("R07", "requests 5 requestoutcome=H", "requests 5 requestoutcome,receiveddate"),
    _fault(
        "R08",
        "",
        "requests 8 receiveddate",
        "requests requeststableid=r7 persontableid=p3 receiveddate=2024-09-02 rya=0 requestoutcome=A",
    ),
    _fault("R09", "requests 4 requestmediation=0", "requests - requestmediation"),
    _fault(
        "R10",
        "",
        "requests 4 requestoutcome",
        "assessments assessmenttableid=a3 requeststableid=r3 assessmentoutcome=A",
    ),
    _fault(
        "A01",
        "",
        "assessments 6 requeststableid",
        "assessments assessmenttableid=a4 requeststableid=r4 assessmentoutcome=A",
    ),
    _fault("A02", "assessments 3 assessmentoutcomedate=2024-03-10", "assessments 3 assessmentoutcomedate"),
    _fault("A03", "assessments 3 assessmentoutcome=N", "assessments 3 assessmentoutcome"),
    _fault("A04", "assessments 3 week20=1", "assessments - week20"),
    _fault(
        "A05",
        _WAITING,
        "assessments 6 assessmentoutcomedate",
        "assessments assessmenttableid=a4 requeststableid=r4 assessmentoutcome=N assessmentoutcomedate=2024-10-22",
    ),
    _fault("A06", "assessments 3 health_advice_received=2024-03-11", f"assessments 3 {_ADVICE}"),
    _fault(
        "A07",
        _OLD_WAIT,
        "assessments 6 assessmentoutcome",
        "assessments assessmenttableid=a4 requeststableid=r4 assessmentoutcome=A",
    ),
    _fault("A08", "assessments 3 assessmentoutcomedate=", "assessments 3 assessmentoutcome,assessmentoutcomedate"),
    _fault("N01", "named_plans 3 startdate=2024-05-19", "named_plans 3 startdate"),
    _fault("N01", "named_plans 3 startdate=2025-01-17", "named_plans 3 startdate"),
    _fault("N02", "named_plans 4 ceasereason=", "named_plans 4 startdate,ceasedate,ceasereason"),
    _fault("N02", "named_plans 4 ceasedate=2021-08-19", "named_plans 4 startdate,ceasedate,ceasereason"),
    _fault("N03", "named_plans 4 ceasereason=1", "named_plans 4 ceasedate,ceasereason"),
    _fault(
        "N03b",
        "named_plans 4 ceasereason=1; persons 6 personbirthdate=2006-07-19",
        "named_plans 4 ceasedate,ceasereason",
    ),
    _fault("N05", "named_plans 2 dp=E", "named_plans 2 pb,dp"),
    _fault("N06", "plan_details 2 urn=", "plan_details 2 urn,ukprn,sensetting"),
    _fault("N07", "plan_details 2 sensetting=OLA", "plan_details 2 urn,sensetting"),
    _fault(
        "N08",
        "plan_details 2 resourcedprovisionindicator=1",
        "plan_details 2 senunitindicator,resourcedprovisionindicator",
    ),
    _fault("N11", "named_plans 4 ceasereason=9", "named_plans - ceasereason"),
    _fault(
        "N12",
        "",
        "named_plans 4 ceasedate,ceasereason",
        "requests requeststableid=r7 persontableid=p5 receiveddate=2024-11-01 rya=0 requestoutcome=A",
    ),
    _fault(
        "N13", "assessments 2 assessmentoutcomedate=; named_plans 2 startdate=2020-02-02", "named_plans 2 startdate"
    ),
    _fault(
        "N13b",
        "requests 3 requestoutcomedate=2024-02-12; assessments 3 assessmentoutcomedate=2024-02-20; "
        "named_plans 3 startdate=2024-03-17",
        "named_plans 3 startdate",
    ),
    _fault("V01", "active_plans 2 lastreview=2024-05-09", "active_plans 2 reviewmeeting,lastreview"),
    _fault("V02", "active_plans 2 lastreview=", "active_plans 2 reviewoutcome,lastreview"),
    _fault(
        "V03",
        "active_plans 2 reviewmeeting=2025-01-17; active_plans 2 lastreview=2025-01-20",
        "active_plans 2 reviewmeeting",
    ),
    _fault(
        "V04",
        "active_plans 2 reviewmeeting=2024-01-15; active_plans 2 lastreview=2024-02-01",
        "active_plans 2 reviewmeeting",
    ),
    _fault("V05", "active_plans 2 reviewoutcome=C", "active_plans 2 reviewoutcome,lastreview"),
    _fault(
        "V06",
        "active_plans 4 phasetransferfinaldate=2025-01-10",
        "active_plans 4 phasetransferduedate,phasetransferfinaldate",
    ),
    _fault("V07", "active_plans 2 phasetransferduedate=2026-02-16", "active_plans 2 phasetransferduedate"),
    _fault(
        "V09", "active_plans 2 outcomes_achieved=4", "active_plans 2 outcomes_total,outcomes_achieved,outcomes_on_track"
    ),
    _fault(
        "V10",
        "active_plans 2 reviewmeeting=; active_plans 2 reviewoutcome=; active_plans 2 lastreview=",
        "active_plans 2 reviewmeeting",
    ),
    _fault("L01", "placements 4 leavingdate=2024-12-01", "active_plans 3 activeplanstableid"),
    _fault("L02", "placements 2 leavingdate=2019-09-01", "placements 2 entrydate,leavingdate"),
    _fault(
        "L03",
        "placements 2 leavingdate=2024-09-03",
        "placements 2 entrydate,leavingdate; placements 3 entrydate,leavingdate",
    ),
    _fault("L04", "", "active_plans 3 activeplanstableid", removes="sen_needs 4"),
    _fault("L05", "sen_needs 3 sentype=ASD", "sen_needs 3 sentype"),
    _fault("L07", "persons 7 personbirthdate=2009-01-17", "placements 5 sensetting,wbp"),
    _fault("L11", "placements 4 urn=; placements 4 sensetting=OTH", "placements - sensetting"),
    _fault("L12", "placements 4 urn=", "placements 4 urn,ukprn,sensetting"),
    _fault("L13", "sen_needs 3 sentyperank=1", "sen_needs 2 sentyperank; sen_needs 3 sentyperank"),
    _fault("key", "sen_needs 3 senneedtableid=s1", "sen_needs 2 senneedtableid; sen_needs 3 senneedtableid"),
    _fault("reference", "placements 4 activeplanstableid=v9", "placements 4 activeplanstableid"),
    _fault("reference", "requests 5 persontableid=p9", "requests 5 persontableid"),
)

_GUS_AGAIN = (
    f"pupils urn=100001 upn={upn('330200001010')} surname=Gale forename=Gus dob=2014-11-20 sex=M ethnicity=WBRI fsm=0 "
    "enrolstatus=C ncyearactual=5 parttime=0 senprovision=N entrydate="
)
SCHOOL_CENSUS = (
    _fault("S01", f"pupils 3 upn=A{upn('330200001010')[1:]}", "pupils 3 upn"),
    _fault("S01b", "pupils 3 uniquelearnernumber=1234567890", "pupils 3 uniquelearnernumber"),
    _fault("S02", "pupils 3 sentype1=", "pupils 3 senprovision,sentype1"),
    _fault("S03", "pupils 2 sentype2=NSA", "pupils 2 senprovision,sentype1,sentype2"),
    _fault("S07", "", "pupils 3 upn,enrolstatus; pupils 7 upn,enrolstatus", f"{_GUS_AGAIN}2019-09-03"),
    _fault("S09", "pupils 6 leavingdate=2020-01-05", "pupils 6 entrydate,leavingdate"),
    _fault("S10", "pupils 5 dob=1999-01-16", "pupils 5 dob"),
    _fault("S11", "pupils 3 urn=100002", "pupils 3 urn"),
    _fault("S12", "pupils 3 dob=2012-08-31", "pupils 3 dob,ncyearactual"),
    _fault("S13", "pupils 2 sentype2=ASD", "pupils 2 sentype1,sentype2"),
    _fault("S14", "pupils 4 sentype1=ASD", "pupils 4 senprovision,sentype1"),
    _fault("S15", "pupils 2 resourcedprovisionindicator=1", "pupils 2 senunitindicator,resourcedprovisionindicator"),
    _fault("S16", "pupils 4 entrydate=2025-01-17", "pupils 4 entrydate"),
    _fault("S17", "pupils 4 sen_support_reviews=1", "pupils 4 senprovision,sen_support_reviews"),
    _fault("S18", "pupils 5 ethnicity=REFU", "pupils - ethnicity"),
    _fault("key", "", "pupils 3 urn,upn,entrydate; pupils 7 urn,upn,entrydate", f"{_GUS_AGAIN}2019-09-02"),
)

RULES = {"sen2": SEN2, "school_census": SCHOOL_CENSUS}


def of_form(contract: ReturnContract, tables: Return) -> Iterator[Fault]:
    """For each column, one fault of each kind of form that its contract asks for, in the last row of its table."""
    pointed_at = {column.references for table in contract.tables for column in table.columns}
    for table in contract.tables:
        row = len(tables[table.name]) + 1
        for column in table.columns:
            # A key that others point to, or a pointer, would break the reference too.
            is_link = column.references is not None or f"{table.name}.{column.name}" in pointed_at
            for rule, value in _spoilt(column, is_link):
                place = (table.name, row, column.name, rule)
                yield Fault(f"{rule} {table.name}.{column.name}", ((table.name, row, column.name, value),), (place,))


def _spoilt(column: Column, is_link: bool) -> Iterator[tuple[str, str]]:
    if column.required and not is_link:
        yield "required", ""
    if column.logical_type == "date":
        yield "type", "31/02/2024"
        yield "range", "1824-02-03"
    if column.logical_type == "boolean":
        yield "type", "2"
    if column.logical_type == "integer":
        yield "type", "1.5"
    if column.code_set:
        yield "codes", "?!"
    if column.pattern:
        yield "format", "?!"
    if column.max_length and not is_link:
        yield "length", "x" * (column.max_length + 1)
    if column.maximum is not None:
        yield "range", f"{column.maximum + 1:g}"
    if column.minimum is not None:
        yield "range", f"{column.minimum - 1:g}"
