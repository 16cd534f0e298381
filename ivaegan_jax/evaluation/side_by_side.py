"""Work on the host for several runs or data seeds at once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ivaegan_jax.training import cpu_count

Item = TypeVar("Item")
Found = TypeVar("Found")


def side_by_side(function: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
    """`function(item)` of every item, in their order, on as many threads as there are cores.

    NumPy's products and decompositions let other threads go on. The function must draw from
    generators of its own. Where a result raises, or no more are taken, items that wait are left.

    Args:
      function: of one item.
      items: read at once.
    """
    with ThreadPoolExecutor(cpu_count()) as pool:
        yield from pool.map(function, items)
