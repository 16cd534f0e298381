"""Checkpoints of stacked states, by Orbax: a directory per step, renamed into place when whole.

One process stores host arrays. Of several processes each writes the runs that it holds, padding
included, and process 0 renames the whole into place. What is read are host arrays without
padding, so that a file made on eight accelerators of two machines opens on a laptop.
"""

import errno
import logging
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp

from ivaegan_jax.files import RESTORE, cannot_write
from ivaegan_jax.training.memory import tree_bytes
from ivaegan_jax.training.processes import barrier, leads
from ivaegan_jax.training.seals import Bond, check_room, is_whole, seal
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.types import InputError

logger = logging.getLogger(__name__)

KEPT = 2
"""Checkpoints that stay: the last, and the one before should the last be damaged."""

OVERHEAD = 2**19
"""Bytes that a checkpoint takes beside its arrays, amply."""


class Checkpoints:
    """The checkpoints of one preset; a context manager. Several processes do all of it together."""

    def __init__(self, directory: Path, read_only: bool = False, bond: Bond | None = None):
        """Opens the directory, and creates it unless `read_only`; a bond is sealed and checked."""
        self.directory, self.read_only, self.bond = directory, read_only, bond
        self._manager = _open(directory, read_only)

    def __enter__(self) -> "Checkpoints":
        """Returns itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Waits for unfinished writes."""
        self._manager.close()

    def save(self, states: TrainState) -> None:
        """Stores states under their step, unless that step is there already.

        Args:
          states: of `replicate.storable_runs`.

        Raises:
          StorageError: if the disk is full.
        """
        step = _step_of(states)
        if step in self._manager.all_steps():
            return
        check_room(self.directory, tree_bytes(states) + OVERHEAD)
        stored = jax.tree.map(lambda leaf: leaf if _is_spread(leaf) else np.asarray(leaf), states)
        try:
            self._manager.save(step, args=ocp.args.StandardSave(stored))
        except Exception as error:  # each layer below says it in its own way
            if (full := os.strerror(errno.ENOSPC)) not in str(error):
                raise
            raise cannot_write(self.directory, OSError(errno.ENOSPC, full)) from error
        self._seal(step)

    def restore(self, template: TrainState, until: int | None = None) -> TrainState | None:
        """The newest readable states, as host arrays; None where there are none.

        Unreadable ones that are newer are deleted, so that training can write them again, but
        only once an older one was read: if none can be, the fault may lie elsewhere.

        Args:
          template: shapes and types of the states (see `jax.eval_shape`).
          until: the last step that may be taken; later ones are as if unreadable.

        Raises:
          InputError: if there are checkpoints but none can be read, or one belongs elsewhere.
        """
        steps = sorted(self._manager.all_steps(), reverse=True)
        allowed = [step for step in steps if until is None or step <= until]
        if steps != allowed:
            logger.warning("%s: leaving out what the training log lacks, from before step %d on",
                           self.directory, steps[len(steps) - len(allowed) - 1])  # fmt: skip
        for step in allowed:
            states, reason = self._read(step, template)
            if reason:
                path = self.directory / str(step)
                logger.warning("checkpoint %s is damaged, trying the one before: %s", path, reason)
            if all(barrier(f"checkpoint {step}", states is not None)):
                self._seal(step)  # the writer may have been killed before it
                self._delete(later for later in steps if later > step)
                return states
        if allowed:
            raise InputError(f"no checkpoint in {self.directory} can be read; delete it to restart")
        self._delete(steps)
        return None

    def restore_at(self, step: int, template: TrainState) -> TrainState:
        """The states of one step, and no others in their place.

        Raises:
          InputError: if they are missing, damaged or belong elsewhere.
        """
        path, found = self.directory / str(step), sorted(self._manager.all_steps())
        if step not in found:
            for other in found[-1:]:
                self._check(other)  # it may say why
            raise InputError(f"checkpoint {path} is missing; {RESTORE}")
        states, reason = self._read(step, template)
        if states is None:
            raise InputError(f"checkpoint {path} is damaged: {reason}; {RESTORE}")
        return states

    def _check(self, step: int) -> None:
        if self.bond:
            self.bond.check(self.directory / str(step), preprocessing=self.read_only)

    def _delete(self, steps: Iterable[int]) -> None:
        for step in () if self.read_only else steps:
            self._manager.delete(step)

    def _reader(self) -> AbstractContextManager[ocp.CheckpointManager]:
        if jax.process_count() == 1:
            return nullcontext(self._manager)
        return _open(self.directory, read_only=True, alone=True)

    def _seal(self, step: int) -> None:
        if leads() and not self.read_only:
            seal(self.directory / str(step), self.bond.record(step) if self.bond else None)

    def _read(self, step: int, template: TrainState) -> tuple[TrainState | None, str]:
        """The states of one step; None, and the reason, where they are damaged.

        Waits for no other process.

        Raises:
          InputError: if they belong elsewhere.
        """
        path = self.directory / str(step)
        if not is_whole(path):
            return None, "a file of it was changed or is missing"
        self._check(step)
        zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), template)
        try:
            with self._reader() as reader:
                stored = reader.restore(step, args=ocp.args.StandardRestore(zeros))
            return jax.tree.map(_without_padding, template, stored), ""
        except Exception as error:  # a torn file can fail in any layer below
            return None, str(error).partition("\n")[0] or type(error).__name__


def _open(directory: Path, read_only: bool, alone: bool = False) -> ocp.CheckpointManager:
    """Opens a directory for all processes together, or for this one `alone` (reading only)."""
    options: dict[str, Any] = {"enable_async_checkpointing": False, "read_only": read_only}
    if not read_only:
        options |= {"max_to_keep": KEPT, "cleanup_tmp_directories": True}
    if alone:
        this = jax.process_index()
        options["multiprocessing_options"] = ocp.options.MultiprocessingOptions(
            primary_host=this, active_processes={this}
        )
    return ocp.CheckpointManager(
        directory.absolute(),
        options=ocp.CheckpointManagerOptions(**options),
        item_handlers=ocp.StandardCheckpointHandler(),
    )


def _is_spread(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array) and not leaf.is_fully_addressable


def _step_of(states: TrainState) -> int:
    """The step that all runs are at."""
    step = states.step
    return int(np.max(step.addressable_data(0) if isinstance(step, jax.Array) else step))


def _without_padding(wanted: jax.ShapeDtypeStruct, stored: np.ndarray) -> np.ndarray:
    """The first runs of a stored array, as many as are wanted; padding comes after them."""
    if stored.shape[1:] != wanted.shape[1:] or len(stored) < wanted.shape[0]:
        raise ValueError(f"stored is {stored.shape}, expected is {wanted.shape}")
    return stored[: wanted.shape[0]]
