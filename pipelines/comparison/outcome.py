"""What one comparator says of every cell, and its rows in the long table."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.comparison.overdispersion import from_scale
from pipelines.comparison.panel import BoolArray, FloatArray, Panel
from pipelines.comparison.verdicts import DIFFERENT_Z, METHOD_VERSION, REASON_TEXTS, Reason

IntegerArray = npt.NDArray[np.signedinteger]
Numbers = dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64] | npt.NDArray[np.int32]]

KEY = ["metric_id", "geography_code", "period_type", "period_start", "period_end"]
BREAKDOWN = ["breakdown_1", "value_1", "breakdown_2", "value_2", "source"]
KEY_OF_GROUP = [name for name in (*KEY, *BREAKDOWN) if name != "geography_code"]
FLOATS = [
    *("difference", "difference_lower", "difference_upper", "adjusted_z", "phi"),
    *("limit_lower_95", "limit_upper_95", "limit_lower_998", "limit_upper_998"),
]
SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(KEY[:3], pl.String()),
    **dict.fromkeys(KEY[3:], pl.Date()),
    **dict.fromkeys([*BREAKDOWN, "comparator", "comparator_label"], pl.String()),
    "comparator_value": pl.Float64(),
    **dict.fromkeys(["comparator_n", "comparator_n_expected"], pl.Int32()),
    **dict.fromkeys(FLOATS, pl.Float64()),
    **dict.fromkeys(["rank_lower", "rank_upper"], pl.Int32()),
    "trend_method": pl.String(),
    **dict.fromkeys(["trend_p", "trend_slope"], pl.Float64()),
    **dict.fromkeys(["verdict_code", "verdict_reason", "method_version"], pl.String()),
}


@dataclass(frozen=True)
class Outcome:
    """Arrays are groups x areas (or broadcast to it); `emit` says which cells make a row.

    `label` and `verdict` are positions in `label_texts` and `codes`; `reason` is a `Reason` or 0.
    `numbers` holds further columns by name; NaN (or -1 for a rank or a number of areas) becomes null.
    """

    comparator: str
    emit: BoolArray
    label: IntegerArray
    label_texts: list[str]
    codes: tuple[str, ...]
    verdict: IntegerArray
    reason: IntegerArray
    numbers: Numbers
    constants: dict[str, str] = field(default_factory=dict)


def difference_of(panel: Panel, ratio: FloatArray, value: FloatArray) -> FloatArray:
    """Figure less comparator in the metric's unit: from the counts where both sides have them, else as published."""
    from_counts = (panel.ratio - ratio) * panel.base[:, None]
    return np.where(np.isnan(from_counts), panel.value - value, from_counts)


def difference_interval(
    panel: Panel, scaled: FloatArray, error: FloatArray, ratio: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """95% interval of the difference from `ratio`, carried back from the transformed scale.

    It allows for over-dispersion as the z score does, so it leaves out nought exactly when the verdict is different.
    """
    kind, base = panel.proportion[:, None], panel.base[:, None]
    lower = (from_scale(scaled - DIFFERENT_Z * error, kind) - ratio) * base
    upper = (from_scale(scaled + DIFFERENT_Z * error, kind) - ratio) * base
    return lower, upper


def outcome_rows(panel: Panel, outcome: Outcome) -> pl.DataFrame:
    """Rows of `SCHEMA` for one outcome."""
    group, area = np.nonzero(outcome.emit)

    def at(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return np.broadcast_to(values, panel.shape)[group, area]

    columns: dict[str, pl.Series | pl.Expr] = {}
    for name, dtype in SCHEMA.items():
        if name in outcome.numbers:
            columns[name] = _nullable(at(outcome.numbers[name]), dtype)
        elif name in outcome.constants:
            columns[name] = pl.lit(outcome.constants[name], dtype)
        else:
            columns[name] = pl.lit(None, dtype)
    keys = panel.groups[group].select(KEY_OF_GROUP)
    reason = pl.Series("reason", at(outcome.reason))
    columns |= {name: keys[name] for name in keys.columns}
    columns["geography_code"] = panel.areas["geography_code"].gather(area)
    columns["comparator"] = pl.lit(outcome.comparator)
    columns["comparator_label"] = pl.Series(outcome.label_texts, dtype=pl.String).gather(at(outcome.label))
    columns["verdict_code"] = pl.Series(outcome.codes).gather(at(outcome.verdict))
    columns["verdict_reason"] = _reason_words(reason, panel.groups[group])
    columns["method_version"] = pl.lit(METHOD_VERSION)
    return pl.select([columns[name].alias(name) for name in SCHEMA])


def _nullable(values: npt.NDArray[np.generic], dtype: pl.DataType) -> pl.Series:
    series = pl.Series(values)
    if dtype.is_integer():
        return series.cast(dtype).replace(-1, None)
    return series.cast(dtype).fill_nan(None)


def _reason_words(reason: pl.Series, groups: pl.DataFrame) -> pl.Series:
    texts = pl.Series([None, *(REASON_TEXTS[each] for each in Reason)], dtype=pl.String).gather(reason)
    frame = groups.select("interval_reason", "break_note").with_columns(reason=reason, text=texts)
    own_words = (
        pl.when((pl.col("reason") == Reason.NO_COUNTS) & pl.col("interval_reason").is_not_null())
        .then(_sentence(pl.col("interval_reason")))
        .when((pl.col("reason") == Reason.BREAK_IN_MEASURE) & pl.col("break_note").is_not_null())
        .then(pl.col("text") + " " + pl.col("break_note"))
        .otherwise(pl.col("text"))
    )
    return frame.select(own_words).to_series()


def _sentence(words: pl.Expr) -> pl.Expr:
    return words.str.head(1).str.to_uppercase() + words.str.slice(1).str.strip_chars_end(".") + "."
