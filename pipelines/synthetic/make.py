"""Make the returns of SYNTHETIC England and send them in the way anybody would."""

from collections.abc import Callable, Iterator

from pipelines.contracts.return_contract import load_return
from pipelines.services.submit import Incoming, SubmissionOutcome, submit_batch
from pipelines.settings import Settings
from pipelines.synthetic.areas import AREAS, CENSUS_AREAS
from pipelines.synthetic.files import as_file
from pipelines.synthetic.school_census import census_returns
from pipelines.synthetic.sen2 import sen2_return

LAST_YEAR = 2026
WHO = "SYNTHETIC generator"


class NotSynthetic(Exception):  # noqa: N818  (as in pipelines.publish.errors, the name says what happened)
    """Invented returns were asked for in the real world."""


def make_returns(
    settings: Settings, years: int = 2, progress: Callable[[str], None] = lambda _: None
) -> list[SubmissionOutcome]:
    """Send in the returns of the latest `years`, oldest first. What has been sent in already changes nothing.

    Raises NotSynthetic in the real world, and SubmitFailed as pipelines.services.submit does.
    """
    if settings.world != "synthetic":
        raise NotSynthetic("SYNTHETIC returns belong in a store of their own. Set INCLUSION_WORLD=synthetic.")
    outcomes = []
    for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
        for return_name, files in (("sen2", _sen2(year)), ("school_census", _school_census(year))):
            progress(f"Sending in {return_name} of {year} …")
            outcomes += submit_batch(settings, return_name, list(files))
    return outcomes


def _sen2(year: int) -> Iterator[Incoming]:
    for area in AREAS:
        name, content = as_file(load_return("sen2"), sen2_return(area, str(year), LAST_YEAR))
        yield Incoming(name, content, area.code, str(year), WHO)


def _school_census(year: int) -> Iterator[Incoming]:
    period = f"{year}-spring"
    for area in CENSUS_AREAS:
        for urn, pupils in census_returns(area, period, LAST_YEAR).items():
            name, content = as_file(load_return("school_census"), {"pupils": pupils})
            yield Incoming(name, content, urn, period, WHO)
