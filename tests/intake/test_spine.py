"""Who is who: matching rules on hand-made children, and key rotation."""

import hmac
import json
import re
from contextlib import nullcontext
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.intake import spine_store
from pipelines.intake.key_chain import KeyChainError, add_key, load_chain
from pipelines.intake.person_spine import PEOPLE, link_people
from pipelines.publish.durable import single_writer
from pipelines.publish.errors import PublishBusy
from pipelines.settings import Settings

pytestmark = pytest.mark.slow

SEEN = datetime(2026, 3, 1, 12)
UPN, OTHER_UPN, TEMPORARY_UPN = "A123456789012", "B123456789012", "C12345678901D"
ULN = "1234567890"
BORN = date(2012, 3, 4)
ANN = {"surname": "O'Neill", "forename": "Ann-Marie", "birth_date": BORN, "sex": "F", "area": "E08000035"}


def link(settings: Settings, *children: dict[str, object]) -> list[tuple[str, str, str]]:
    """(person_id, rule, quality) of each child, sent in together as one batch."""
    rows = [dict.fromkeys(PEOPLE) | child | {"row": n} for n, child in enumerate(children)]
    people = pl.DataFrame(rows, schema=PEOPLE)
    with spine_store.writing(settings):
        linked = link_people(settings, people, "sen2", SEEN)
    assert linked.rows["row"].to_list() == list(range(len(children)))
    return linked.rows.drop("row").rows()


def table(settings: Settings, name: str) -> list[tuple[object, ...]]:
    spine = spine_store.live_spine(settings)
    assert spine is not None
    columns = ", ".join(spine_store.COLUMNS[name])
    return duckdb.sql(f"SELECT {columns} FROM read_parquet('{spine.glob(name)}') ORDER BY ALL").fetchall()


def test_a_child_is_found_again_by_upn_then_uln_then_name(settings: Settings) -> None:
    ((ann, *made),) = link(settings, ANN | {"upn": UPN, "uln": ULN})
    assert made == ["new", "new"]
    found = link(
        settings,
        {"upn": " a123456789012", "sex": "F", "birth_date": date(2012, 3, 30)},
        {"uln": f" {ULN} ", "sex": "M", "birth_date": BORN},
        ANN | {"surname": "ONEILL", "forename": "Ann Marie", "sex": " f ", "area": "e08000035 "},
        {"uln": ULN},
    )
    assert found == [
        (ann, "upn", "agrees"),
        (ann, "uln", "differs"),
        (ann, "birth_sex_name_area", "agrees"),
        (ann, "uln", "unknown"),
    ]
    assert table(settings, "int_person") == [(ann, "F", date(2012, 3, 1), SEEN, "sen2")]


@pytest.mark.parametrize(
    "changed", [{"birth_date": date(2012, 3, 5)}, {"sex": "M"}, {"area": "E08000036"}, {"forename": "Anna"}]
)
def test_a_name_alone_is_not_enough(settings: Settings, changed: dict[str, object]) -> None:
    ((ann, *_),) = link(settings, ANN)
    ((other, *made),) = link(settings, ANN | changed)
    assert other != ann
    assert made == ["new", "new"]


def test_two_permanent_upns_are_two_children_however_alike(settings: Settings) -> None:
    first, second = link(settings, ANN | {"upn": UPN, "uln": ULN}, ANN | {"upn": OTHER_UPN, "uln": ULN})
    assert first[0] != second[0]
    # The same when they come one after another, and in whichever order.
    assert [link(settings, ANN | {"upn": upn, "uln": ULN})[0][0] for upn in (OTHER_UPN, UPN)] == [second[0], first[0]]
    # What both brought along is the first one's.
    assert link(settings, {"uln": ULN}) == [(first[0], "uln", "unknown")]


def test_a_permanent_upn_that_nobody_has_is_a_new_child_however_alike_to_a_known_one(settings: Settings) -> None:
    ((ann, *_),) = link(settings, ANN | {"upn": UPN, "uln": ULN})
    ((other, *made),) = link(settings, ANN | {"upn": OTHER_UPN, "uln": ULN})
    assert other != ann
    assert made == ["new", "new"]


def test_a_child_known_by_name_alone_is_found_and_what_a_match_brings_leads_to_further_ones(settings: Settings) -> None:
    ((ann, *_),) = link(settings, ANN)
    assert link(settings, {"upn": UPN}, ANN | {"upn": UPN}) == [
        (ann, "upn", "unknown"), (ann, "birth_sex_name_area", "agrees")
    ]  # fmt: skip


def test_the_first_row_of_a_child_begins_its_person_and_says_how_an_identifier_came(settings: Settings) -> None:
    girl, boy = ({"upn": UPN, "sex": sex, "birth_date": BORN} for sex in "FM")
    (ann, *made), (same, *found) = link(settings, girl, boy)
    assert (same, made, found) == (ann, ["new", "new"], ["upn", "differs"])
    assert re.fullmatch("[0-9a-f]{32}", ann)
    assert [row[:2] for row in table(settings, "int_person")] == [(ann, "F")]
    link(settings, girl | {"uln": ULN}, boy | {"uln": ULN})
    brought = {row[1]: row[3:] for row in table(settings, "int_person_identifier")}
    assert brought == {"upn": (ann, "new", "new"), "uln": (ann, "upn", "agrees")}


def test_a_temporary_upn_gives_way_to_a_permanent_one(settings: Settings) -> None:
    ((ann, *_),) = link(settings, ANN | {"upn": TEMPORARY_UPN})
    assert link(settings, ANN | {"upn": UPN}) == [(ann, "birth_sex_name_area", "agrees")]
    assert link(settings, {"upn": UPN}, {"upn": TEMPORARY_UPN}) == [(ann, "upn", "unknown")] * 2


def test_what_says_nothing_matches_nobody(settings: Settings) -> None:
    nothing = [{"uln": "9999999999"}, {"upn": "not a upn"}, {}]
    nothing += [ANN | {name: " "} for name in ("surname", "forename", "sex", "area")] + [ANN | {"birth_date": None}]
    linked = link(settings, *(child for child in nothing for _ in range(2)))
    assert len({person for person, _, _ in linked}) == 2 * len(nothing)
    assert {(rule, quality) for _, rule, quality in linked} == {("new", "new")}
    assert all(re.fullmatch("[0-9a-f]{32}", person) for person, _, _ in linked)
    assert table(settings, "int_person_identifier") == []


def test_one_batch_finds_through_what_another_row_of_it_brings(settings: Settings) -> None:
    """Rows in the wrong order: the one that says who everybody is comes last."""
    by_name, by_uln, whole = link(settings, ANN, {"uln": ULN}, ANN | {"upn": UPN, "uln": ULN})
    assert by_name[0] == by_uln[0] == whole[0]
    assert (by_name[1], by_uln[1], whole[1]) == ("birth_sex_name_area", "uln", "new")


def test_pseudonyms_are_keyed_and_hold_nothing_else(settings: Settings) -> None:
    link(settings, {"upn": UPN})
    secret = load_chain(settings.key_file).keys[0].secret
    expected = hmac.new(secret, f"upn:{UPN}".encode(), sha256).hexdigest()
    (row,) = table(settings, "int_person_identifier")
    assert row[:3] == (expected, "upn", "k1")
    assert settings.key_file.stat().st_mode & 0o777 == 0o600


def test_a_key_file_gets_a_folder_that_only_its_owner_enters(tmp_path: Path) -> None:
    file = tmp_path / "safe" / "keys" / "chain.json"
    assert [key.key_id for key in add_key(file).keys] == ["k1"]
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["chain.json"]


def test_rotation_changes_pseudonyms_and_nothing_else(settings: Settings) -> None:
    ((ann, *_), (bo, *_)) = link(settings, ANN | {"upn": UPN, "uln": ULN}, {"upn": OTHER_UPN})
    persons = table(settings, "int_person")
    before = table(settings, "int_person_identifier")
    old_folder = spine_store.live_spine(settings)
    assert old_folder is not None
    rotated = spine_store.rotate(settings)
    assert (rotated.key_id, rotated.folder.name) == ("k2", "000002-k2")
    assert [rotated.count(name) for name in spine_store.COLUMNS] == [2, 4]
    first, second = (key.secret for key in load_chain(settings.key_file).keys)
    once = hmac.new(first, f"upn:{UPN}".encode(), sha256).hexdigest()
    twice = hmac.new(second, once.encode(), sha256).hexdigest()
    after = table(settings, "int_person_identifier")
    assert table(settings, "int_person") == persons
    assert sorted(row[1:2] + row[3:] for row in after) == sorted(row[1:2] + row[3:] for row in before)
    assert {row[2] for row in after} == {"k2"}
    assert not {row[0] for row in after} & {row[0] for row in before}
    assert (twice, "upn", "k2", ann, "new", "new") in after
    assert not old_folder.folder.exists()
    # Whoever comes next is recognised, and so is somebody who came after the rotation, after another.
    assert link(settings, {"upn": UPN}, {"uln": ULN}, {"upn": OTHER_UPN}) == [
        (ann, "upn", "unknown"), (ann, "uln", "unknown"), (bo, "upn", "unknown")
    ]  # fmt: skip
    ((cy, *_),) = link(settings, {"upn": TEMPORARY_UPN})
    spine_store.rotate(settings)
    assert [person for person, _, _ in link(settings, {"upn": TEMPORARY_UPN}, {"upn": UPN})] == [cy, ann]


def test_no_key_is_made_while_figures_are_built(settings: Settings) -> None:
    link(settings, {"upn": UPN})
    with single_writer(settings.warehouse_dir), pytest.raises(PublishBusy):
        spine_store.rotate(settings)
    assert len(load_chain(settings.key_file).keys) == 1


def test_a_rotation_that_died_after_making_its_key_is_finished_with_that_key(settings: Settings) -> None:
    ((ann, *_),) = link(settings, {"upn": UPN})
    add_key(settings.key_file)
    assert link(settings, {"upn": UPN}) == [(ann, "upn", "unknown")]
    assert spine_store.rotate(settings).key_id == "k2"
    assert len(load_chain(settings.key_file).keys) == 2
    assert link(settings, {"upn": UPN}) == [(ann, "upn", "unknown")]


@pytest.mark.parametrize("content", [None, "{}", '{"keys": []}', '{"keys": [{"key_id": "k1", "secret": "ab"}]}', "k1"])
def test_a_lost_key_file_stops_matching_instead_of_forgetting_everybody(
    settings: Settings, content: str | None
) -> None:
    link(settings, {"upn": UPN})
    settings.key_file.unlink()
    if content is not None:
        settings.key_file.write_text(content)
    with pytest.raises(KeyChainError, match="key file"):
        link(settings, {"upn": UPN})


def test_another_stores_keys_do_not_fit(settings: Settings, tmp_path: Path) -> None:
    link(settings, {"upn": UPN})
    spine_store.rotate(settings)
    chain = json.loads(settings.key_file.read_text())
    settings.key_file.write_text(json.dumps({"keys": chain["keys"][:1]}))
    with pytest.raises(KeyChainError, match="k2"):
        link(settings, {"upn": UPN})


def test_many_parts_become_one_and_nobody_is_forgotten(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spine_store, "_MANY_PARTS", 4)
    children = [{"upn": f"A1234567890{n:02d}"} for n in range(6)]
    people, parts = [], []
    for number, child in enumerate(children):
        # Not while a build may be reading them.
        with single_writer(settings.warehouse_dir) if number == 3 else nullcontext():
            people.append(link(settings, child)[0][0])
        spine = spine_store.live_spine(settings)
        assert spine is not None
        parts.append((spine.folder.name, len(list(spine.folder.iterdir()))))
    # The first generation begins with a part of nobody. The fourth child would have made one of the four parts.
    assert parts == [*(("000001-k1", n) for n in (2, 3, 4, 5)), ("000002-k1", 2), ("000002-k1", 3)]
    assert [person for person, _, _ in link(settings, *children)] == people
    assert len(table(settings, "int_person")) == 6
