"""Every comparison of every figure, made once."""

import shutil
from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from pipelines.defs.warehouse import FCT_METRIC, read_warehouse
from pipelines.progress import RunLog
from pipelines.publish.tables import FIGURE_KEY, PREFERENCE
from pipelines.settings import Settings

FCT_COMPARISON = dg.AssetKey("fct_comparison")
_DIMENSIONS = ("dim_metric", "dim_geography", "bridge_neighbour")

# Metrics are compared apart from one another, so a few at a time keep memory bounded whatever has been loaded.
_ROWS_AT_ONCE = 200_000

# What a comparison can use: current, one source a figure, at most one breakdown. Lineage stays behind, it is heavy.
_TO_COMPARE = f"""
    SELECT * EXCLUDE (
        receipt_id, receipt_set_id, build_id, release_id, dataset, source_file, source_row, source_column, status_reason
    )
    FROM fct_metric
    WHERE known_to IS NULL AND value_2 = 'total' AND metric_id IN (SELECT unnest(?))
    QUALIFY row_number() OVER (PARTITION BY {", ".join(FIGURE_KEY)} ORDER BY {PREFERENCE}) = 1
"""


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`fct_comparison`, written beside the warehouse as comparison.parquet."""

    @dg.asset(
        key=FCT_COMPARISON,
        deps=[FCT_METRIC, *(dg.AssetKey(name) for name in _DIMENSIONS)],
        group_name="comparison",
    )
    def fct_comparison() -> dg.MaterializeResult[None]:
        """England, region, similar areas, the period before, the trend: docs/methodology/comparison.md."""
        from pipelines.comparison.build import build_comparison

        parts = settings.warehouse_dir / "comparison"
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir()
        whole = settings.warehouse_dir / "comparison.parquet"
        with (
            log.step("Comparing areas"),
            read_warehouse(settings) as con,
        ):
            dimensions = [con.sql(f"FROM {name}").pl() for name in _DIMENSIONS]
            for number, metrics in enumerate(_batches(con)):
                figures = con.sql(_TO_COMPARE, params=[metrics]).to_arrow_table()
                frame = pl.DataFrame(pl.from_arrow(figures))
                build_comparison(frame, *dimensions).write_parquet(parts / f"{number:04d}.parquet")
            # In the order of the parts that are published of it.
            rows = f"(FROM read_parquet('{parts.as_posix()}/*.parquet') ORDER BY source, period_end)"
            con.execute(f"COPY {rows} TO '{whole.as_posix()}' (FORMAT parquet, ROW_GROUP_SIZE 20000)")
            written = con.sql(f"SELECT count(*) FROM read_parquet('{whole.as_posix()}')").fetchall()[0][0]
        return dg.MaterializeResult(metadata={"rows": written})

    return dg.Definitions(assets=[fct_comparison])


def _batches(con: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """All metrics in order, as many at once as have about _ROWS_AT_ONCE rows between them."""
    counts = con.execute("SELECT metric_id, count(*) FROM fct_metric GROUP BY metric_id ORDER BY metric_id").fetchall()
    batch: list[str] = []
    rows = 0
    for metric_id, count in counts:
        if batch and rows + count > _ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
        batch.append(metric_id)
        rows += count
    yield batch
