"""Content → PDF with Typst: no browser, no network, no fonts of the machine.

Words reach the template as JSON, never as markup, so that nothing in a name or a note is taken for an instruction.
The typeface is HK Grotesk (SIL Open Font License), which Great Expectations brings along; without it Typst's own
Libertinus Serif is used, which also supplies the symbols that HK Grotesk lacks.
"""

import importlib.util
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("pack.typ")
_FONTS = ("render", "view", "static", "fonts", "HKGrotesk")


def as_pdf(content: Mapping[str, Any]) -> bytes:
    """A tagged PDF that meets PDF/UA-1: title, language, bookmarks, table headers, a description of each picture."""
    made = content["made"]
    pdf = _compiler(content).compile(
        format="pdf",
        pdf_standards="ua-1",
        timestamp=datetime(made["year"], made["month"], made["day"], tzinfo=UTC),
    )
    assert isinstance(pdf, bytes)
    return pdf


def layout(content: Mapping[str, Any]) -> dict[str, int]:
    """How many pages there are, and on which page the summary starts and ends."""
    found: list[dict[str, int]] = json.loads(_compiler(content).query("<layout>", field="value"))
    return found[0]


def _compiler(content: Mapping[str, Any]) -> typst.Compiler:
    bringer = importlib.util.find_spec("great_expectations")
    folder = Path(bringer.origin).parent.joinpath(*_FONTS) if bringer and bringer.origin else None
    return typst.Compiler(
        input=TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[folder] if folder and folder.is_dir() else [],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )
