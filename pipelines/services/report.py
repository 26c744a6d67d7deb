"""The sender's report as a file to download: CSV, JSON, or their own sheets with columns that say what is wrong."""

from dataclasses import replace
from uuid import uuid4

from pipelines.intake.raw_files import under_way, write_raw
from pipelines.intake.report import CheckReport
from pipelines.intake.report_formats import FORMATS, write_report
from pipelines.settings import Settings

__all__ = ["FORMATS", "CheckReport", "report_file"]


def report_file(settings: Settings, report: CheckReport, sent: bytes, form: str) -> bytes:
    """The report in one of FORMATS. `sent` is the file as it was sent; a copy exists only while this runs."""
    with under_way(settings, uuid4().hex) as folder:
        file = write_raw(folder, report.file.name, sent)
        out = folder / f"report{form}"
        write_report(replace(report, file=file), out)
        return out.read_bytes()
