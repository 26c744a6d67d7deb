"""The public API of Explore education statistics, version 1: find data sets, and fetch one as the CSV we load.

Endpoints: `/publications`, `/publications/{id}/data-sets`, `/data-sets/{id}/versions[/{version}]`,
`/data-sets/{id}/csv`. Lists come in pages. The API needs no key. Nothing here runs unless somebody asks for it.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from pipelines.published.downloading import DownloadError, Downloads
from pipelines.published.mapping import Mapping
from pipelines.settings import Settings

_PAGE_SIZE = {"publications": 40, "data-sets": 20, "versions": 20}  # The largest that the API allows.
_MOST_PAGES = 500
_GZIP_MAGIC = b"\x1f\x8b"


class _Answer(BaseModel):
    """A part of an answer; the API may add fields, which are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Publication(_Answer):
    """A publication that has data sets in the API."""

    id: UUID
    title: str


class Periods(_Answer):
    """First and last time period of a data set, as labels."""

    start: str
    end: str


class Version(_Answer):
    """One version of a data set; `published` is the moment its figures became known, in UTC."""

    version: str
    published: datetime | None = None
    total_results: int = Field(alias="totalResults")
    time_periods: Periods | None = Field(default=None, alias="timePeriods")
    notes: str = ""

    def said(self) -> str:
        """Rows, periods and publication in a few words."""
        span = f", {self.time_periods.start} to {self.time_periods.end}" if self.time_periods else ""
        when = f", published {self.published_on:%d %B %Y}" if self.published_on else ""
        return f"{self.total_results:,} rows{span}{when}{f' ({self.notes})' if self.notes else ''}"

    @property
    def published_on(self) -> datetime | None:
        """Local time of publication, without a zone, as releases have it."""
        if self.published is None:
            return None
        moment = self.published if self.published.tzinfo else self.published.replace(tzinfo=ZoneInfo("UTC"))
        return moment.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None)


class DataSet(_Answer):
    """A data set and its latest version."""

    id: UUID
    title: str
    latest: Version = Field(validation_alias=AliasChoices("latestVersion", "latest"))


Kind = TypeVar("Kind", bound=_Answer)


@dataclass(frozen=True)
class Pulled:
    """A data set as a file on this machine, and the moment it was published."""

    path: Path
    data_set: DataSet
    version: Version


class EesApi:
    """The endpoints. Every method raises DownloadError, whose message says what to do."""

    def __init__(
        self, settings: Settings, downloads: Downloads | None = None, say: Callable[[str], None] = print
    ) -> None:
        self._base = settings.ees_api_url.rstrip("/")
        self._folder = settings.pulled_dir
        self._downloads = downloads or Downloads(
            self._folder / "answers", settings.ees_api_seconds, settings.ees_api_attempts, say=say
        )

    def publications(self, search: str = "") -> Iterator[Publication]:
        """Publications that have data sets, all or those that match `search` (3 letters or more)."""
        yield from self._pages("/publications", Publication, {"search": search} if search else {})

    def data_sets(self, publication: UUID) -> Iterator[DataSet]:
        """The data sets of one publication."""
        yield from self._pages(f"/publications/{publication}/data-sets", DataSet)

    def data_set(self, data_set_id: UUID) -> DataSet:
        """One data set with its latest version."""
        return self._one(f"/data-sets/{data_set_id}", DataSet)

    def versions(self, data_set_id: UUID) -> Iterator[Version]:
        """Every version of a data set, the newest first."""
        yield from self._pages(f"/data-sets/{data_set_id}/versions", Version)

    def version(self, data_set_id: UUID, version: str) -> Version:
        """One version: `1.0`, or with a wildcard the newest that fits: `1.*`."""
        return self._one(f"/data-sets/{data_set_id}/versions/{quote(version, safe='*')}", Version)

    def pull(self, data_set_id: UUID, version: str | None = None, mapping: Mapping | None = None) -> Pulled:
        """Fetch one version (the latest, without `version`) as a CSV under a name by which it will be read.

        The name is the first pattern of `mapping`; without one, the data set's title.
        """
        data_set = self.data_set(data_set_id)
        chosen = self.version(data_set_id, version) if version else data_set.latest
        query = urlencode({"dataSetVersion": chosen.version})
        fetched = self._downloads.fetch(f"{self._base}/data-sets/{data_set_id}/csv?{query}")
        name = _file_name(data_set, chosen, mapping)
        folder = self._folder / "files" / str(data_set_id)
        folder.mkdir(parents=True, exist_ok=True)
        with fetched.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        path = folder / (name + (".gz" if packed else ""))
        part = path.with_name(path.name + ".part")
        shutil.copyfile(fetched, part)
        part.replace(path)
        return Pulled(path, data_set, chosen)

    def _one(self, path: str, kind: type[Kind]) -> Kind:
        url = self._base + path
        return _read(self._downloads.fetch_json(url), kind, url)

    def _pages(self, path: str, kind: type[Kind], query: dict[str, str] | None = None) -> Iterator[Kind]:
        page, last = 1, 1
        while page <= last:
            size = _PAGE_SIZE[path.rsplit("/", 1)[-1]]
            url = f"{self._base}{path}?{urlencode({**(query or {}), 'page': page, 'pageSize': size})}"
            answer = self._downloads.fetch_json(url)
            try:
                last, results = int(answer["paging"]["totalPages"]), list(answer["results"])
            except (KeyError, TypeError, ValueError) as fault:
                raise _another_api(url, f"no {fault}") from None
            if last > _MOST_PAGES:
                raise _another_api(url, f"{last:,} pages")
            for result in results:
                yield _read(result, kind, url)
            page += 1


def data_set_id_of(text: str) -> UUID:
    """The identifier in `text`: itself, or the last one in an address of the website or the API.

    Raises ValueError saying where to find it.
    """
    found = re.findall(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text)
    if not found:
        raise ValueError(
            f"{text!r} holds no identifier of a data set, such as 63cfc86e-c334-4e58-2912-08da0807d53c. "
            "`inclusion published pull --search TEXT` lists data sets with theirs."
        )
    return UUID(found[-1])


def _file_name(data_set: DataSet, version: Version, mapping: Mapping | None) -> str:
    if mapping is None:
        words = re.sub(r"[^a-z0-9]+", "_", data_set.title.casefold()).strip("_") or "data_set"
        return f"{words[:80]}.csv"
    # The mapping's own pattern, with the version where it allows anything.
    pattern = mapping.files[0].removesuffix(".gz")
    name = re.sub(r"\[[^]]*\]|[*?]+", f"_{version.version}", pattern, count=1)
    return re.sub(r"\[[^]]*\]|[*?]+", "", name)


def _read(answer: Any, kind: type[Kind], url: str) -> Kind:
    try:
        return kind.model_validate(answer)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise _another_api(url, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _another_api(url: str, what: str) -> DownloadError:
    return DownloadError(
        f"{url}: the answer is not what version 1 of the API documents ({what}). "
        "Check INCLUSION_EES_API_URL; if it is right, the API has changed: tell the people who keep this code."
    )
