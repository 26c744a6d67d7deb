"""The sender's report as a file: JSON, CSV, or their own sheets with columns that say what is wrong."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from pipelines.intake.report import CheckReport

FORMATS = (".json", ".csv", ".xlsx")
_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_report(report: CheckReport, path: Path) -> None:
    """Write the report in the format that the file's name asks for. Raises ValueError for any other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_text(as_json(report), encoding="utf-8")
    elif path.suffix == ".csv":
        # With a byte order mark, so that a spreadsheet reads it as UTF-8.
        path.write_text(as_csv(report), encoding="utf-8-sig", newline="")
    elif path.suffix == ".xlsx":
        from pipelines.intake.report_workbook import write_workbook

        write_workbook(report, path)
    else:
        raise ValueError(f"a report is one of {', '.join(FORMATS)}, not {path.suffix or 'a file without extension'}")


def as_json(report: CheckReport) -> str:
    """Everything, for programs; every failing row."""
    content: dict[str, Any] = {
        "return": report.contract.name,
        "contract_version": report.contract.version,
        "file": report.file.name,
        "body": report.candidate.body,
        "period": report.candidate.period,
        "reference_date": report.contract.reference_date(report.candidate.period).isoformat(),
        "verdict": report.verdict,
        "counts": report.counts,
        "rows": report.rows,
        "rules_across_rows_judged": not report.waiting,
        "violations": report.violations.drop("submission_id").to_dicts(),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def as_csv(report: CheckReport) -> str:
    """One line a violation. What a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [name for name in report.violations.columns if name != "submission_id"]
    writer.writerow(columns)
    for row in report.violations.select(columns).iter_rows():
        writer.writerow([f"'{cell}" if str(cell).startswith(_AS_FORMULA) else cell for cell in row])
    return out.getvalue()
