"""Several processes of one job: the flags that say so, joining the others, and ending with them."""

import os
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import jax
from absl import flags

from ivaegan_jax.cli import _stop as stop
from ivaegan_jax.cli._terminal import CLOSED_PIPE
from ivaegan_jax.training import FAILED, PartedError, barrier
from ivaegan_jax.types import InputError, Interrupted

PATIENCE = 60
"""Seconds that a process which cannot go on waits until the others know."""

HEARTBEAT = 30
"""Seconds of silence after which a process of the job counts as dead."""

NAMES = ("distributed", "coordinator", "num_processes", "process_id", "connect_timeout")
"""Flags that change no number, but for `cpu_devices` and `batch_devices`, which may by rounding."""

flags.disclaim_key_flags()  # they belong to the program, whose --help lists them


class LostError(InputError):
    """The other processes cannot be reached any more, so that there is no ending with them."""


def define_flags() -> None:
    """Defines the flags of programs that may run as several processes on devices of their own."""
    flags.DEFINE_boolean(
        "distributed",
        False,
        "One of several processes that train together, as Slurm, a TPU pod or MPI started them. "
        "All get the same command and share the file system of --workdir; process 0 writes it.",
    )
    flags.DEFINE_string(
        "coordinator", "", "HOST:PORT of process 0, in place of what --distributed finds."
    )
    flags.DEFINE_integer("num_processes", 0, "Processes of the job; with --coordinator.")
    flags.DEFINE_integer("process_id", -1, "This process, from 0; with --coordinator.")
    flags.DEFINE_integer("connect_timeout", 60, "Seconds to wait until all processes are there.")
    flags.DEFINE_integer(
        "cpu_devices", 0, "CPU devices of a process, to spread runs over; 0 takes one per core."
    )
    flags.DEFINE_integer(
        "batch_devices", 1, "Devices that share each batch, as for images; equal up to rounding."
    )


def value_of(name: str, otherwise: Any) -> Any:
    """A flag's value, or another one in a program that has no such flag."""
    return flags.FLAGS[name].value if name in flags.FLAGS else otherwise


def join() -> None:
    """Joins the other processes of the job, if the flags say that there are any.

    Process 0 alone speaks on stdout from then on.

    Raises:
      InputError: where the flags do not identify the processes.
      LostError: where not all processes are there in time.
    """
    if not value_of("distributed", False) and not value_of("coordinator", ""):
        return
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.config.update("jax_enable_preemption_service", False)  # it would swallow SIGTERM
    who, seconds, outcome = _who(), flags.FLAGS.connect_timeout, Queue()

    def connect() -> None:
        try:
            # the library's own timeout would end the process with a stack trace, so it never comes
            jax.distributed.initialize(
                **who, initialization_timeout=seconds + 600, heartbeat_timeout_seconds=HEARTBEAT
            )
            outcome.put(None)
        except Exception as error:  # whatever it is, the main thread reports it
            outcome.put(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        error = outcome.get(timeout=seconds)
    except Empty:
        error = InputError(f"not all processes were there after {seconds} s")
    if error is not None:
        _lost.append(error)
        raise LostError(f"{_job()}: {one_line(error)}")
    if len(set(Counter(device.process_index for device in jax.devices()).values())) > 1:
        raise PartedError("all processes need the same number of devices; see --cpu_devices")
    if jax.process_index():
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115


def _who() -> dict[str, Any]:
    """Arguments of `jax.distributed.initialize`; none where JAX detects the scheduler."""
    values = flags.FLAGS
    address, count, this = values.coordinator, values.num_processes, values.process_id
    if not address:
        return {}
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise InputError(f"--coordinator={address} is not HOST:PORT")
    if not 0 <= this < count:
        raise InputError(
            "--coordinator needs --num_processes, and --process_id from 0 to one less, not "
            f"{count} and {this}"
        )
    return {
        "coordinator_address": address,
        "num_processes": count,
        "process_id": this,
        "cluster_detection_method": "deactivate",
    }


def _job() -> str:
    at = flags.FLAGS.coordinator or "what --distributed found"
    return f"cannot join the job at {at}"


@contextmanager
def together() -> Iterator[None]:
    """Ends with all processes of the job: passes an error on, and waits for those that still work.

    Raises:
      PartedError: where another process could not go on.
      LostError: where another process is gone.
    """
    try:
        yield
        barrier("the end")
    except (PartedError, LostError, Interrupted):  # all know
        raise
    except BaseException as error:
        if not _tell(str(error) or type(error).__name__):
            _lost.append(error)
            if isinstance(error, jax.errors.JaxRuntimeError):
                raise LostError(f"another process of the job is gone: {one_line(error)}") from error
        raise


_lost: list[BaseException] = []
"""Why there is no ending with the others; empty while there is."""


def leave(program: Callable[[], int]) -> int:
    """The program's exit status; ends at once where an orderly end would wait for the lost."""
    try:
        status = program()
    except BaseException:
        if not _lost:
            raise
        traceback.print_exc()
        status = 1
    if _lost:
        gone = isinstance(_lost[0], jax.errors.JaxRuntimeError)
        stop.leave(os.EX_TEMPFAIL if gone else status)  # a scheduler may try again
    if status in (stop.REQUEUE, stop.KEYBOARD, CLOSED_PIPE):
        _part()
        stop.leave(status)
    return status


def _part() -> None:
    """Says goodbye to the other processes, which all end now; waits for no XLA thread."""
    if jax.distributed.is_initialized():
        parting = threading.Thread(target=jax.distributed.shutdown, daemon=True)
        parting.start()
        parting.join(PATIENCE)


def _tell(message: str) -> bool:
    """Says to the other processes why this one ends; False where they cannot be reached."""
    if not jax.distributed.is_initialized() or jax.process_count() == 1:
        return True
    outcome: list[bool] = []

    def say() -> None:
        try:
            barrier(FAILED, message)
        except PartedError:
            outcome.append(True)

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return bool(outcome)


def one_line(error: BaseException) -> str:
    """An error's words, not all of them if they are many."""
    return " ".join(str(error).split())[:300]
