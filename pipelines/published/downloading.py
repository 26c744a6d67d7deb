"""GET over HTTP into a cache folder: retries, `If-None-Match`, resuming a download that broke off. Standard library."""

import gzip
import http.client
import json
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import IO, Any, cast

from pipelines.published.sources import MAX_BYTES

CHUNK = 1 << 16
_MAX_JSON = 20_000_000  # Unpacked; a page of a list is some hundred thousand bytes.
LONGEST_WAIT = 120.0  # Seconds: a server that asks for more is left alone, and the person told.
_TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_GZIP_MAGIC = b"\x1f\x8b"


class DownloadError(Exception):
    """What could not be fetched, why, and what to do; `status` is that of the last answer, if there was one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _BrokenOffError(Exception):
    """The body ended early; what has arrived is kept."""


class _StartAgainError(Exception):
    """What was kept of an earlier attempt is of no use; it has been thrown away."""


@dataclass(frozen=True)
class Downloads:
    """Fetches addresses into `folder`. `timeout` in seconds for each answer; `attempts` at one address, at least 1.

    `wait` is called with the seconds between two attempts, `say` with a line for the person who waits.
    """

    folder: Path
    timeout: float
    attempts: int
    wait: Callable[[float], None] = sleep
    say: Callable[[str], None] = lambda line: None

    def fetch(self, url: str) -> Path:
        """The file that holds what `url` answers, as it was sent (possibly gzip); unchanged content is not sent again.

        Raises DownloadError. What a broken download left is kept for the next call.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = _Kept(self.folder, url)
        why = ""
        for attempt in range(1, self.attempts + 1):
            asked_for: float | None = None
            try:
                return self._once(url, kept)
            except urllib.error.HTTPError as answer:
                with answer:
                    if answer.code not in _TRY_AGAIN:
                        raise DownloadError(_refusal(url, answer), answer.code) from None
                    why, asked_for = f"the server answered {answer.code} {answer.reason}", _retry_after(answer.headers)
            except _StartAgainError as fault:
                why, asked_for = str(fault), 0.0
            except (_BrokenOffError, http.client.HTTPException, OSError) as fault:
                why = str(getattr(fault, "reason", fault)) or type(fault).__name__
            if asked_for is not None and asked_for > LONGEST_WAIT:
                raise DownloadError(
                    f"{url}: {why} and asks to wait {asked_for:,.0f} seconds. Give the same command again after that."
                )
            if attempt < self.attempts:
                pause = 2.0 ** (attempt - 1) if asked_for is None else asked_for
                self.say(f"{url}: {why}; trying again in {pause:.0f} s ({attempt} of {self.attempts} attempts)")
                self.wait(pause)
        raise DownloadError(
            f"{url}: {why}, {self.attempts} times. Check the connection and the address, then give the same command "
            "again: what has arrived is kept."
        )

    def _once(self, url: str, kept: "_Kept") -> Path:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **kept.conditions()})
        try:
            answer = urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as other:
            if other.code == 304 and kept.body.exists():
                other.close()
                return kept.body
            if other.code == 416:
                other.close()
                kept.drop_part()
                raise _StartAgainError("the part that was kept no longer fits") from None
            raise
        with answer:
            start = kept.begin(answer.status, answer.headers)
            _receive(answer, kept, start, answer.headers.get("Content-Length"))
        return kept.complete(answer.headers)

    def fetch_json(self, url: str) -> Any:
        """The JSON that `url` answers. Raises DownloadError, also for what is no JSON."""
        path = self.fetch(url)
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        try:
            with gzip.open(path) if packed else path.open("rb") as answer:
                content = answer.read(_MAX_JSON + 1)
            if len(content) > _MAX_JSON:
                raise ValueError(f"it is larger than {_MAX_JSON // 1_000_000} MB")
            return json.loads(content)
        except (ValueError, OSError, EOFError, zlib.error) as fault:
            _Kept(self.folder, url).forget()
            raise DownloadError(
                f"{url}: the answer is not JSON ({fault}). Check that INCLUSION_EES_API_URL is the address of the API."
            ) from None


class _Kept:
    """What the cache holds of one address: the body with its ETag, and a part of a newer body with its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.body = folder / sha256(url.encode()).hexdigest()[:32]
        self.part = self.body.with_suffix(".part")

    def conditions(self) -> dict[str, str]:
        """The headers that ask for news only, or for the rest of what broke off."""
        headers: dict[str, str] = {}
        if self.body.exists() and (tag := _tag(self.body)):
            headers["If-None-Match"] = tag
        size = self.part.stat().st_size if self.part.exists() else 0
        # A weak tag does not promise the same bytes, so nothing may be put behind them.
        if size and (tag := _tag(self.part)) and not tag.startswith("W/"):
            headers |= {"Range": f"bytes={size}-", "If-Range": tag}
        return headers

    def begin(self, status: int, headers: Any) -> int:
        """Where the body that follows belongs in the part: behind what is there (206), or at the start."""
        if status == 206:
            start = str(headers.get("Content-Range", "")).removeprefix("bytes ").partition("-")[0]
            if not self.part.exists() or start != str(self.part.stat().st_size):
                self.drop_part()
                raise _StartAgainError("the server sent another part than was asked for")
            return int(start)
        self.drop_part()
        _note(self.part, self.url, headers.get("ETag"))
        return 0

    def complete(self, headers: Any) -> Path:
        """The part is whole: it becomes the body."""
        if not _is_whole(self.part):
            self.drop_part()
            raise _StartAgainError("the compressed file that arrived is damaged")
        tag = _tag(self.part)
        # The note goes first out and last in, so that an ETag never stands beside a body that is not its own.
        _notes(self.body).unlink(missing_ok=True)
        self.part.replace(self.body)
        _note(self.body, self.url, headers.get("ETag") or tag)
        _notes(self.part).unlink(missing_ok=True)
        return self.body

    def drop_part(self) -> None:
        self.part.unlink(missing_ok=True)
        _notes(self.part).unlink(missing_ok=True)

    def forget(self) -> None:
        """Throw away body and part."""
        self.drop_part()
        self.body.unlink(missing_ok=True)
        _notes(self.body).unlink(missing_ok=True)


def _receive(answer: Any, kept: _Kept, start: int, length: str | None) -> None:
    arrived = 0
    with _opened(kept.part, "ab" if start else "wb") as file:
        while start + arrived <= MAX_BYTES and (chunk := answer.read(CHUNK)):
            _write(file, chunk)
            arrived += len(chunk)
    if start + arrived > MAX_BYTES:
        # Nobody can use what arrived, so it does not fill the disk, nor is the rest of it asked for next time.
        kept.drop_part()
        limit = f"larger than {MAX_BYTES // 1_000_000} MB"
        raise DownloadError(f"{answer.url}: {limit}. Get a smaller file from the publisher's page.")
    if length is not None and length.isdigit() and arrived < int(length):
        raise _BrokenOffError(f"the download broke off after {start + arrived:,} bytes")


def _opened(path: Path, mode: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], path.open(mode))
    except OSError as fault:
        raise DownloadError(f"{path} cannot be written ({fault.strerror}). Check INCLUSION_DATA_DIR.") from fault


def _write(file: IO[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as fault:
        raise DownloadError(f"{file.name} cannot be written ({fault.strerror}). Make room on the disk.") from fault


def _is_whole(part: Path) -> bool:
    """Whether a gzip file ends as it should; of anything else the length is all there is to check."""
    with part.open("rb") as file:
        if file.read(2) != _GZIP_MAGIC:
            return True
    try:
        with gzip.open(part) as file:
            while file.read(CHUNK):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _notes(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _note(path: Path, url: str, tag: str | None) -> None:
    _notes(path).write_text(json.dumps({"url": url, "etag": tag}), encoding="utf-8")


def _tag(path: Path) -> str | None:
    try:
        tag = json.loads(_notes(path).read_text(encoding="utf-8"))["etag"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tag if isinstance(tag, str) else None


def _retry_after(headers: Any) -> float | None:
    """Seconds that a server asks to wait, given as a number or as a date; None where it does not say."""
    text = str(headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


_WHAT_TO_DO = {
    400: "Check what was asked for; if it is right, the API has changed: tell the people who keep this code.",
    401: "The API asks who you are, which it did not when this was written: check INCLUSION_EES_API_URL.",
    403: "This is not open to everybody: check that the data set is published.",
    404: "Check the identifier (`inclusion published pull --search TEXT` lists those there are) and the version.",
}


def _refusal(url: str, answer: urllib.error.HTTPError) -> str:
    """The status, the API's own words for it, and what to do."""
    do = _WHAT_TO_DO.get(answer.code, "Check INCLUSION_EES_API_URL and the identifier.")
    return f"{url}: the server answered {answer.code} {answer.reason}{_own_words(answer)}. {do}"


def _own_words(answer: urllib.error.HTTPError) -> str:
    try:
        body = answer.read(CHUNK)
        said = json.loads(gzip.decompress(body) if body.startswith(_GZIP_MAGIC) else body)
        words = [str(said["title"])] if said.get("title") else []
        for error in said.get("errors") or []:
            words.append(f"{error.get('path') or 'request'}: {error.get('message')}")
    except (ValueError, OSError, EOFError, zlib.error, http.client.HTTPException, AttributeError, TypeError):
        return ""
    return f" ({'; '.join(words)})" if words else ""
