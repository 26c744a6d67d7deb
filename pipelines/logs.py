"""Structured logs, on standard error, as the settings say: one event a line, for a person or as JSON."""

import logging
import sys

import structlog

from pipelines.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Send events of `log_level` and above to standard error; answers alone go to standard output."""
    as_json = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer()
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        # Looked up at each event: whoever redirects standard error gets what is logged from then on.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
