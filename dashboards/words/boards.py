"""How an area and the integrated care boards that serve it overlap, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def board_name(name: str) -> str:
    """ "NHS Kent and Medway": the name of a board without what every board is called."""
    return name.removesuffix(" Integrated Care Board")


def part(share: float) -> str:
    """A share from 0 to 1 of small areas: "all", "75%", "less than 1%", "more than 99%"."""
    if share >= 0.9995:
        return "all"
    if share > 0.99:
        return "more than 99%"
    return f"{100 * share:.0f}%" if share >= 0.01 else "less than 1%"


def overlap_sentence(area: str, boards: Sequence[Row]) -> str:
    """Which boards an area lies in, and what of each board it is. `boards` are rows of topic_rows.boards."""
    if not boards:
        return f"No integrated care board is recorded for {area}."
    if len(boards) == 1:
        row = boards[0]
        lies = f"{area} lies wholly in {board_name(row['name'])}"
        if row["share_of_icb"] >= 0.9995:
            return f"{lies}, and is the whole of it."
        return f"{lies}, and is {part(row['share_of_icb'])} of it. The board also serves {row['shared_with']}."
    lies = " and ".join(f"{part(row['weight'])} of it in {board_name(row['name'])}" for row in boards)
    return f"{area} lies in {len(boards)} integrated care boards: {lies}, counted in small areas."
