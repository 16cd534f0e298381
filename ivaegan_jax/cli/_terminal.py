"""Standard streams that bear whatever terminal, pipe or file they are."""

import contextlib
import os
import sys

from ivaegan_jax.files import printable
from ivaegan_jax.types import InputError

CLOSED_PIPE = 141
"""Exit status where the reader has gone, as of a program ended by SIGPIPE."""


def prepare_streams() -> None:
    """Opens streams that are closed, and lets an ASCII terminal show others as escapes."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # else the next file that is opened would take its place
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue]


def check_words(words: list[str]) -> None:
    """Raises InputError for an argument that is not UTF-8, which files could not hold."""
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise InputError(f"{printable(word)} is not UTF-8; rename the file or the folder")
