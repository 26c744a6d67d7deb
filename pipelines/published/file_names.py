"""Which mapping reads a file, and which files are left out on purpose: told by their names."""

from pipelines.published.mapping import Mapping, load_mappings, load_out_of_scope
from pipelines.published.patterns import fits


def mapping_of(stem: str) -> Mapping | None:
    """The mapping that names a file of this bare name (without `.gz`), if one does."""
    return next((mapping for mapping in load_mappings() if fits(stem, mapping.files)), None)


def left_out(stem: str, shown: str = "") -> str | None:
    """Why a file of this bare name is deliberately not loaded, if it is one of those; `shown`: its name in reports."""
    names = [name for name in (stem, shown) if name]
    return next((e.reason for e in load_out_of_scope() if any(fits(name, e.files) for name in names)), None)
