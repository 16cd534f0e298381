"""What is shown before a study runs: lines that the library logs while data are prepared."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from ivaegan_jax.files import printable

LIBRARY = "ivaegan_jax"
"""The logger of all modules."""


class Lines(logging.Handler):
    """Prints lines on how far something is; warnings are the business of other handlers."""

    def __init__(self, console: Console):
        """Takes where lines go."""
        super().__init__(logging.INFO)
        self.console = console
        self.addFilter(lambda record: record.levelno == logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        """Prints one line."""
        self.console.print(printable(record.getMessage()), markup=False)


@contextmanager
def lines_before(shown: bool) -> Iterator[None]:
    """Shows such lines for a while, in a terminal or a notebook alone.

    Args:
      shown: whether anything is.
    """
    console = Console(highlight=False, soft_wrap=True)
    if not (shown and (console.is_terminal or console.is_jupyter)):
        yield
        return
    library, lines = logging.getLogger(LIBRARY), Lines(console)
    level = library.level
    library.addHandler(lines)
    library.setLevel(logging.INFO)
    try:
        yield
    finally:
        library.removeHandler(lines)
        library.setLevel(level)
