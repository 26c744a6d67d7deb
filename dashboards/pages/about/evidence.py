"""How good the evidence on each measure is: who has figures, how old they are, what was revised or withheld."""

from datetime import date
from html import escape

import polars as pl
import streamlit as st

from dashboards import shell
from dashboards.choices import choose
from dashboards.queries.evidence import evidence_of_areas
from dashboards.tables.plain import plain_table
from dashboards.words.codes import FAMILIES
from dashboards.words.evidence import age, share
from dashboards.words.numbers import day

version = shell.begin(
    "Quality of the evidence",
    "For each measure: how many areas have a figure, how old it is, when more is expected, and how much was revised or "
    "suppressed. The page of an area says the same for that area.",
)
rows = evidence_of_areas()
present = [family for family in FAMILIES if family in rows["family"].to_list()]
if not present:
    shell.html("<p>Nothing published is held in this version.</p>")
    shell.end(version)
    st.stop()
family = choose(
    "family", "Family of measures", present, FAMILIES.__getitem__,
    widget=st.segmented_control, default=present[0], required=True,
)  # fmt: skip
today = date.today()
listed = [
    {
        "Measure": row["label"] + (" (integrated care boards)" if row["level"] == "icb" else ""),
        "Areas with the newest": f"{row['areas_held'] or 0:,} of {row['areas_possible'] or 0:,}",
        "Areas and periods": f"{row['periods_held']:,} of {row['periods_possible']:,}",
        "Newest period": f"to {day(row['newest_period_end'])}, {age(row['newest_period_end'], today)} ago"
        if row["newest_period_end"]
        else None,
        "Newest release": f"{day(row['latest_release_on'])}, {age(row['latest_release_on'], today)} ago"
        if row["latest_release_on"]
        else None,
        "Next release": row["next_release"] or "not announced here",
        "Figures revised": f"{row['revisions']:,}",
        "Suppressed": share(row["suppressed_percent"]),
    }
    for row in rows.filter(pl.col("family") == family).iter_rows(named=True)
]
caption = f"{FAMILIES[str(family)]}: quality of the evidence over local authorities"
st.html(plain_table(pl.DataFrame(listed), caption, frozenset({"Figures revised", "Suppressed"})))
shell.download("Download all measures (CSV)", lambda: rows, "evidence")
shell.html(
    "<h2>What the words mean</h2><dl>"
    + "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(meaning)}</dd>"
        for term, meaning in {
            "Areas and periods": "figures held, of those there could be: an area that did not exist yet, or a period "
            "that nobody publishes, is not counted",
            "Newest release": "the newest release that gives the measure, whether or not it changed it",
            "Figures revised": "how often a later release or a correction changed a figure, breakdowns too",
            "Suppressed": "the share of figures held back by the publisher so that nobody can be identified",
        }.items()
    )
    + '</dl><p>See also <a href="agreements">agreements and differences</a> between publications. In SQL this is '
    "<code>fct_evidence_quality</code>, and <code>fct_revision</code> for each figure revised.</p>"
)
shell.end(version)
