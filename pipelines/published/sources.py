"""Paths → named byte strings: plain files, folders, gzip, and every member of a ZIP of a whole release."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipelines.published.workbook import is_office_package

MAX_BYTES = 400_000_000  # Of one file, or of everything in one archive; about ten times as much memory is used.
_ZIP_MAGIC, _GZIP_MAGIC = b"PK\x03\x04", b"\x1f\x8b"


@dataclass(frozen=True)
class SourceFile:
    """One file to load. `name` is what reports show; `content` is None when `fault` says why it cannot be read."""

    name: str
    content: bytes | None
    fault: str | None = None
    remedy: str = "Fetch the file again."

    @property
    def stem(self) -> str:
        """The bare file name without folders and without `.gz`, as mappings match it."""
        return self.name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".gz")

    @property
    def receipt_id(self) -> str:
        """sha256 of the content after unpacking, so that a CSV, its gzip and its ZIP are one receipt."""
        return sha256(self.content or b"").hexdigest()


def open_sources(paths: list[Path]) -> Iterator[SourceFile]:
    """Every file under `paths`, in name order; a folder is walked, an archive is opened (by content, not by name)."""
    for path in paths:
        if path.is_dir():
            for found in sorted(p for p in path.rglob("*") if p.is_file()):
                yield from _open(found, f"{path.resolve().name}/{found.relative_to(path).as_posix()}")
        elif path.exists():
            yield from _open(path, path.name)
        else:
            yield SourceFile(str(path), None, "there is no file or folder of this name", "Check the path.")


def _open(path: Path, name: str) -> Iterator[SourceFile]:
    try:
        if path.stat().st_size > MAX_BYTES:
            yield _too_large(name, "the file is")
            return
        content = path.read_bytes()
    except OSError as fault:
        yield SourceFile(name, None, f"the file cannot be opened ({fault.strerror})")
        return
    if content.startswith(_ZIP_MAGIC) and not name.casefold().endswith((".xlsx", ".ods")):
        yield from _members(name, content)
    elif content.startswith(_GZIP_MAGIC):
        yield _unzipped(name, content)
    else:
        yield SourceFile(name, content)


def _members(name: str, content: bytes) -> Iterator[SourceFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in sorted(archive.infolist(), key=lambda i: i.filename) if not info.is_dir()]
            if is_office_package([info.filename for info in members]):
                yield SourceFile(name, content)
            elif sum(info.file_size for info in members) > MAX_BYTES:
                yield _too_large(name, "unpacked, the files of the ZIP are together")
            else:
                for info in members:
                    yield _member(archive, info, f"{name}/{info.filename}")
    except zipfile.BadZipFile as fault:
        yield SourceFile(name, None, f"the ZIP is damaged or cut short ({fault})")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> SourceFile:
    try:
        content = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as fault:
        return SourceFile(name, None, f"the file inside the ZIP is damaged or locked ({fault})")
    return _unzipped(name, content) if content.startswith(_GZIP_MAGIC) else SourceFile(name, content)


def _unzipped(name: str, content: bytes) -> SourceFile:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            unpacked = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as fault:
        return SourceFile(name, None, f"the gzip file is damaged or cut short ({fault})")
    return _too_large(name, "unpacked, the file is") if len(unpacked) > MAX_BYTES else SourceFile(name, unpacked)


def _too_large(name: str, what: str) -> SourceFile:
    fault = f"{what} larger than {MAX_BYTES // 1_000_000} MB"
    return SourceFile(name, None, fault, "Give the data file alone, or a smaller one.")
