"""What `dagster dev -m pipelines.definitions` serves: the asset graph over the store of these settings."""

from pipelines.defs.graph import build_definitions
from pipelines.logs import configure_logs
from pipelines.settings import load_settings

_settings = load_settings()
configure_logs(_settings)
defs = build_definitions(_settings)
