"""The groups of a breakdown as readers know them: labels and order are those of the contract of breakdowns."""

from pipelines.published.mapping import load_breakdowns


def group_label(breakdown: str, value: str) -> str:
    """ "White - Gypsy or Roma"; a group without a label reads as its code."""
    held = load_breakdowns().get(breakdown)
    labels = held.values.get(value) if held else None
    return labels[0] if labels else value.replace("_", " ")


def breakdown_label(breakdown: str) -> str:
    """ "Ethnicity"; a breakdown without a label reads as its code."""
    held = load_breakdowns().get(breakdown)
    return held.label if held else breakdown.replace("_", " ")


def group_order(breakdown: str, value: str) -> tuple[bool, int]:
    """Where a group stands in a list: as the contract lists them, unknown last."""
    values = list(load_breakdowns()[breakdown].values) if breakdown in load_breakdowns() else []
    return value == "unknown", values.index(value) if value in values else len(values)
