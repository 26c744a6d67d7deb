"""Going back, verifying and clearing away: the live version is never at risk."""

import os
import shutil
import time

import pytest

from pipelines.publish.durable import live_id
from pipelines.publish.errors import DamagedVersion, NoVersionPublished, VersionNotFound
from pipelines.publish.manifest import read_manifest
from pipelines.publish.reader import current_version, open_version
from pipelines.publish.versions import list_versions, prune, rollback, version_ids
from pipelines.settings import Settings
from tests.publish.tiny_version import publish_tiny


def test_rollback_serves_the_version_before_and_can_go_forward_again(settings: Settings) -> None:
    _, first, second = (publish_tiny(settings) for _ in range(3))
    # What is live already replaces nothing.
    assert rollback(settings, "public", second.version_id) == second.version_id
    assert not (second.path / ".replaced").exists()
    assert rollback(settings, "public") == first.version_id
    assert current_version(settings, "public") == first.path
    assert rollback(settings, "public", second.version_id) == second.version_id
    assert current_version(settings, "public") == second.path


def test_a_live_version_that_somebody_deleted_stops_neither_reading_about_it_nor_the_next(settings: Settings) -> None:
    first, second = publish_tiny(settings), publish_tiny(settings)
    shutil.rmtree(second.path)
    with pytest.raises(NoVersionPublished, match=f"points at version {second.version_id}, which is not there"):
        current_version(settings, "public")
    third = publish_tiny(settings)
    assert current_version(settings, "public") == third.path
    assert version_ids(settings.public_dir) == [first.version_id, third.version_id]


@pytest.mark.parametrize(
    "content", [None, "{", "{}", "[]", '{"tables": {"a": {"columns": {}, "rows": 0, "parts": [{}]}}}']
)
def test_a_manifest_that_is_none_is_a_damaged_version_which_the_next_does_not_build_on(
    settings: Settings, content: str | None
) -> None:
    live = publish_tiny(settings)
    (live.path / "manifest.json").unlink()
    if content is not None:
        (live.path / "manifest.json").write_text(content)
    with pytest.raises(DamagedVersion, match=live.version_id):
        read_manifest(live.path)
    assert [(each.version_id, each.manifest) for each in list_versions(settings, "public")] == [(live.version_id, None)]
    second = publish_tiny(settings)
    assert second.parts_linked == 0
    assert current_version(settings, "public") == second.path


def test_a_version_rolled_back_from_survives_the_next_publish(settings: Settings) -> None:
    first, second = publish_tiny(settings), publish_tiny(settings)
    rollback(settings, "public")
    third = publish_tiny(settings)
    assert version_ids(settings.public_dir) == [first.version_id, second.version_id, third.version_id]


def test_rollback_without_an_earlier_version_says_so(settings: Settings) -> None:
    with pytest.raises(NoVersionPublished, match="nothing to go back to"):
        rollback(settings, "public")
    only = publish_tiny(settings)
    with pytest.raises(VersionNotFound, match=f"no public version before {only.version_id}"):
        rollback(settings, "public")
    with pytest.raises(VersionNotFound, match=only.version_id):
        rollback(settings, "public", "20200101T000000000Z-00000000")
    with pytest.raises(VersionNotFound):
        rollback(settings, "public", "../../restricted")


def test_rollback_refuses_a_damaged_version(settings: Settings) -> None:
    first, second = publish_tiny(settings), publish_tiny(settings)
    (first.path / next(iter(read_manifest(first.path).tables["dim_metric"].parts)).path).unlink()
    with pytest.raises(VersionNotFound, match="damaged, so the live version stays"):
        rollback(settings, "public")
    assert live_id(settings.public_dir) == second.version_id


def test_pruning_keeps_the_newest_and_the_live_one(settings: Settings) -> None:
    published = [publish_tiny(settings).version_id for _ in range(5)]
    rollback(settings, "public", published[0])
    removed = prune(settings, "public", keep=2, grace_seconds=0)
    assert removed == published[1:3]
    assert version_ids(settings.public_dir) == [published[0], *published[3:]]
    con = open_version(current_version(settings, "public"))
    assert con.execute("SELECT count(*) FROM fct_metric").fetchall() == [(25,)]


def test_pruning_spares_a_version_that_a_reader_may_still_read(settings: Settings) -> None:
    published = [publish_tiny(settings) for _ in range(4)]
    assert prune(settings, "public", keep=1) == []
    an_hour_ago = time.time() - 3_600
    os.utime(published[0].path / ".replaced", (an_hour_ago, an_hour_ago))
    assert prune(settings, "public", keep=1) == [published[0].version_id]


def test_publishing_prunes_to_the_setting(settings: Settings) -> None:
    short = settings.model_copy(update={"keep_versions": 2})
    published = [publish_tiny(short)]
    for _ in range(3):
        for version in published:
            if (version.path / ".replaced").exists():
                os.utime(version.path / ".replaced", (0, 0))
        published.append(publish_tiny(short))
    # The one replaced a moment ago has readers; the ones before it are gone.
    assert version_ids(short.public_dir) == [version.version_id for version in published[2:]]


def test_what_a_dead_publisher_left_is_swept(settings: Settings) -> None:
    live = publish_tiny(settings)
    versions = live.path.parent
    (versions / ".staging-20260101T000000000Z-aaaaaaaa" / "parts").mkdir(parents=True)
    (versions / ".removed-20250101T000000000Z-bbbbbbbb").mkdir()
    (settings.public_dir / ".current-1234").symlink_to("versions/nowhere")
    never_live = versions / "20990101T000000000Z-cccccccc"
    never_live.mkdir()
    second = publish_tiny(settings)
    assert sorted(entry.name for entry in versions.iterdir()) == [live.version_id, second.version_id]
    assert sorted(entry.name for entry in settings.public_dir.iterdir()) == [".lock", "current", "versions"]


def test_the_two_audiences_do_not_touch_each_other(settings: Settings) -> None:
    restricted = publish_tiny(settings, "restricted")
    public = publish_tiny(settings, "public")
    publish_tiny(settings, "restricted")
    rollback(settings, "restricted")
    assert current_version(settings, "restricted") == restricted.path
    assert current_version(settings, "public") == public.path
    assert [state.is_live for state in list_versions(settings, "restricted")] == [False, True]
