"""Stopping when asked: SIGTERM, or SIGUSR1, which Slurm sends ahead of it if told to.

While a model trains, the request is noted, and served once a checkpoint holds the chunk that is
being played. At any other time the program ends at once, as nothing would be lost: files are
written aside, and what was being scored or drawn is scored or drawn again. Several processes can
only end together, so there every request is noted, until they meet after a chunk or once a model is
scored. A second signal ends a program as the system does.
"""

import signal
from types import FrameType

from ivaegan_jax.types import Interrupted

REQUEUE = 75
"""Exit status of a program that was asked to stop: give the same command again (EX_TEMPFAIL)."""

SIGNALS = (signal.SIGTERM, signal.SIGUSR1)


class StopSignal:
    """A request to stop; entered while a model trains (see `ivaegan_jax.types.Stop`)."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.asked = self.training = False
        self.alone = True

    def listen(self, alone: bool) -> None:
        """Takes the signals over; for the main thread, after whatever else may claim them.

        Args:
          alone: whether this is the only process of its job.
        """
        self.alone = alone
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def __enter__(self) -> "StopSignal":
        """Makes requests wait."""
        self.training = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Serves requests at once again, beginning with one that came too late to be seen."""
        self.training = False
        if self.asked and self.alone and kind is None:
            raise Interrupted

    def __call__(self) -> bool:
        """Whether somebody asked."""
        return self.asked

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        if self.alone and not self.training:
            raise Interrupted


STOP = StopSignal()
"""That of this process."""
