"""Work that is begun in the background before it is called for: programs above all.

JAX keeps what it compiles, and a call of a program that a thread is compiling waits for that one.
So whoever calls a program finds it, or compiles it as if no thread did, and errors of the
compiler are raised there.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import jax

from ivaegan_jax.training.limits import free_bytes
from ivaegan_jax.training.memory import COMPILER
from ivaegan_jax.training.numerics import cpu_count

T = TypeVar("T")

MOST = 8
"""Threads at most, and pieces of work that are looked ahead: fewer than JAX's programs are kept."""


class Ahead:
    """Threads that work in the order of what is begun; entered by whoever ends them.

    Attributes:
      most: how many there are, and how far it is worth to look ahead; 0 where all is left to the
        foreground.
    """

    def __init__(self, stop: Callable[[], bool] = lambda: False, most: int | None = None):
        """Starts no thread yet.

        Args:
          stop: whether there is a request to stop: the threads are not waited for then.
          most: threads; by default as many as the machine has room for.
        """
        self.most = threads_ahead() if most is None else most
        self._stop, self._threads = stop, ThreadPoolExecutor(max(1, self.most), "ahead")

    def __enter__(self) -> "Ahead":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drops what has not begun, and waits for what has: settings of JAX may change after it."""
        self._threads.shutdown(wait=not self._stop(), cancel_futures=True)

    def begin(self, work: Callable[[], T]) -> Future[T]:
        """Has a thread do this; the future raises its errors where the result is taken."""
        return self._threads.submit(work)


def threads_ahead() -> int:
    """Threads that may compile: one for two cores, as far as there is memory for them.

    None in one of several processes, which compile what they share in one order.
    """
    if jax.process_count() > 1:
        return 0
    return min(MOST, max(1, cpu_count() // 2), free_bytes() // (4 * COMPILER))


def in_sight(items: Sequence[T], most: int) -> Iterator[tuple[T, Sequence[T]]]:
    """Every item, with those that come into sight: itself at first, and up to `most` after it.

    Nothing is in sight where `most` is 0.
    """
    seen = 0
    for place, item in enumerate(items):
        until = place + 1 + most if most else 0
        yield item, items[seen:until]
        seen = max(seen, until)
