"""For a draft: columns of figures → metrics with their counts, unit and breakdown, and the words left for a person."""

import re
from typing import Any, get_args

import polars as pl

from pipelines.published.arithmetic import Share, find_shares, named_percent
from pipelines.published.mapping import FILL_IN, load_breakdowns, load_mappings
from pipelines.published.profiles import Profile
from pipelines.published.vocabulary import Family

_MONEY = re.compile(r"£|gbp|spend|expenditure|cost|funding|budget|deficit|surplus|allocation|balance|revenue")
_AVERAGE = re.compile(r"(^|_)(mean|median|average|avg|per|rate|ratio|percentile)(_|$)")
_SCALES = {"million": 1_000_000, "£m": 1_000_000, "thousand": 1_000}
_FEWEST_VALUES = 4
_SYMBOL_LIKE = 2  # A shorter value code is found in any name.


def metrics_of(
    frame: pl.DataFrame | None, measures: list[Profile], labels: dict[str, str], dataset: str, *, added_up: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """One entry for each figure: shares with the counts that make them, then every count and figure alone.

    `frame` is None for a long table, whose figures cannot be compared row by row. `labels`: column → its label in a
    dictionary that came with the file. With `added_up`, rows are parts of the area they are for, and only what can be
    added is an entry: counts, amounts and shares of counts. The columns left out for that are the second result.
    """
    profiles = {p.name: p for p in measures}
    shares = find_shares(frame, profiles) if frame is not None else []
    split = _columns_by_value(list(profiles))
    taken = {metric.id for mapping in load_mappings() for metric in mapping.metrics}
    defined: set[str] = set()
    entries: list[dict[str, Any]] = []
    left_out: list[str] = []

    def add(about: Profile, stem: str, ending: str, where: dict[str, Any], unit: str, **words: str) -> None:
        own = {} if about.name not in split else {"breakdown": {split[about.name][1]: split[about.name][2]}}
        words_of_id = _plain(split[about.name][0] if own else stem)
        # The unit at the end of an id comes once: `ap_pct`, not `ap_pc_pct`.
        metric_id = re.sub(r"_(pc|pct|percent|percentage|perc|count)$", "", words_of_id) + ending
        if metric_id in taken:
            metric_id = f"{dataset}_{metric_id}"
        entry = {"id": metric_id, **where, **own}
        if metric_id not in defined:
            entry["definition"] = _definition(about, unit, labels, split.get(about.name), words)
        defined.add(metric_id)
        entries.append(entry)

    for share in shares:
        percent, part = profiles[share.percent], profiles[share.part]
        of = " and ".join(labels.get(name, profiles[name].spelt) for name in share.whole)
        counts = _counts(share, profiles)
        if added_up:
            # The publisher's percentage is of the part alone.
            del counts["published"]
        add(part, part.name, "_pct", counts, "percent",
            numerator_label=labels.get(part.name, f"{FILL_IN} what {part.spelt} counts"),
            denominator_label=labels.get(share.whole[0], f"{FILL_IN} what {of} counts"))  # fmt: skip
        if percent.decimals != 1 and not added_up:
            entries[-1]["published_decimals"] = percent.decimals
    behind = {share.percent for share in shares}
    for p in measures:
        if p.name in behind:
            continue
        unit = _unit(p)
        if added_up and (
            unit not in ("count", "gbp") or _AVERAGE.search(f"{_plain(p.name)}_{_plain(labels.get(p.name, ''))}")
        ):
            left_out.append(p.spelt)
            continue
        ending = {"percent": "_pct", "count": "_count", "gbp": "_gbp"}.get(unit, "")
        if unit == "percent":
            add(p, p.name, ending, {"published": p.spelt, "published_decimals": min(p.decimals, 9)}, unit)
        else:
            scale = next((by for word, by in _SCALES.items() if word in p.name), 1) if unit == "gbp" else 1
            add(p, p.name, ending, {"value": p.spelt} | ({"multiply": scale} if scale > 1 else {}), unit)
    return entries, left_out


def _counts(share: Share, profiles: dict[str, Profile]) -> dict[str, Any]:
    return {
        "numerator": [profiles[share.part].spelt],
        "denominator": [profiles[name].spelt for name in share.whole],
        "published": profiles[share.percent].spelt,
    }


def _unit(p: Profile) -> str:
    if _MONEY.search(p.name) and not named_percent(p.name):
        return "gbp"
    if p.may_be_percent and named_percent(p.name):
        return "percent"
    return "count" if p.is_count else f"{FILL_IN} one of percent, rate_per_1000, rate_per_100, ratio, gbp, score, weeks"


def _definition(
    p: Profile, unit: str, labels: dict[str, str], split: tuple[str, str, str] | None, words: dict[str, str]
) -> dict[str, Any]:
    over = f", over all values of {split[1]}" if split else ""
    return {
        "label": labels.get(p.name, f"{FILL_IN} the full name of {p.spelt}{over}"),
        "short_label": f"{FILL_IN} at most 32 characters",
        "family": f"{FILL_IN} one of {', '.join(get_args(Family))}",
        "theme": f"{FILL_IN} the heading it stands under",
        "domain_row": f"{FILL_IN} the row of the domain model, 1 to 20",
        "description": f"{FILL_IN} what it counts, of whom, when: one or two sentences",
        **words,
        "unit": unit,
        "decimals": 0 if unit == "count" else 1 if unit == "percent" else min(p.decimals, 2),
        "polarity": "neutral" if unit == "gbp" else f"{FILL_IN} one of higher_better, lower_better, neutral",
    }


def _columns_by_value(names: list[str]) -> dict[str, tuple[str, str, str]]:
    """Column → (what it counts, breakdown, value), where columns are named for the values of one breakdown.

    `number_asd`, `number_hi`, … are `number` by primary need.
    """
    best: dict[str, tuple[int, tuple[str, str, str]]] = {}
    for code, breakdown in load_breakdowns().items():
        found: dict[str, list[tuple[str, str]]] = {}
        for name in names:
            value = _value_in(name, list(breakdown.values))
            if value:
                stem = re.sub(rf"(?:^|_){re.escape(value)}(?=_|$)", "_#", _plain(name), count=1)
                found.setdefault(stem, []).append((name, value))
        for stem, columns in found.items():
            if len({value for _, value in columns}) >= _FEWEST_VALUES:
                what = re.sub(r"_+", "_", stem.replace("#", "")).strip("_") or "figure"
                for name, value in columns:
                    fit = (len(columns), (f"{what}_by_{code}", code, value))
                    best[name] = max(best.get(name, fit), fit, key=lambda pair: pair[0])
    return {name: split for name, (_, split) in best.items()}


def _value_in(name: str, values: list[str]) -> str | None:
    words = f"_{_plain(name)}_"
    held = [value for value in values if len(value) >= _SYMBOL_LIKE and f"_{value}_" in words]
    return max(held, key=len, default=None)


def _plain(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    return plain if plain[:1].isalpha() else f"figure_{plain}".strip("_")
