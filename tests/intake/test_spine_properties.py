"""Matching, whatever is known of whom in whichever order: children stay apart, and what is shared is seen."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.settings import Settings
from tests.intake.test_spine import link

CHILDREN = 4
ROW = st.tuples(st.integers(0, CHILDREN - 1), st.sets(st.sampled_from(["upn", "uln", "name"]), min_size=1))


def row_of(child: int, shown: set[str]) -> dict[str, object]:
    """What a return shows of a child: some of its identifiers, all of them its own."""
    row: dict[str, object] = {}
    if "upn" in shown:
        row["upn"] = f"A12345678900{child}"
    if "uln" in shown:
        row["uln"] = f"123456789{child}"
    if "name" in shown:
        row |= {"surname": "Smith", "forename": "abcd"[child], "birth_date": date(2012, 3, 4), "sex": "F", "area": "X"}
    return row


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=1, max_size=3))
def test_children_stay_apart_and_an_identifier_always_leads_to_the_same_person(
    batches: list[list[tuple[int, set[str]]]],
) -> None:
    with TemporaryDirectory() as folder:
        store = Settings(data_dir=Path(folder))
        person_of: dict[tuple[int, str], str] = {}
        child_of: dict[str, int] = {}
        for batch in batches:
            people = [person for person, _, _ in link(store, *(row_of(*row) for row in batch))]
            for (child, shown), person in zip(batch, people, strict=True):
                assert child_of.setdefault(person, child) == child, "two children are one person"
                # The strongest identifier of a row decides, and has led to this person ever since it was first seen.
                strongest = next(kind for kind in ("upn", "uln", "name") if kind in shown)
                assert person_of.setdefault((child, strongest), person) == person
            for (child, shown), person in zip(batch, people, strict=True):
                for kind in shown:
                    person_of.setdefault((child, kind), person)
