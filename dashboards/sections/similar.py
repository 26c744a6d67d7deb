"""One measure of an area beside other areas: by which similar areas, taken how, and whether the choice matters."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from dashboards import shell, store
from dashboards.charts.comparison import beside_rows, comparison_chart
from dashboards.choices import choose, choose_many
from dashboards.queries.groups import of_areas
from dashboards.tables.plain import plain_table
from dashboards.words.numbers import number, on_one_scale
from dashboards.words.places import place_label
from dashboards.words.similar import MODELS, NOT_TESTED, said_of, sensitivity

Row = Mapping[str, Any]
GROUPS = {"2025": "2025 model", "2021": "2021 model", "own": "Your own group"}
MOST_OWN = 20


def similar_section(area: Row, metric: Row, last: Row, compared: pl.DataFrame, places: Mapping[str, Row]) -> None:
    """The section of the measure page for an area's `last` figure. `compared` is store.comparisons of the area."""
    code = area["geography_code"]
    now = {row["comparator"]: row for row in compared.filter(period_start=last["period_start"]).iter_rows(named=True)}
    own: list[str] = []
    group = None
    if area["level"] == "la":
        left, right = st.columns([2, 3])
        with left:
            group = choose("group", "Similar areas by", list(GROUPS), GROUPS.__getitem__,
                           widget=st.segmented_control, default="2025", required=True)  # fmt: skip
        others = [each for each, row in places.items() if row["level"] == "la" and row["is_current"]]
        with right:
            own = choose_many("with", "Your own group of areas (kept in the link)", others,
                              lambda each: place_label(places[each]), MOST_OWN, placeholder="Add areas")  # fmt: skip
        own = [each for each in own if each != code]
    members = own if group == "own" else store.neighbours(code, str(group)) if group else []
    if group == "own" and not own:
        shell.html("<p>Add areas to make a group of your own.</p>")
    country = store.country()
    rows = store.series(metric["metric_id"], [code, *filter(None, (country, area["region_code"])), *members])
    role = "own" if group == "own" else "neighbour"
    drawn = beside_rows(area, rows, last["period_start"], country, members, role)
    chart = comparison_chart(area, metric, drawn, now.get(f"neighbours_{group}"), shell.colours())
    shell.show_chart(chart, "beside", f"{metric['metric_id']}_{code}_compared", measure=metric["label"])
    if area["level"] == "national":
        return
    if told := sensitivity(now):
        shell.html(f"<p><strong>Does the choice of similar areas matter?</strong> {escape(told)}</p>")
    table = pl.DataFrame(_groups(area, metric, last, now, own, places))
    caption = f"{metric['label']}, {last['period']}: {area['name']} beside groups of areas"
    st.html(plain_table(table, caption, frozenset({"Taken together", "Mean of areas", "Middle area"})))
    shell.html("<p>The mean and the middle area (the median) count each area once, however many children it has.</p>")


def _groups(
    area: Row, metric: Row, last: Row, now: Mapping[str, Row], own: Sequence[str], places: Mapping[str, Row]
) -> list[dict[str, str | None]]:
    code = area["geography_code"]
    las = [each for each, row in places.items() if row["level"] == "la" and row["comparable"] and _there(row, last)]
    groups: list[tuple[str, str, Sequence[str], str]] = [("england", "England", las, "England")]
    if area["level"] == "la":
        region = [each for each in las if places[each]["region_code"] == area["region_code"]]
        groups.append(("region", str(area["region_name"]), region, str(area["region_name"])))
        groups += [
            (model, f"Similar areas, {name}", store.neighbours(code, model[-4:]), "similar areas")
            for model, name in MODELS.items()
        ]
    if own:
        groups.append(("own", "Your own group", own, ""))
    lines = []
    for comparator, name, members, against in groups:
        counted = of_areas(metric["metric_id"], members, last["period_start"], last["period_end"], last["source"])
        held = now.get(comparator)
        lines.append(
            {
                "Group": name,
                "Areas with a figure": f"{counted['areas']} of {len(members)}",
                "Taken together": _together(held, metric),
                "Mean of areas": _shown(counted["mean"], metric),
                "Middle area": _shown(counted["middle"], metric),
                f"Reading for {area['short_name']}": NOT_TESTED
                if not against
                else said_of(held, against)
                if held
                else None,
            }
        )
    return lines


def _there(place: Row, last: Row) -> bool:
    """Whether an area existed at the end of the period."""
    end = last["period_end"]
    began, ended = place["valid_from"], place["valid_to"]
    return (began is None or began <= end) and (ended is None or ended > end)


def _together(held: Row | None, metric: Row) -> str | None:
    """The comparator's own value; a mean that stands in for it is in the column of means already."""
    if held is None or "mean of areas" in (held["comparator_label"] or ""):
        return None
    return _shown(held["comparator_value"], metric)


def _shown(value: float | int | None, metric: Row) -> str | None:
    return None if value is None or not on_one_scale(metric) else number(value, metric["unit"], metric["decimals"])
