"""Checkpoints of stacked states, by Orbax: a directory per step, renamed into place when whole.

States are stored as host arrays, so that a file made on eight accelerators opens on a laptop.
"""

import errno
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import cast

import jax
import numpy as np
import orbax.checkpoint as ocp

from ivaegan_jax.integrity import check_room, is_whole, seal
from ivaegan_jax.memory import tree_bytes
from ivaegan_jax.state import TrainState
from ivaegan_jax.types import InputError
from ivaegan_jax.workdir import cannot_write

logger = logging.getLogger(__name__)

KEPT = 2
"""Checkpoints that stay: the last, and the one before should the last be damaged."""

OVERHEAD = 2**19
"""Bytes that a checkpoint takes beside its arrays, amply."""


class Checkpoints:
    """The checkpoints of one preset; a context manager."""

    def __init__(self, directory: Path, read_only: bool = False):
        """Opens the directory, and creates it unless it is opened for reading only."""
        writing = {"max_to_keep": KEPT, "cleanup_tmp_directories": True}
        options = ocp.CheckpointManagerOptions(
            enable_async_checkpointing=False, read_only=read_only, **({} if read_only else writing)
        )
        self.directory, self.read_only = directory, read_only
        self._manager = ocp.CheckpointManager(
            directory.absolute(), options=options, item_handlers=ocp.StandardCheckpointHandler()
        )

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

        Raises:
          StorageError: if the disk is full.
        """
        host = jax.device_get(states)
        step = int(np.max(host.step))
        if step not in self._manager.all_steps():
            check_room(self.directory, tree_bytes(host) + OVERHEAD)
            try:
                self._manager.save(step, args=ocp.args.StandardSave(host))
            except Exception as error:  # each layer below says it in its own way
                if (full := os.strerror(errno.ENOSPC)) not in str(error):
                    raise
                raise cannot_write(self.directory, OSError(errno.ENOSPC, full)) from error
            seal(self.directory / str(step))

    def restore(self, template: TrainState, until: int | None = None) -> TrainState | None:
        """The newest readable states, as host arrays; None where there are none.

        Unreadable ones that are newer are deleted, so that training can write them again, but
        only once an older one was read: if none can be, the fault may lie elsewhere.

        Args:
          template: shapes and types of the states (see `jax.eval_shape`).
          until: the last step that may be taken; later ones are as if unreadable.

        Raises:
          InputError: if there are checkpoints but none can be read.
        """
        steps = sorted(self._manager.all_steps(), reverse=True)
        allowed = [step for step in steps if until is None or step <= until]
        if steps != allowed:
            logger.warning("%s: leaving out what the training log lacks, from before step %d on",
                           self.directory, steps[len(steps) - len(allowed) - 1])  # fmt: skip
        for step in allowed:
            if (states := self._read(step, template)) is not None:
                if not self.read_only:
                    seal(self.directory / str(step))  # the writer may have been killed before it
                self._delete(later for later in steps if later > step)
                return states
        if allowed:
            raise InputError(f"no checkpoint in {self.directory} can be read; delete it to restart")
        self._delete(steps)
        return None

    def _delete(self, steps: Iterable[int]) -> None:
        for step in () if self.read_only else steps:
            self._manager.delete(step)

    def _read(self, step: int, template: TrainState) -> TrainState | None:
        """The states of one step; None, and a warning, where they cannot be read."""
        path = self.directory / str(step)
        zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), template)
        try:
            if is_whole(path):
                states = self._manager.restore(step, args=ocp.args.StandardRestore(zeros))
                return cast(TrainState, states)
            reason = "a file of it was changed or is missing"
        except Exception as error:  # a torn file can fail in any layer below
            reason = str(error).partition("\n")[0]
        logger.warning("checkpoint %s is damaged, trying the one before: %s", path, reason)
        return None
