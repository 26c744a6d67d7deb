"""What a breakdown and its values are called, in the order they are listed: the first label of the mapping's codes."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LABELS = Path(__file__).parents[2] / "data_contracts" / "published" / "breakdowns.yaml"
ALL_CHILDREN = "All children"


@cache
def _listed() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(LABELS.read_text(encoding="utf-8"))["breakdowns"]
    return held


def breakdown_label(breakdown: str) -> str:
    """ "Primary need"; a breakdown without an entry reads as it is written."""
    entry = _listed().get(breakdown)
    return str(entry["label"]) if entry else breakdown.replace("_", " ").capitalize()


def value_label(breakdown: str, value: str) -> str:
    """ "Autistic spectrum disorder"; `total` is all children."""
    if value == "total":
        return ALL_CHILDREN
    labels = _listed().get(breakdown, {}).get("values", {}).get(value)
    return str(labels[0]) if labels else value.replace("_", " ").capitalize()


def listed_at(breakdown: str, value: str) -> tuple[int, str]:
    """A sort key: the order of the code list, all children first, values without an entry late, the unknown last."""
    order = list(_listed().get(breakdown, {}).get("values", {}))
    if value == "unknown":
        return (len(order) + 1, value)
    return (-1 if value == "total" else order.index(value) if value in order else len(order), value)
