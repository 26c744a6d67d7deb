"""What `dagster dev -m pipelines.definitions` serves: the asset graph over the store of these settings."""

from pipelines.defs.graph import build_definitions
from pipelines.settings import load_settings

defs = build_definitions(load_settings())
