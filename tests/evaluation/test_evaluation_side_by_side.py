import threading
import time

import pytest

from ivaegan_jax.evaluation.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items():
    def slowest_first(item):
        time.sleep(0.02 * (item == 0))
        return item, threading.current_thread() is threading.main_thread()

    assert [*side_by_side(slowest_first, range(9))] == [(i, False) for i in range(9)]


def test_an_error_reaches_the_caller():
    def fails(item):
        raise ValueError(item)

    with pytest.raises(ValueError, match="3"):
        next(side_by_side(fails, [3]))
