"""A small SEN2 return and a small school census that break no rule, as rows of text, for tests to copy and spoil.

Census day of both is 16 January 2025. Row 2 is the first row below the header, as a spreadsheet shows it.
"""

import csv
import io
import zipfile
from copy import deepcopy
from pathlib import Path

from pipelines.contracts.return_contract import load_return

Rows = list[dict[str, str]]
Return = dict[str, Rows]

BODY = {"sen2": "330", "school_census": "100001"}
PERIOD = {"sen2": "2025", "school_census": "2025-spring"}


def upn(digits: str) -> str:
    """The UPN of twelve digits: weights 2 to 13, the sum modulo 23 names the letter."""
    total = sum(weight * int(digit) for weight, digit in zip(range(2, 14), digits, strict=True))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits


def _rows(header: str, *lines: str) -> Rows:
    names = header.split()
    return [dict(zip(names, line.split("|"), strict=True)) for line in lines]


# Alia: an old plan. Ben: a new plan. Cara: refused. Dev: waiting. Eve: plan ended in the year. Finn: 17, at work.
_SEN2: Return = {
    "persons": _rows(
        "persontableid surname forename personbirthdate sex ethnicity postcode upn uniquelearnernumber upnunknown",
        f"p1|Ahmed|Alia|2015-03-04|F|APKN|ZZ1 1AA|{upn('330200001001')}||",
        f"p2|Brown|Ben|2017-09-30|M|WBRI|ZZ1 1AB|{upn('330200001002')}||",
        "p3|Clark|Cara|2019-12-01|F|MWBC|ZZ2 1AA|||UN1",
        "p4|Dhillon|Dev|2012-05-17|M|AIND|ZZ2 1AB|||UN5",
        f"p5|Evans|Eve|2008-02-29|F|WBRI|ZZ3 1AA|{upn('330200001005')}||",
        "p6|Fox|Finn|2007-06-06|M|WBRI|ZZ3 1AB||1234567899|",
    ),
    "requests": _rows(
        "requeststableid persontableid receiveddate requestsource rya requestoutcomedate requestoutcome "
        "requestmediation requesttribunal exported",
        "r1|p1|2020-02-03||0|2020-03-02|H|0|0|",
        "r2|p2|2024-02-05|1|0|2024-03-11|Y|0|0|",
        "r3|p3|2024-05-07|2|0|2024-06-14|N|1|1|",
        "r4|p4|2024-12-09|1|0||A|||",
        "r5|p5|2021-04-12||0|2021-05-10|H|0|0|",
        "r6|p6|2019-09-02||0|2019-10-07|H|0|0|",
    ),
    "assessments": _rows(
        "assessmenttableid requeststableid assessmentoutcome assessmentoutcomedate assessmentmediation "
        "assessmenttribunal othermediation othertribunal week20 ep_advice_requested ep_advice_received "
        "health_advice_requested health_advice_received social_care_advice_requested social_care_advice_received",
        "a1|r1|H|2020-06-01|0|0|0|0|0||||||",
        "a2|r2|Y|2024-05-20|0|0|0|0|0|2024-03-12|2024-04-20|2024-03-12|2024-04-23|2024-03-12|2024-04-10",
        "a5|r5|H|2021-08-02|0|0|0|0|0||||||",
        "a6|r6|H|2020-01-06|0|0|0|0|0||||||",
    ),
    "named_plans": _rows(
        "namedplantableid assessmenttableid startdate planres planwbp pb oa dp ceasedate ceasereason "
        "digital_template plan_doc_version",
        "n1|a1|2020-06-20|||0|0||||0|",
        "n2|a2|2024-06-21|||1|0|E|||1|2.1",
        "n5|a5|2021-08-20|||0|0||2024-07-19|2|0|",
        "n6|a6|2020-01-20|||0|0||||0|",
    ),
    "plan_details": _rows(
        "plandetailtableid namedplantableid urn ukprn sensetting sensettingother placementrank senunitindicator "
        "resourcedprovisionindicator",
        "d1|n1|100001||||1|1|0",
        "d2|n2|100002||||1|0|0",
        "d5|n5|||EHE||1|0|0",
        "d6|n6||10000055|||1|0|0",
    ),
    "active_plans": _rows(
        "activeplanstableid requeststableid transferla reviewmeeting reviewoutcome reviewdraft lastreview "
        "phasetransferduedate phasetransferfinaldate stepdown_considered stepdown_reason outcomes_total "
        "outcomes_achieved outcomes_on_track social_care_section social_care_complete education_funding "
        "health_funding social_care_funding",
        "v1|r1||2024-05-10|M||2024-06-03|2026-02-15||1|U|6|2|3|H1|1|L|N|L",
        "v2|r2|||||||||||||N|1|L|N|N",
        "v6|r6|334|2024-11-11|A|2024-12-02|2024-12-09|||||5|1|4|||J|I|",
    ),
    "placements": _rows(
        "placementdetailtableid activeplanstableid urn ukprn sensetting sensettingother placementrank entrydate "
        "leavingdate senunitindicator resourcedprovisionindicator res wbp",
        "l0|v1|100003||||1|2019-09-02|2024-07-19|0|0||",
        "l1|v1|100001||||1|2024-09-02||1|0||",
        "l2|v2|100002||||1|2024-06-21||0|0||",
        "l6|v6||10000055|||1|2023-09-04||0|0|A|S",
    ),
    "sen_needs": _rows(
        "senneedtableid activeplanstableid sentype sentyperank",
        "s1|v1|ASD|1",
        "s2|v1|SLCN|2",
        "s3|v2|SEMH|1",
        "s6|v6|DS|1",
    ),
}

_CENSUS: Return = {
    "pupils": _rows(
        "urn upn uniquelearnernumber surname forename dob sex ethnicity language fsm enrolstatus entrydate "
        "leavingdate ncyearactual parttime senprovision sentype1 sentype2 senunitindicator "
        "resourcedprovisionindicator topupfunding in_care post_looked_after home_lsoa home_lea sen_support_reviews",
        f"100001|{upn('330200001001')}||Ahmed|Alia|2015-03-04|F|APKN|OTH|1|C|2019-09-02||5|0|E|ASD|SLCN|1|0|1|0|N|E01000001|330|",
        f"100001|{upn('330200001010')}||Gale|Gus|2014-11-20|M|WBRI|ENG|0|C|2019-09-02||5|0|K|SPLD||0|0|0|0|N|E01000001|330|2",
        f"100001|{upn('330200001011')}||Holt|Hana|2015-01-09|F|WIRI|ENG|0|M|2019-09-02||5|0|N||||||0|N|E01000002|330|0",
        f"100001|{upn('330200001012')}||Ives|Ian|2019-10-10|M|BCRB|ENG|1|C|2024-09-02||R|1|K|NSA||0|0|0|1|N|E01000002|331|0",
        f"100001|{upn('330200001013')}||Jones|Jo|2014-09-01|F|WBRI|ENG|0|C|2020-01-06|2024-12-20|5|0|N||||||0|N||330|",
    ),
}


def valid(name: str) -> Return:
    """A fresh copy of the valid return."""
    return deepcopy({"sen2": _SEN2, "school_census": _CENSUS}[name])


def csv_bytes(rows: Rows, columns: list[str] | None = None, separator: str = ",") -> bytes:
    """Rows as a CSV file in UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def write_zip(path: Path, name: str, tables: Return) -> Path:
    """A return as a ZIP with one CSV a table."""
    contract = load_return(name)
    with zipfile.ZipFile(path, "w") as archive:
        for table, rows in tables.items():
            columns = list(rows[0]) if rows else [column.name for column in contract.table(table).columns]
            archive.writestr(f"{table}.csv", csv_bytes(rows, columns))
    return path
