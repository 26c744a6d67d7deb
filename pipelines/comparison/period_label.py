"""What a period is called on the page: 2024, 2023/24, 2024-25, January 2025."""

from datetime import date

import polars as pl

REPORTING_YEAR_ENDS = 8  # As the school year does, where a report says no more than its year.
TERMS = {9: "Autumn", 1: "Spring", 4: "Summer"}


def period_labels(groups: pl.DataFrame) -> list[str]:
    """One label a row, from columns period_type, period_start and period_end."""
    periods = groups.select("period_type", "period_start", "period_end").rows()
    known = {period: period_label(*period) for period in set(periods)}
    return [known[period] for period in periods]


def period_label(period_type: str, start: date, end: date) -> str:
    """Label of one period; a type without a habit of its own is given by its dates."""
    two_years = f"{start.year}{{}}{(start.year + 1) % 100:02d}"
    match period_type:
        case "calendar_year" | "academic_year" | "financial_year" if end.year - start.year > 1:
            return f"{start.year} to {end.year}"
        case "reporting_year" if end.month != REPORTING_YEAR_ENDS:
            return f"Year to {end:%B} {end.year}"
        case "calendar_year" | "reporting_year":
            return str(end.year)
        case "academic_year":
            return two_years.format("/")
        case "financial_year":
            return two_years.format("-")
        case "january_census" | "month":
            return f"{start:%B} {start.year}"
        case "day":
            return f"{start.day} {start:%B} {start.year}"
        case "quarter":
            return f"{start:%B} to {end:%B} {end.year}"
        case "term":
            term = max((month for month in TERMS if month <= start.month), default=1)
            year = start.year if start.month >= 8 else start.year - 1
            if end.year > start.year:
                return f"Autumn and spring terms {year}/{(year + 1) % 100:02d}"
            return f"{TERMS[term]} term {year}/{(year + 1) % 100:02d}"
        case _:
            return f"{start.isoformat()} to {end.isoformat()}"
