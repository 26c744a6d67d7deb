"""The text of a PDF as Typst writes it, without a PDF library: enough to tell whether a word is on a page."""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
# A string in brackets, which may hold pairs of brackets.
_PLAIN = rb"(?:\\.|[^\\()])*"
for _ in range(3):
    _PLAIN = rb"(?:\\.|[^\\()]|\(" + _PLAIN + rb"\))*"
# Words that stand for the glyphs of a span; a font; glyphs.
_SHOWN = re.compile(
    rb"/ActualText<FEFF([0-9A-F]+)>.*?EMC|/(\S+) [\d.]+ Tf|<([0-9A-F]+)>(?=[^\[]*T[Jj])|\((" + _PLAIN + rb")\)",
    re.DOTALL,
)
_UNSEEN = re.compile(r"[\s\u2060\u00ad]")


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, in the order of the file, without spaces (a line's end has none)."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type/Page\b(?!s)", body)]
    return [squeezed("".join(_text(objects, page))) for page in pages]


def squeezed(words: str) -> str:
    """Words as `pages_of` gives them."""
    return _UNSEEN.sub("", words)


def _text(objects: dict[int, bytes], page: bytes) -> Iterator[str]:
    fonts = {
        name: _letters(objects, int(number))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", objects[_reference(page, rb"Resources")])
    }
    letters: dict[int, str] = {}
    for instead, font, pairs, literal in _SHOWN.findall(_stream(objects[_reference(page, rb"Contents")])):
        if instead:
            yield bytes.fromhex(instead.decode()).decode("utf-16-be")
            continue
        if font:
            letters = fonts[font]
            continue
        codes = bytes.fromhex(pairs.decode()) if pairs else _unescaped(literal)
        yield "".join(letters.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """What each glyph of a font stands for, from its ToUnicode map."""
    table = _stream(objects[_reference(objects[font], rb"ToUnicode")])
    single = re.findall(rb"^<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*$", table, re.MULTILINE)
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in single}


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb"\s+(\d+) 0 R", body)
    assert found, f"no {name!r} in {body[:200]!r}"
    return int(found[1])


def _stream(body: bytes) -> bytes:
    head, data = re.split(rb"stream\r?\n", body, maxsplit=1)
    # The end is found by what is compressed: its last byte may look like the end of a line.
    return zlib.decompressobj().decompress(data) if b"FlateDecode" in head else data[: data.rindex(b"endstream")]


def _unescaped(literal: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: "re.Match[bytes]") -> bytes:
        return bytes([int(found[1], 8)]) if found[1].isdigit() else plain.get(found[1], found[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", one, literal, flags=re.DOTALL)
