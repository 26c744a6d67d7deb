"""A draft mapping of a file that no mapping names: everything that can be told from the file, and blanks for the words.

Loading refuses a draft until a person has filled in the texts that begin with FILL IN, and names each of them.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.published.draft_metrics import metrics_of
from pipelines.published.draft_roles import Roles, breakdown_of, find_roles, is_total
from pipelines.published.mapping import FILL_IN, Mapping, load_mappings, load_publications
from pipelines.published.outline import NoTableError, Outline, find_outline
from pipelines.published.profiles import profiles_of
from pipelines.published.sources import SourceFile, open_sources
from pipelines.published.tidy import context_of

_BASES = "maintaining_la, residence, school_la, school, icb, none"
_WIDTH = 10_000  # Never fold a line: a fold would part a comment from what it is about.
_SAME_TABLE = 0.75
_LONGEST_LABEL = 100


class DraftError(Exception):
    """No draft can be made; the message says why and what to do."""


def draft_of(path: Path) -> str:
    """The text of a draft mapping for the one data file at `path` (CSV, XLSX, ODS, also packed). Raises DraftError."""
    sources = list(open_sources([path]))
    data = [s for s in sources if not s.stem.casefold().endswith((".meta.csv", ".txt", ".md", ".pdf", ".html"))]
    if len(data) != 1:
        names = ", ".join(s.name for s in data[:20])
        raise DraftError(
            f"{path} holds {len(data):,} data files. Give one of them: {names}" if data else f"{path} holds none."
        )
    (source,) = data
    if source.content is None:
        raise DraftError(f"{source.name}: {source.fault}. {source.remedy}")
    try:
        outline = find_outline(source.content, source.stem)
    except NoTableError as fault:
        raise DraftError(f"{source.name}: {fault}") from None
    return _text(source, outline, _labels_beside(path, source, sources))


def closest_mapping(columns: list[str]) -> tuple[Mapping, int, int] | None:
    """The mapping most of whose columns a file has: (mapping, columns there, columns mapped), or None."""
    there = {column.casefold() for column in columns}
    best: tuple[Mapping, int, int] | None = None
    for mapping in load_mappings():
        if mapping.layout != "tidy" or mapping.pivot:
            continue
        measures = {c: mapping.spellings(c) for m in mapping.metrics for c in m.columns()}
        context = [c for c in context_of(mapping)[0] if c.casefold() in there]
        held = sum(any(s in there for s in spellings) for spellings in measures.values())
        if held >= _SAME_TABLE * len(measures) and context and (best is None or held > best[1]):
            best = (mapping, held, len(measures))
    return best


def _text(source: SourceFile, outline: Outline, labels: dict[str, str]) -> str:
    table = outline.table
    profiles = profiles_of(table.frame, table.spelling)
    roles = find_roles(table.frame, profiles, table.titles, source.stem)
    if {"breakdown_topic", "breakdown"} <= roles.used and "dimensions" not in roles.fields:
        _topics(roles, table.frame)
    name = re.sub(r"\.(csv|xlsx|ods|xls|txt)$", "", source.stem, flags=re.IGNORECASE)
    dataset = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "dataset"
    dataset = dataset if dataset[0].isalpha() else f"data_{dataset}"
    frame = None if "pivot" in roles.fields else table.frame
    labels = {name: _one_line(said)[:_LONGEST_LABEL] for name, said in (roles.labels | labels).items()}
    metrics, averages = metrics_of(frame, roles.measures, labels, dataset, added_up=roles.added_up)
    known = ", ".join(load_publications())
    top: dict[str, Any] = {
        "dataset": dataset,
        "title": f"{FILL_IN} what it is, in words a reader knows" + _said(table.titles),
        "publication": f"{FILL_IN} the id of its entry in publications.yaml, {known} or a new one",
        "layout": "tidy",
        "files": [_pattern(source.stem)],
    }
    top |= {"sheets": [outline.sheet]} if outline.sheet else {}
    top |= {"header": outline.header.model_dump(exclude_defaults=True)} if outline.header else {}
    if outline.header and not top["header"]:
        del top["header"]
    kept = ("area", "time", "period", "keep", "pivot", "dimensions", "totals", "topics")
    fields = {key: roles.fields[key] for key in kept if key in roles.fields}
    fields.setdefault("period", "academic_year")
    fields["geography_basis"] = f"{FILL_IN} which area a child counts towards, one of {_BASES}"
    remarks = [
        f"A draft for {source.name}: {table.read:,} rows, {len(profiles):,} columns.",
        f"Fill in what begins with {FILL_IN[:-1]}, check the rest, and put this file into data_contracts/published.",
        "Loading names what is still to be filled in.",
        *(f"Note: {note}." for note in outline.notes),
    ]
    if closest := closest_mapping(list(profiles)):
        mapping, held, of = closest
        remarks += [
            f"{held} of the {of} columns of figures of {mapping.path.name} are here: if this is another edition of",
            "that dataset, add the name of this file to its `files` and throw this draft away.",
        ]
    remarks += [f"Not recognised: {text}" for text in roles.comments.get("not recognised", [])]
    remarks += [
        f"Left out: {name} is an average, share or rate of sub-ICB locations, and cannot be added up to their board."
        for name in averages
    ]
    lines = [_comment(text) for text in remarks]
    for key, value in (top | fields).items():
        lines += [_comment(text) for text in roles.comments.get(key, [])]
        lines += _dump({key: value})
    lines += ["metrics:"] if metrics else ["# No column of figures that can be read was recognised.", "metrics: []"]
    for entry in metrics:
        lines += [f"  {line}" for line in _dump([entry])]
    return "\n".join(lines) + "\n"


def _topics(roles: Roles, frame: pl.DataFrame) -> None:
    """EES files say breakdown and value in two columns: which topic is which breakdown, told by its values."""
    pairs = frame.select("breakdown_topic", "breakdown").unique(maintain_order=True).rows()
    totals: list[str] = []
    topics: dict[str, str] = {}
    for topic in dict.fromkeys(topic for topic, _ in pairs):
        labels = [label for own, label in pairs if own == topic]
        if topic and all(label == topic or is_total(label) for label in labels):
            totals.append(topic)
            continue
        code, unknown = breakdown_of(labels)
        if code is None:
            roles.say("topics", f"{topic!r} is left out: no breakdown of breakdowns.yaml has {', '.join(labels[:8])}")
            continue
        topics[topic] = code
        if unknown:
            roles.say("topics", f"{topic!r}: not in breakdowns.yaml under {code}: {', '.join(unknown[:8])}")
    roles.fields |= {"totals": totals} if totals else {}
    roles.fields |= {"topics": topics} if topics else {}
    if not totals and not topics:
        roles.say("not recognised", "breakdown_topic, breakdown: no topic of breakdowns.yaml")


def _labels_beside(path: Path, source: SourceFile, sources: list[SourceFile]) -> dict[str, str]:
    """Column → label, from the dictionary that EES keeps beside a data file (`name.meta.csv`)."""
    wanted = re.sub(r"\.csv$", ".meta.csv", source.stem, flags=re.IGNORECASE)
    beside = path.with_name(wanted) if path.is_file() else path / wanted
    found = next((s for s in sources if s.stem == wanted), None)
    if found is None and wanted != source.stem and beside.is_file():
        found = next(open_sources([beside]), None)
    if found is None or not found.content:
        return {}
    rows = csv.DictReader(io.StringIO(found.content.decode("utf-8-sig", errors="replace"), newline=""))
    try:
        pairs = [((row.get("col_name") or "").strip().casefold(), (row.get("label") or "").strip()) for row in rows]
    except csv.Error:
        return {}
    return {column: label for column, label in pairs if column and label}


def _pattern(stem: str) -> str:
    """The file's name as a pattern, with its years left open."""
    name = re.sub(r"([\[\]?*])", r"[\1]", stem)
    open_years = re.sub(r"(19|20)\d{2}(?:[-_]?\d{2}(?:\d{2})?)?(?!\d)", "*", name)
    return open_years if open_years != name else re.sub(r"(\.\w+)?$", r"*\1", name, count=1)


def _said(titles: list[str]) -> str:
    title = _one_line(" ".join(titles))[:150]
    return f" (the file says: {title})" if title else ""


def _comment(text: str) -> str:
    # YAML allows no control characters, not even in a comment.
    return "# " + "".join(char if char.isprintable() else "?" for char in _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Dumper(yaml.SafeDumper):
    """Lists of plain texts and numbers on one line, all else a line each."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        plain = not any(isinstance(item, dict | list) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=plain)


def _dump(value: Any) -> list[str]:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False)
    return text.rstrip("\n").split("\n")
