"""Drafts with their blanks filled in, and a workbook to draft from."""

import io
from typing import Any

import openpyxl
import yaml

from pipelines.published.mapping import FILL_IN, Mapping

# What a person would choose; any other blank is a sentence.
CHOICES = {"publication": "ehc_plans", "family": "delivery", "polarity": "neutral", "unit": "score",
           "geography_basis": "maintaining_la", "domain_row": 4, "fixed": "2024"}  # fmt: skip


def filled(draft: Any, key: str = "") -> Any:
    """The draft with nothing but its blanks filled in."""
    if isinstance(draft, dict):
        return {name: filled(value, name) for name, value in draft.items()}
    if isinstance(draft, list):
        return [filled(value, key) for value in draft]
    blank = isinstance(draft, str) and draft.startswith(FILL_IN)
    return CHOICES.get(key, "Written by a person.") if blank else draft


def mapping_in(text: str) -> Mapping:
    return Mapping.model_validate(filled(yaml.safe_load(text)))


def workbook(rows: list[list[Any]], sheet: str = "Table 2") -> bytes:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Cover"
    cover.append(["A release", None])
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
