"""The area page narrowed to one need: what it says is counted from verdicts, and no filter leads nowhere."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboards import store
from dashboards.filters import NEED
from dashboards.words.strength import evidence_of, told_against
from dashboards.words.verdicts import bearing_of
from tests.dashboards.markup import markup
from tests.dashboards.places import CITY, LEEDS
from tests.dashboards.small_groups import AUTISTIC

Page = Callable[..., AppTest]


def test_what_the_figures_of_one_need_come_to_is_counted_from_their_verdicts(open_page: Page) -> None:
    text = markup(open_page("local/area.py", area=LEEDS, need=AUTISTIC))
    store.pin()
    rows = store.area_figures(LEEDS, NEED, AUTISTIC).filter(status="shown").to_dicts()
    polarity = dict(store.metrics().select("metric_id", "polarity").rows())
    unfavourable = [
        row
        for row in rows
        if evidence_of(row) == "different"
        and bearing_of(row[f"{told_against(row)}_verdict_code"], polarity[row["metric_id"]]) == "unfavourable"
    ]
    testable = sum(evidence_of(row) != "not_compared" for row in rows)
    assert f"{len(rows)} measures with a figure, {testable} of them testable." in text
    assert f"{len(unfavourable)} less favourable than similar areas (" in text
    assert "strongest evidence first" in text


def test_a_filter_of_evidence_that_leaves_nothing_shows_what_there_is(open_page: Page) -> None:
    text = markup(open_page("local/area.py", area=CITY, evidence="different"))
    assert "No measure is different. Of" in text
    assert "not compared. They are shown below" in text
    assert "No measure here matches the filters" not in text
    assert "spines" in text
