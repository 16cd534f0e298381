"""Requests to stop: SIGTERM, SIGUSR1 (which a Slurm script may have sent before it), Ctrl-C.

There is one path. A thread notes the request at once, whatever the program is busy with; nothing
is raised in the middle of other code, where a library may swallow it. The program looks for a
request after compiling, after each chunk of a training, between the parts of scoring and between
figures, and ends in order there. Where it does not come to such a place within `GRACE` seconds, the
thread ends the process: outside of a chunk nothing is lost by that, as files are written aside and
renamed. A chunk that is being played is waited for, and its checkpoint, but not after Ctrl-C.
Several processes can only end together, so there requests wait until all of them are at a barrier.
A second signal ends a program at once.

Nothing is imported here but the standard library: requests are noted before JAX is imported.
"""

import contextlib
import os
import select
import signal
import sys
import threading
import time
from typing import NoReturn

REQUEUE = 75
"""Exit status after a request to stop: give the same command again (EX_TEMPFAIL)."""

KEYBOARD = 130
"""Exit status after Ctrl-C."""

SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)

GRACE = 2.0
"""Seconds after which a program that could end is ended."""


class StopSignal:
    """A request to stop; entered while a chunk is played (see `ivaegan_jax.types.Stop`)."""

    def __init__(self) -> None:
        """There is no request yet."""
        self.number = 0
        self.waits, self.alone, self.grace = False, True, 0.0
        self._woken: int | None = None

    def listen(self, alone: bool = True, grace: float = GRACE) -> None:
        """Takes the signals over; for the main thread, again after whatever else may claim them.

        Args:
          alone: whether this is the only process of its job.
          grace: seconds that the program has to end in order.
        """
        self.alone, self.grace = alone, grace
        if self._woken is None:
            self._woken, wake = os.pipe()
            os.set_blocking(wake, False)
            signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
            threading.Thread(target=self._watch, daemon=True, name="stop").start()
        for number in SIGNALS:
            signal.signal(number, lambda *_: None)  # the thread is woken by the byte in the pipe

    def __enter__(self) -> "StopSignal":
        """Makes requests wait for the next call."""
        self.waits = True
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is lost any more by ending at once."""
        self.waits = False

    def __call__(self) -> bool:
        """Whether there was a request."""
        return bool(self.number)

    @property
    def status(self) -> int:
        """The exit status of a program that ends on request."""
        return KEYBOARD if self.number == signal.SIGINT else REQUEUE

    def words(self, at: str = "") -> str:
        """The one line that such a program leaves."""
        if self.number == signal.SIGINT:
            return "error: stopped; the same command goes on from the last checkpoint"
        return f"stopped as requested{at}; the same command goes on from there"

    def _watch(self) -> None:
        self.number = self._next()
        began = time.monotonic()
        while not self._is_due(time.monotonic() - began):
            if self._next(0.1):
                break
        leave(self.status, f"{self.words()}\n")

    def _is_due(self, seconds: float) -> bool:
        by_hand = self.number == signal.SIGINT
        return seconds >= self.grace and (by_hand or (self.alone and not self.waits))

    def _next(self, seconds: float | None = None) -> int:
        """The next of the signals; 0 where none comes in time."""
        assert self._woken is not None
        while select.select([self._woken], [], [], seconds)[0]:
            if (number := os.read(self._woken, 1)[0]) in SIGNALS:
                return number
        return 0


def leave(status: int, last: str = "") -> NoReturn:
    """Ends the process once what was printed is written, whatever its other threads do.

    An orderly end of the interpreter takes from XLA's threads what they still use, and crashes.

    Args:
      status: the exit status.
      last: written to stderr at the end.
    """
    flushing = threading.Thread(target=_flush, daemon=True)
    flushing.start()
    flushing.join(1.0)  # a reader that does not read must not keep the program
    if last:
        with contextlib.suppress(OSError):
            os.write(2, last.encode(errors="backslashreplace"))
    os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()


STOP = StopSignal()
"""That of this process."""
