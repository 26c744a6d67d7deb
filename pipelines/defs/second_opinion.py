"""The second opinion on returns: after their figures are out, since nobody's answer or figure depends on it."""

import dagster as dg

from pipelines.defs.version import VERSION
from pipelines.progress import RunLog
from pipelines.settings import Settings


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`great_expectations_counts_the_same`: a check of what was published, which can no longer stop it."""

    @dg.asset_check(asset=VERSION)
    def great_expectations_counts_the_same() -> dg.AssetCheckResult:
        """A sample of the rules, counted once more by other SQL on what came in since the last run."""
        from pipelines.services.second_opinion import Opinions, ask, waiting

        opinions = Opinions()
        if waiting(settings):
            with log.step("Asking for a second opinion on returns"):
                opinions = ask(settings, settings.warehouse_dir / "gx_returns")
        log.doubts += [f"Two counts of one rule differ. {said}" for said in opinions.disagreements]
        return dg.AssetCheckResult(
            passed=not opinions.disagreements,
            metadata={"submissions": opinions.submissions, "counts compared": opinions.compared},
        )

    return dg.Definitions(asset_checks=[great_expectations_counts_the_same])
