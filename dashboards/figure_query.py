"""The queries that questions about figures start from: current ones, of the preferred source, with their words."""

from pipelines.publish.page_tables import PERIOD, TOTAL, compared_fields, figures_where, latest_compared

__all__ = ["FIGURES", "PERIOD", "TOTAL", "compared_fields", "figures_where", "latest_compared", "of_group"]

# Totals; every version holds them joined.
_TOTALS = "page_figure"
FIGURES = f"SELECT * FROM {_TOTALS} WHERE {TOTAL}"


def of_group(query: str, breakdown: str, value: str) -> str:
    """A query over totals, asked of one group instead; the group is given as two parameters, such as "$2", "$3"."""
    group = f"breakdown_1 = {breakdown} AND value_1 = {value} AND value_2 = 'total'"
    return query.replace(_TOTALS, f"({figures_where('true')})").replace(TOTAL, group)
