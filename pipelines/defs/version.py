"""The published version: the last asset, reached only when every check has passed."""

import json
from pathlib import Path

import dagster as dg

from pipelines.defs.comparison import FCT_COMPARISON
from pipelines.defs.warehouse import read_warehouse
from pipelines.fingerprint import code_version
from pipelines.progress import RunLog
from pipelines.publish.errors import DamagedVersion, NoVersionPublished
from pipelines.publish.manifest import read_manifest
from pipelines.publish.tables import TABLES
from pipelines.publish.versions import AUDIENCES, Audience, current_version
from pipelines.settings import Settings

VERSION = dg.AssetKey("published_version")


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`published_version`: the tables of pipelines/publish/tables.py, made live for both audiences."""

    @dg.asset(
        key=VERSION,
        deps=[FCT_COMPARISON, *(dg.AssetKey(name) for name in TABLES if name != "fct_comparison")],
        group_name="publish",
    )
    def published_version() -> dg.MaterializeResult[None]:
        """A version for restricted, then one for public: whoever sees the public one can see the restricted one.

        When only returns have changed, the public version stays the one it is.
        """
        from pipelines.publish.publisher import publish_version

        with log.step("Publishing"):
            tables = _tables(settings)
            fingerprints = json.loads((settings.warehouse_dir / "fingerprints.json").read_text())
            stale = [
                audience for audience in AUDIENCES if _fingerprint_of_live(settings, audience) != fingerprints[audience]
            ]
            versions = [
                publish_version(
                    settings,
                    tables,
                    audience=audience,
                    fingerprint=fingerprints[audience],
                    code_version=code_version(),
                    timings=log.as_dict(),
                )
                # A run that was forced though nothing has changed publishes both again.
                for audience in stale or AUDIENCES
            ]
        return dg.MaterializeResult(metadata={version.audience: version.version_id for version in versions})

    return dg.Definitions(assets=[published_version])


def _fingerprint_of_live(settings: Settings, audience: Audience) -> str | None:
    try:
        return read_manifest(current_version(settings, audience)).fingerprint
    except (NoVersionPublished, DamagedVersion):
        return None


def _tables(settings: Settings) -> dict[str, Path]:
    """Each table of a version as a Parquet file; marts are copied out of the warehouse, in the order of their parts."""
    folder = settings.warehouse_dir / "marts"
    folder.mkdir(exist_ok=True)
    files = {name: folder / f"{name}.parquet" for name in TABLES if name != "fct_comparison"}
    with read_warehouse(settings) as con:
        for name, file in files.items():
            partition = TABLES[name].partition
            rows = f"(FROM {name} ORDER BY {', '.join(partition)})" if partition else name
            con.execute(f"COPY {rows} TO '{file.as_posix()}' (FORMAT parquet, ROW_GROUP_SIZE 20000)")
    return files | {"fct_comparison": settings.warehouse_dir / "comparison.parquet"}
