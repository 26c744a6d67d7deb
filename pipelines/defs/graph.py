"""The whole asset graph, gathered from the modules of this folder."""

import importlib
import pkgutil

import dagster as dg

import pipelines.defs
from pipelines.progress import RunLog
from pipelines.settings import Settings

JOB = "publish_figures"


def build_definitions(settings: Settings, log: RunLog | None = None) -> dg.Definitions:
    """Every asset and check over one store: the folder is the registry, a module joins by having `definitions`.

    The job runs in this process: starting a process for each step costs more than most steps do.
    """
    log = log or RunLog()
    modules = [
        importlib.import_module(f"pipelines.defs.{found.name}")
        for found in pkgutil.iter_modules(pipelines.defs.__path__)
    ]
    parts = [module.definitions(settings, log) for module in modules if hasattr(module, "definitions")]
    job = dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), executor_def=dg.in_process_executor)
    return dg.Definitions.merge(*parts, dg.Definitions(jobs=[job], executor=dg.in_process_executor))
