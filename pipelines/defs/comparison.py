"""Every comparison of every figure, made once."""

import dagster as dg
import duckdb

from pipelines.defs.warehouse import FCT_METRIC
from pipelines.progress import RunLog
from pipelines.publish.tables import FIGURE_KEY, PREFERENCE
from pipelines.settings import Settings

FCT_COMPARISON = dg.AssetKey("fct_comparison")

# What a comparison can use: current, one source a figure, at most one breakdown. Lineage stays behind, it is heavy.
_TO_COMPARE = f"""
    SELECT * EXCLUDE (
        receipt_id, receipt_set_id, build_id, release_id, dataset, source_file, source_row, source_column, status_reason
    )
    FROM fct_metric
    WHERE known_to IS NULL AND value_2 = 'total'
    QUALIFY row_number() OVER (PARTITION BY {", ".join(FIGURE_KEY)} ORDER BY {PREFERENCE}) = 1
"""


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`fct_comparison`, written beside the warehouse as comparison.parquet."""

    @dg.asset(
        key=FCT_COMPARISON,
        deps=[FCT_METRIC, *(dg.AssetKey(name) for name in ("dim_metric", "dim_geography", "bridge_neighbour"))],
        group_name="comparison",
    )
    def fct_comparison() -> dg.MaterializeResult[None]:
        """England, region, similar areas, the period before, the trend: docs/methodology/comparison.md."""
        with log.step("Comparing areas"):
            from pipelines.comparison.build import build_comparison

            with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
                metric = con.sql(_TO_COMPARE).pl()
                others = [con.table(name).pl() for name in ("dim_metric", "dim_geography", "bridge_neighbour")]
            comparison = build_comparison(metric, *others)
            comparison.write_parquet(settings.warehouse_dir / "comparison.parquet")
        return dg.MaterializeResult(metadata={"rows": comparison.height})

    return dg.Definitions(assets=[fct_comparison])
