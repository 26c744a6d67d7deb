"""One row of a spine chart as a picture: an area's value among all areas, with England as the line down the middle."""

from dataclasses import dataclass
from html import escape

from dashboards.charts.picture import picture_address
from dashboards.theme.palette import Palette
from dashboards.words.strength import EVIDENCE

WIDTH, HEIGHT, PAD = 340, 30, 8


@dataclass(frozen=True)
class Spine:
    """What a row draws, all in the metric's unit. `similar` is None where similar areas have no value."""

    value: float
    england: float
    similar: float | None
    lowest: float
    p25: float
    p75: float
    highest: float
    evidence: str


def spine_picture(row: Spine, alt: str, colours: Palette) -> str:
    """An <img>: England stands in the middle, and one unit is as long to its left as to its right."""
    across = positions(row)
    middle = HEIGHT / 2
    half = max(across["p75"] - across["p25"], 1)
    bars = (
        f'<rect x="{across["lowest"]:g}" y="{middle - 2:g}" width="{across["highest"] - across["lowest"]:g}" '
        f'height="4" fill="{colours.scale[1]}"/>'
        f'<rect x="{across["p25"]:g}" y="{middle - 6:g}" width="{half:g}" height="12" fill="{colours.scale[2]}"/>'
        f'<path d="M{WIDTH / 2:g} 0V{HEIGHT}" stroke="{colours.ink}" stroke-width="1.5"/>'
    )
    diamond = _diamond(across["similar"], middle, colours.neighbours) if "similar" in across else ""
    return _image(bars + diamond + marker(row.evidence, across["value"], middle, colours), alt)


def positions(row: Spine) -> dict[str, float]:
    """Where each value lies across the picture; `similar` only where there is one."""
    held = {"value": row.value, "lowest": row.lowest, "p25": row.p25, "p75": row.p75, "highest": row.highest}
    if row.similar is not None:
        held["similar"] = row.similar
    reach = max(abs(each - row.england) for each in held.values()) or 1.0
    scale = (WIDTH / 2 - PAD) / reach
    return {name: round(WIDTH / 2 + (each - row.england) * scale, 1) for name, each in held.items()}


def marker(evidence: str, x: float, y: float, colours: Palette) -> str:
    """The area's mark: filled where it differs, hollow where it does not, a cross where it was not compared."""
    if evidence == "not_compared":
        arms = f"M{x - 5:g} {y - 5:g}l10 10M{x - 5:g} {y + 5:g}l10 -10"
        return f'<path d="{arms}" stroke="{colours.area}" stroke-width="3" fill="none"/>'
    fill = colours.area if evidence == "different" else colours.not_shown
    return f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{fill}" stroke="{colours.area}" stroke-width="2.5"/>'


def spine_key(against: str, colours: Palette) -> str:
    """The key of the pictures as an HTML list; without `against` (the country) areas' marks need no key."""
    marks = [
        (
            marker(code, 12, 10, colours),
            f"this area: {words.lower()}" + ("" if code == "not_compared" else f" from {against}"),
        )
        for code, words in EVIDENCE.items()
        if against
    ]
    if against == "similar areas":
        marks.append(
            (
                _diamond(12, 10, colours.neighbours),
                "similar areas taken together (their mean where no counts are published)",
            )
        )
    marks += [
        (f'<path d="M12 0V20" stroke="{colours.ink}" stroke-width="1.5"/>', "England"),
        (f'<rect y="8" width="24" height="4" fill="{colours.scale[1]}"/>', "from the lowest to the highest area"),
        (f'<rect y="4" width="24" height="12" fill="{colours.scale[2]}"/>', "the middle half of areas"),
    ]
    items = "".join(f"<li>{_image(drawn, '', 24, 20)} {escape(words)}</li>" for drawn, words in marks)
    return f'<ul class="spinekey">{items}</ul>'


def _diamond(x: float, y: float, colour: str) -> str:
    return f'<path d="M{x:g} {y - 7:g}l5 7l-5 7l-5 -7z" fill="{colour}"/>'


def _image(drawn: str, alt: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{drawn}</svg>'
    return f'<img class="spine" width="{width}" height="{height}" alt="{escape(alt)}" src="{picture_address(svg)}">'
