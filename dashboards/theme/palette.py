"""The colours of charts: the Government Analysis Function palette, and lighter ones of the same hues for dark pages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours by what they stand for. `scale` runs from low to high values; text on it is `scale_text` by step."""

    area: str
    england: str
    region: str
    neighbours: str
    other: str
    limit: str
    ink: str
    scale: tuple[str, ...]
    scale_text: tuple[str, ...]
    not_shown: str
    lines: tuple[str, ...]
    """Up to six lines in one picture; each also has a dash of its own and a label at its end."""


LIGHT = Palette(
    area="#12436D",
    england="#3D3D3D",
    region="#1f7d75",
    neighbours="#801650",
    other="#8a9095",
    limit="#F46A25",
    ink="#0b0c0c",
    scale=("#e3edf6", "#b4cde3", "#7ba6cb", "#3f77a8", "#12436D"),
    scale_text=("#0b0c0c", "#0b0c0c", "#0b0c0c", "#ffffff", "#ffffff"),
    not_shown="#ffffff",
    lines=("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"),
)
DARK = Palette(
    area="#8ab8e0",
    england="#d5d5d5",
    region="#5cc9bf",
    neighbours="#e08bb8",
    other="#8a9095",
    limit="#F99A6B",
    ink="#f3f2f1",
    scale=("#1d3247", "#25517a", "#3f77a8", "#7ba6cb", "#d3e4f3"),
    scale_text=("#ffffff", "#ffffff", "#ffffff", "#0b0c0c", "#0b0c0c"),
    not_shown="#14181c",
    lines=("#8ab8e0", "#5cc9bf", "#e08bb8", "#F99A6B", "#d5d5d5", "#c9b8ec"),
)


def palette(theme: str | None) -> Palette:
    """The palette of a page whose theme is "dark", "light" or not known yet (then light)."""
    return DARK if theme == "dark" else LIGHT
