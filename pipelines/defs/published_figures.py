"""What has been loaded: the landed receipts, and the catalogue that says what their metrics mean."""

import json

import dagster as dg

from pipelines.defs.received_returns import RETURNS
from pipelines.fingerprint import input_fingerprint, published_receipts, receipt_paths
from pipelines.progress import RunLog
from pipelines.publish.versions import AUDIENCES
from pipelines.settings import Settings

FIGURES = dg.AssetKey("published_figures")


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`published_figures` and its check that no row of a file went missing."""

    @dg.asset(key=FIGURES, deps=[RETURNS], group_name="published")
    def published_figures() -> dg.MaterializeResult[None]:
        """Landed figures and returns. An empty store first gets something to show: a real one the headline figures that
        the repository carries, a SYNTHETIC one its invented returns.
        """
        from pipelines.intake.catalogue import write_returns_catalogue
        from pipelines.published.catalogue import write_catalogue
        from pipelines.published.landing import sweep
        from pipelines.published.seed import land_seed

        with log.step("Gathering what has been loaded"):
            # A load that was killed may have left a seed beside the full file that takes its place.
            sweep(settings)
            if not published_receipts(settings) and settings.world == "real":
                land_seed(settings)
            if not receipt_paths(settings) and settings.world == "synthetic":
                from pipelines.synthetic.make import make_returns

                make_returns(settings)
            # Taken before the build reads: a file that lands later makes the next run build again.
            settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
            fingerprints = {audience: input_fingerprint(settings, audience) for audience in AUDIENCES}
            (settings.warehouse_dir / "fingerprints.json").write_text(json.dumps(fingerprints))
            write_catalogue(settings, settings.warehouse_dir / "catalogue")
            write_returns_catalogue(settings, settings.warehouse_dir / "catalogue")
        return dg.MaterializeResult(metadata={"receipts": len(receipt_paths(settings)), "fingerprints": fingerprints})

    @dg.asset_check(asset=FIGURES, blocking=True)
    def every_row_read_is_accounted_for() -> dg.AssetCheckResult:
        """Read = loaded + refused + out of scope, receipt by receipt."""
        wrong = []
        for path in published_receipts(settings):
            receipt = json.loads(path.read_text(encoding="utf-8"))
            rows = receipt["rows"]
            if rows["read"] != rows["loaded"] + rows["refused"] + rows["out_of_scope"]:
                wrong.append(f"{receipt['source_file']} ({receipt['release_id']}): {rows}")
        log.problems += [f"Rows of a file are not accounted for: {each}" for each in wrong]
        return dg.AssetCheckResult(passed=not wrong, metadata={"receipts": wrong})

    return dg.Definitions(assets=[published_figures], asset_checks=[every_row_read_is_accounted_for])
