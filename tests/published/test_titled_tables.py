"""Tables below titles: which row the header is, what stands above, beside and beneath it, and rows that are torn."""

from typing import Any

import polars as pl
import pytest

from tests.published.made_up import accounts, layout, read_made_up
from tests.published.releases import HARTLEPOOL, LEEDS

PLANS = {"id": "plans_count", "value": "Plans"}


def values(figures: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return figures.select(*columns, "value").rows()


TORN = b'Leeds,2024,"5" x"6'


@pytest.mark.parametrize(
    ("header", "lines", "torn"),
    [
        ({"find": "Area"}, [b"Title", b"Area,Year,Plans", TORN, b"Hartlepool,2024,4", b"Leeds,2023,5"], 3),
        ({"row": 2}, [b"Title", b"Area,Year,Plans", b"Hartlepool,2024,4", TORN, b"Leeds,2023,5"], 4),
        ({"row": 2}, [b"Title", b"Area,Year,Plans", b"Hartlepool,2024,4", b"Leeds,2023,5", TORN], 5),
        ({"row": 2}, [TORN, b"Area,Year,Plans", b"Hartlepool,2024,4", b"Leeds,2023,5"], None),
        ({"row": 1, "skip": 1}, [b"Area,Year,Plans", TORN, b"Hartlepool,2024,4", b"Leeds,2023,5"], None),
    ],
    ids=["under the header", "among the data", "at the end", "above the header", "in a row that is skipped"],
)
def test_a_torn_row_is_counted_where_it_stands_and_takes_no_other_with_it(
    header: dict[str, Any], lines: list[bytes], torn: int | None
) -> None:
    figures, table, reading = read_made_up(layout(PLANS, header=header), b"\n".join(lines))
    assert values(figures, "geography_code") == [(HARTLEPOOL, 4), (LEEDS, 5)]
    assert [problem.row for problem in table.refused] == ([torn] if torn else [])
    assert accounts(table, reading) == {"read": 2 + bool(torn), "refused": int(bool(torn)), "aside": 0, "loaded": 2}


def test_a_torn_row_in_a_header_is_a_fault_of_the_file() -> None:
    lines = [b"Title", b"Area,Year,2024", b'"" x",,Plans', b"Leeds,2024,5"]
    _, table, _ = read_made_up(layout(PLANS, header={"row": 2, "depth": 2}), b"\n".join(lines))
    assert [(p.rule, p.row) for p in table.faults] == [("The header is torn", 3)]
    _, table, _ = read_made_up(layout(PLANS, header={"row": 3}), b"\n".join(lines))
    assert "row 3 do not pair" in table.faults[0].found
