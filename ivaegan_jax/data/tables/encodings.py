"""Files of text, packed or not, and the encoding that their bytes give away."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.types import InputError

PIECE = 1 << 20
"""Bytes that are looked at together."""

CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
"""Bytes that no text of one byte for each letter has."""

WINDOWS = (
    "It is no UTF-8 and is read as Windows-1252 (Latin-1); if letters are wrong, save it as UTF-8."
)
WIDE = "It is read as UTF-16."


class Encoding(NamedTuple):
    """How a file of text is encoded.

    Attributes:
      codec: its name in Python.
      note: a sentence on it; empty for UTF-8.
    """

    codec: str
    note: str = ""


def _unzipped(path: Path, mode: str = "rb") -> io.BufferedIOBase:
    """The one file of an archive."""
    with zipfile.ZipFile(path) as archive:
        names = [each for each in archive.namelist() if not each.startswith("__MACOSX/")]
        if len(names) != 1:
            raise InputError(f"an archive of {len(names)} files; unpack it and name one of them")
        return io.BytesIO(archive.read(names[0]))


OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zip": _unzipped
}  # fmt: skip


def opened(path: Path, codec: str) -> io.TextIOWrapper:
    """The text of a file."""
    return io.TextIOWrapper(_opened(path), codec)


def encoding_of(path: Path) -> Encoding:
    """UTF-8 where all bytes are of it, UTF-16 where the first two say so, else Windows-1252.

    Raises:
      InputError: where the bytes are none of these.
    """
    with _opened(path) as file:
        head = file.read(4)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Encoding("utf-16", WIDE)
    if len(head) == 4 and 0 not in (head[0], head[2]) and not (head[1] or head[3]):
        return Encoding("utf-16-le", WIDE)
    try:
        _check(path, "utf-8", re.compile(rb"\x00"))
    except UnicodeDecodeError:
        _check(path, "cp1252", CONTROLS)
        return Encoding("cp1252", WINDOWS)
    return Encoding("utf-8-sig")


def _opened(path: Path) -> Any:
    return OPENERS.get(path.suffix.lower(), open)(path, "rb")


def _check(path: Path, codec: str, no_text: re.Pattern[bytes]) -> None:
    """Raises InputError for bytes that are no text; UnicodeDecodeError for other encodings."""
    decoder, before = codecs.getincrementaldecoder(codec)(), 0
    with _opened(path) as file:
        while piece := file.read(PIECE):
            if found := no_text.search(piece):
                where = before + found.start()
                raise InputError(f"byte {where} is no text; is it a file of another format?")
            decoder.decode(piece)
            before += len(piece)
    decoder.decode(b"", final=True)
