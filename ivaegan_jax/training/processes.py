"""Several processes of one job: who leads, and what all of them agree on.

Every process runs the same program. Process 0 leads: it alone writes files, but for the shards of
checkpoints, and it decides what is left to do. Between any two steps that need all of them the
processes pass a `barrier`, which carries a value from each; one that fails sends that at its next
barrier, so that none waits for ever.
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental import multihost_utils

from ivaegan_jax.types import InputError, Interrupted, Pause

T = TypeVar("T")

MESSAGE = 4096
"""Bytes that a process may send at a barrier."""

BETWEEN = 0.5
"""Seconds that process 0 works at least before the next barrier, where all look for a stop."""

FAILED = "failed"
"""Where a process is that goes no further."""


class PartedError(InputError):
    """All processes know that one of them cannot go on, or that they do not do the same."""


def leads() -> bool:
    """Whether this process is the only one, or the one that leads."""
    return jax.process_index() == 0


def fingerprint(value: Any) -> str:
    """A short text that differs where JSON values differ."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def barrier(place: str, value: Any = None) -> list[Any]:
    """Waits for all processes and returns the value of each, that of process 0 first.

    Args:
      place: where in the program this is; all processes must come to the same one.
      value: of this process, which all of them receive, as JSON.

    Raises:
      PartedError: on every process alike, where one has failed or is at another place.
    """
    if jax.process_count() == 1:
        return [value]
    messages = [_read(row) for row in multihost_utils.process_allgather(_write(place, value))]
    for index, (other, text) in enumerate(messages):
        if other == FAILED:
            raise PartedError(text if index == jax.process_index() else f"process {index}: {text}")
    places = [other for other, _ in messages]
    for index, other in enumerate(places):
        if other != places[0]:
            raise PartedError(
                f"process {index} is at {other!r} and process 0 at {places[0]!r}; start all with "
                "the same command, code and data"
            )
    return [text for _, text in messages]


def led(place: str, work: Callable[[Pause], T], stop: Callable[[], bool]) -> T | None:
    """Process 0 works while the others wait; between two parts of the work all look for a stop.

    Args:
      place: what is done, such as `ivae is scored`.
      work: called by process 0, with what it is to call between its parts.
      stop: whether this process received a request to stop.

    Returns:
      What the work gives; None on the other processes.

    Raises:
      Interrupted: on all processes, where one of them received a request to stop.
      PartedError: on the others, where the work failed.
    """
    passed = time.monotonic()

    def goes_on(more: bool = True) -> bool:
        nonlocal passed
        messages, passed = barrier(place, [more, stop()]), time.monotonic()
        if any(requested for _, requested in messages):
            raise Interrupted(f" while {place}")
        return messages[0][0]

    def pause() -> None:
        if stop() or time.monotonic() - passed > BETWEEN:
            goes_on()

    if leads():
        done = work(pause)
        goes_on(False)
        return done
    while goes_on():
        pass
    return None


def _write(place: str, value: Any) -> np.ndarray:
    value = value[: MESSAGE // 8] if isinstance(value, str) else value
    text = json.dumps([place[: MESSAGE // 16], value], ensure_ascii=False).encode()
    return np.frombuffer(text.ljust(MESSAGE), np.uint8)


def _read(message: np.ndarray) -> tuple[str, Any]:
    return tuple(json.loads(bytes(message)))
