"""What a person types (a name, a code, "2023/24") → the key of one figure, or an error that says what there is."""

import difflib
import re
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.publish.errors import FigureNotFound

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Area:
    """One geography that the text may mean (a 3-digit code can mean an area before and after a boundary change)."""

    code: str
    name: str
    level: str
    is_current: bool


@dataclass(frozen=True)
class Period:
    """One typed period."""

    period_type: str
    start: date
    end: date
    label: str


def find_metric(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """A metric id. Raises FigureNotFound with the closest ids."""
    rows = con.execute("SELECT metric_id, label FROM dim_metric ORDER BY metric_id").fetchall()
    ids = [row[0] for row in rows]
    if text.lower() in ids:
        return text.lower()
    labels = {str(row[1]).lower(): row[0] for row in rows}
    near = difflib.get_close_matches(text.lower(), ids, n=5, cutoff=0.4)
    near += [labels[label] for label in difflib.get_close_matches(text.lower(), labels, n=3, cutoff=0.4)]
    near += [metric_id for label, metric_id in labels.items() if text.lower() in label][:3]
    listed = ", ".join(dict.fromkeys(near)) or ", ".join(ids[:10])
    raise FigureNotFound(
        f"There is no metric {text!r}. Closest: {listed}. "
        'All of them: inclusion sql "SELECT metric_id, label FROM dim_metric".'
    )


def find_areas(con: duckdb.DuckDBPyConnection, text: str) -> list[Area]:
    """Geographies of this GSS code, 3-digit code or name (or alias), current ones first.

    Raises FigureNotFound with the closest names.
    """
    rows = con.execute(
        "SELECT geography_code, name, level, is_current, la_code, short_name, aliases FROM dim_geography "
        "ORDER BY is_current DESC, geography_code DESC"
    ).fetchall()
    wanted = _folded(text)
    found, names = [], {}
    for code, name, level, is_current, la_code, short_name, aliases in rows:
        known = {_folded(each) for each in (code, name, la_code, short_name, *str(aliases or "").split(";")) if each}
        names[_folded(name)] = name
        if wanted in known:
            found.append(Area(code, name, level, bool(is_current)))
    if found:
        return found
    near = [names[each] for each in difflib.get_close_matches(wanted, names, n=4, cutoff=0.6)]
    near += [name for folded, name in names.items() if len(wanted) > 2 and wanted in folded][:4]
    listed = "; ".join(dict.fromkeys(near))
    raise FigureNotFound(
        f"There is no area {text!r}. "
        + (f"Closest: {listed}." if listed else "Give a name, a GSS code (E08000035) or a 3-digit code (383).")
    )


def find_period(text: str, available: list[Period], metric: str, area: str, usual_type: str) -> Period:
    """The period meant, among those there are. A label two period types share means the metric's usual type.

    Raises FigureNotFound with the periods there are.
    """
    if not available:
        raise FigureNotFound(f"There is no figure of {metric} for {area}.")
    wanted = _period_words(text)
    found = [each for each in available if text.strip().lower() == each.label.lower()]
    found = found or [each for each in available if wanted == _period_words(each.label)]
    found = found or [each for each in available if text.strip() == each.start.isoformat()]
    if len(found) > 1:
        found = [each for each in found if each.period_type == usual_type] or found
    if len(found) == 1:
        return found[0]
    if found:
        kinds = " or ".join(f"{each.start} ({each.period_type.replace('_', ' ')})" for each in found)
        raise FigureNotFound(f"{text!r} is more than one period of {metric}. Give its first day instead: {kinds}.")
    labels = ", ".join(each.label for each in available)
    raise FigureNotFound(f"There is no {metric} for {area} in {text!r}. There is: {labels}.")


def _folded(text: str) -> str:
    words = re.sub(r"[^a-z0-9 ]", "", str(text).lower().replace("&", "and").replace("-", " "))
    return " ".join(word for word in words.split() if word not in ("the", "of"))


def _period_words(text: str) -> tuple[str, ...]:
    """`2023/24`, `2023-24`, `2023/2024` and `202324` read alike, and so do `Jan 2025` and `January 2025`."""
    words = []
    for word in re.findall(r"[a-z]+|\d+", text.lower()):
        if word[:3] in _MONTHS and word.isalpha():
            words.append(word[:3])
        elif len(word) == 6 and word.isdigit():
            words += [word[:4], word[4:]]
        elif words and re.fullmatch(r"20\d\d", word) and re.fullmatch(r"20\d\d", words[-1]):
            words.append(word[2:])
        else:
            words.append(word)
    return tuple(words)
