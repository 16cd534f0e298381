"""What process 0 does while others wait, looked at where there is no other."""

import pytest

from ivaegan_jax.training.processes import led
from ivaegan_jax.types import Interrupted


def test_work_that_nobody_stops_gives_its_result():
    assert led("it was done", lambda pause: [pause(), 3][1], lambda: False) == 3


@pytest.mark.parametrize("asked_at", [1, 2, 3])
def test_a_request_is_seen_at_the_next_pause_and_at_the_latest_in_the_end(asked_at):
    done = []

    def work(pause):
        for part in (1, 2):
            done.append(part)
            pause()
        done.append("end")

    with pytest.raises(Interrupted, match="while it was done"):
        led("it was done", work, lambda: len(done) >= asked_at)
    assert done == [1, 2, "end"][:asked_at]
