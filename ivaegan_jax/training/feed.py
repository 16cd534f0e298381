"""What steps are played with: all training rows, or blocks of them that are read ahead."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from jax.sharding import Mesh

from ivaegan_jax.training.devices import share
from ivaegan_jax.types import AllTrainData, TrainData


class InBlocks(NamedTuple):
    """Training rows that come block by block, each a function of its number alone.

    Attributes:
      steps: that are played with a block before the next one.
      read: the training rows of a block, counted from 0; all blocks have the same shapes.
    """

    steps: int
    read: Callable[[int], TrainData]


class Feed:
    """The rows of every step on the devices; a thread reads the next block meanwhile."""

    def __init__(self, data: AllTrainData | InBlocks, mesh: Mesh, steps: int):
        """Reads nothing yet of data that come in blocks.

        Args:
          data: all rows, or blocks of them.
          mesh: devices that all get the same rows.
          steps: of the whole training; no block beyond is read.
        """
        self._blocks = data if isinstance(data, InBlocks) else None
        self._whole = None if isinstance(data, InBlocks) else share(data, mesh)
        self._mesh, self._steps = mesh, steps
        self._thread = ThreadPoolExecutor(1, "blocks")
        self._ahead: dict[int, Future[Any]] = {}

    def __enter__(self) -> "Feed":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the thread once it has read what it is reading."""
        self._thread.shutdown(cancel_futures=True)

    def spans(self, start: int, end: int) -> Iterator[tuple[int, Any]]:
        """How many steps from `start` on to `end` have which rows, one span after the other."""
        if self._blocks is None:
            yield end - start, self._whole
            return
        while start < end:
            block, length = start // self._blocks.steps, self._blocks.steps
            until = min((block + 1) * length, end)
            yield until - start, self._at(block)
            start = until

    def _at(self, block: int) -> Any:
        """A block; those before it are let go, and the one after it is begun."""
        assert self._blocks is not None
        wanted = [b for b in (block, block + 1) if b * self._blocks.steps < self._steps]
        self._ahead = {b: self._ahead.get(b) or self._begin(b) for b in wanted}
        return self._ahead[block].result()

    def _begin(self, block: int) -> Future[Any]:
        blocks = self._blocks
        assert blocks is not None
        return self._thread.submit(lambda: share(blocks.read(block), self._mesh))
