"""Whether a figure meets the standard that its metric has, such as a statutory limit.

A standard is met or it is not, by the figure as published: chance plays no part in whether a duty was kept.
"""

import numpy as np

from pipelines.comparison.outcome import Outcome
from pipelines.comparison.panel import Panel
from pipelines.comparison.verdicts import STANDARD_CODES, Reason, first_reason

SIDES = {"higher_better": 1.0, "lower_better": -1.0}


def compare_with_standard(panel: Panel) -> Outcome:
    """Every area's figures of metrics with a standard; a metric of neutral polarity has no side that meets one."""
    side = panel.groups["polarity"].replace_strict(SIDES, default=None).to_numpy().astype(float)
    standard = panel.groups["standard_value"].to_numpy().astype(float)
    has_one = ~np.isnan(side) & ~np.isnan(standard)
    beyond = (panel.value - standard[:, None]) * side[:, None]
    labels = panel.groups["standard_label"].fill_null("Standard").to_list()
    return Outcome(
        comparator="standard",
        emit=panel.present & has_one[:, None],
        label=np.arange(len(labels))[:, None],
        label_texts=labels,
        codes=STANDARD_CODES,
        verdict=np.where(np.isnan(beyond), 0, np.where(beyond >= 0, 2, 1)).astype(np.int8),
        reason=first_reason(panel.shape, (Reason.NOT_SHOWN, ~panel.shown)),
        numbers={
            "comparator_value": np.broadcast_to(standard[:, None], panel.shape),
            "difference": panel.value - standard[:, None],
        },
    )
