"""Whatever a file holds: a draft that reads as a mapping once filled in, or a reason."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.published.drafting import DraftError, draft_of
from tests.published.drafts import mapping_in, workbook
from tests.published.made_up import ODD_CELLS
from tests.published.test_any_file import steady


def check_draft(path: Path) -> None:
    """A draft that reads as YAML and, filled in, as a mapping; or a reason."""
    try:
        text = draft_of(path)
    except DraftError as fault:
        assert len(str(fault)) > 20
        return
    mapping_in(text)


@steady(100)
@given(st.lists(st.lists(ODD_CELLS, min_size=1, max_size=6), max_size=8))
@example([["time_period", "geographic_level", "new_la_code"], ["2024", "Local authority", "E06000001"]])
@example([["metric", "value"], ["FILL IN: me", "1"], ["{", "2"]])
@example([["", ""], ["Leeds", "1"]])
@example([["area", "what"], ["Leeds", "\x01"]])
def test_any_table_is_drafted_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    path = tmp_path_factory.getbasetemp() / "any table.csv"
    path.write_bytes(stream.getvalue().encode())
    check_draft(path)


@steady(100)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", b"\xef\xbb\xbf", b"a,b\n1,2\n"]))
def test_any_bytes_are_drafted_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    path.write_bytes(start + content)
    check_draft(path)


@steady(40)
@given(st.lists(st.lists(ODD_CELLS.filter(lambda c: c.isprintable()), min_size=1, max_size=5), min_size=1, max_size=7))
def test_any_workbook_is_drafted_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    path.write_bytes(workbook(list(rows)))
    check_draft(path)


@steady(40)
@given(st.integers(min_value=0), st.binary(min_size=1, max_size=3))
def test_a_workbook_with_any_bytes_changed_is_drafted_or_refused(
    tmp_path_factory: pytest.TempPathFactory, where: int, what: bytes
) -> None:
    content = workbook([["Area", "Plans"], ["Leeds", 4], ["Bury", 5]])
    at = where % len(content)
    path = tmp_path_factory.getbasetemp() / "changed.xlsx"
    path.write_bytes(content[:at] + what + content[at + len(what) :])
    check_draft(path)
