"""The published version: the last asset, reached only when every check has passed."""

from pathlib import Path

import dagster as dg
import duckdb

from pipelines.defs.comparison import FCT_COMPARISON
from pipelines.fingerprint import code_version
from pipelines.progress import RunLog
from pipelines.publish.tables import TABLES
from pipelines.publish.versions import AUDIENCES
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
        """A version for restricted, then one for public: whoever sees the public one can see the restricted one."""
        from pipelines.publish.publisher import publish_version

        with log.step("Publishing"):
            tables = _tables(settings)
            fingerprint = (settings.warehouse_dir / "fingerprint").read_text()
            versions = [
                publish_version(
                    settings,
                    tables,
                    audience=audience,
                    fingerprint=fingerprint,
                    code_version=code_version(),
                    timings=log.as_dict(),
                )
                for audience in AUDIENCES
            ]
        return dg.MaterializeResult(metadata={version.audience: version.version_id for version in versions})

    return dg.Definitions(assets=[published_version])


def _tables(settings: Settings) -> dict[str, Path]:
    """Each table of a version as a Parquet file; the marts are copied out of the warehouse."""
    folder = settings.warehouse_dir / "marts"
    folder.mkdir(exist_ok=True)
    files = {name: folder / f"{name}.parquet" for name in TABLES if name != "fct_comparison"}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        for name, file in files.items():
            con.execute(f"COPY {name} TO '{file.as_posix()}' (FORMAT parquet)")
    return files | {"fct_comparison": settings.warehouse_dir / "comparison.parquet"}
