"""How many of the bodies a return is expected from have sent it in: what stands behind figures, what is missing."""

from html import escape

import polars as pl

from dashboards.words.numbers import day

BODIES = {"la": "local authorities", "school": "schools", "ap": "alternative provision settings", "icb": "ICBs"}


def returns_badge(returns: pl.DataFrame, area: str | None = None) -> str:
    """HTML list of store.returns_in, one return and period a line; with `area` also what that area's bodies sent.

    Empty when no return is expected in this store.
    """
    if returns.is_empty():
        return ""
    lines = []
    groups = returns.group_by("return_title", "period", "body_kind", "reference_date", maintain_order=True)
    for (title, _, kind, census), rows in groups:
        lines.append(
            f"<li><b>{escape(str(title))}</b>, {day(census)}: {_share(rows)} {BODIES.get(str(kind), 'bodies')} in"
            f"{_own(rows.filter(geography_code=area), str(kind)) if area else ''}</li>"
        )
    return f'<ul class="returns">{"".join(lines)}</ul>'


def _share(rows: pl.DataFrame) -> str:
    return f"{rows.filter(status='returned').height:,} of {rows.height:,}"


def _own(rows: pl.DataFrame, kind: str) -> str:
    if rows.is_empty():
        return ""
    if kind != "la":
        return f"; {_share(rows)} here"
    received = rows["received_at"].drop_nulls().max()
    return f"; this area's is in, {day(received.date())}" if received else "; this area's has not come"  # type: ignore[union-attr]
