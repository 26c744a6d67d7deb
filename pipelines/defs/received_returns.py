"""Returns: the inbox's sensor, and the asset that takes in what waits before figures are made."""

from collections import Counter
from hashlib import sha256

import dagster as dg

from pipelines.progress import RunLog
from pipelines.publish.durable import hold_until_exit
from pipelines.settings import Settings

RETURNS = dg.AssetKey("received_returns")
_SECONDS = 30


def definitions(settings: Settings, log: RunLog) -> dg.Definitions:
    """`received_returns`, and the sensor `returns_in_the_inbox` that runs the whole graph when something waits."""

    @dg.asset(key=RETURNS, group_name="returns")
    def received_returns() -> dg.MaterializeResult[None]:
        """Every waiting file sent in; each is accepted or refused by itself, and the rest of the graph runs on."""
        from pipelines.services.inbox import take_in, waiting

        if not log.store_is_held:
            # Started by Dagster, which gives each run a process: two runs at once would build over one another.
            hold_until_exit(settings.warehouse_dir)
        if not waiting(settings):
            return dg.MaterializeResult(metadata={"outcomes": {}})
        with log.step("Taking in returns"):
            taken = take_in(settings)
        states = Counter(str(outcome.state) for outcome in taken.outcomes)
        return dg.MaterializeResult(metadata={"outcomes": dict(states), "not taken": taken.not_taken})

    @dg.sensor(
        job_name="publish_figures",
        minimum_interval_seconds=_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def returns_in_the_inbox() -> dg.RunRequest | dg.SkipReason:
        """One run for what waits; the same files do not start another one."""
        from pipelines.services.inbox import waiting

        files = waiting(settings)
        if not files:
            return dg.SkipReason("Nothing waits in the inbox.")
        seen = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        return dg.RunRequest(run_key=sha256(repr(seen).encode()).hexdigest())

    return dg.Definitions(
        assets=[received_returns],
        sensors=[returns_in_the_inbox],
    )
