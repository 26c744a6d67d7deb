"""What can go wrong in the store, each with a message a reader of the screen can act on."""

# ruff: noqa: N818  (each name says what happened)


class StoreError(Exception):
    """Something about the store; the message says what, and what to do."""


class NoVersionPublished(StoreError):
    """There is no live version for this audience yet."""


class VersionNotFound(StoreError):
    """The version asked for is not in the store."""


class PublishRefused(StoreError):
    """The tables offered may not become a version; the live version stays."""


class PublishBusy(StoreError):
    """Another process is publishing, rolling back or pruning."""


class DiskFull(StoreError):
    """The disk filled while publishing; the live version stays."""


class DamagedVersion(StoreError):
    """A version's manifest cannot be read, or a part differs from what the manifest says."""


class SqlRefused(StoreError):
    """The statement is not one that may run here; nothing ran."""


class SqlFailed(StoreError):
    """DuckDB could not answer the statement; the message is DuckDB's, without paths of this machine."""


class SqlLimitReached(StoreError):
    """The statement ran into a limit of time, memory or output; the message names the limit and its setting."""


class FigureNotFound(StoreError):
    """No figure answers to this metric, area, period and breakdown; the message says what there is instead."""
