"""Checkpoints of stacked states, by Orbax: a directory per step, renamed into place when whole.

States are stored as host arrays, so that a file made on eight accelerators opens on a laptop.
"""

import logging
from pathlib import Path
from types import TracebackType
from typing import cast

import jax
import numpy as np
import orbax.checkpoint as ocp

from ivaegan_jax.state import TrainState
from ivaegan_jax.types import InputError

KEPT = 2
"""Checkpoints that stay: the last, and the one before should the last be damaged."""


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
        """Stores states under their step, unless that step is there already."""
        host = jax.device_get(states)
        step = int(np.max(host.step))
        if step not in self._manager.all_steps():
            self._manager.save(step, args=ocp.args.StandardSave(host))

    def restore(self, template: TrainState) -> TrainState | None:
        """The newest readable states, as host arrays; None where there are none.

        Unreadable ones that are newer are deleted, so that training can write them again, but
        only once an older one was read: if none can be, the fault may lie elsewhere.

        Args:
          template: shapes and types of the states (see `jax.eval_shape`).

        Raises:
          InputError: if there are checkpoints but none can be read.
        """
        steps = sorted(self._manager.all_steps(), reverse=True)
        zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), template)
        for tried, step in enumerate(steps):
            try:
                states = self._manager.restore(step, args=ocp.args.StandardRestore(zeros))
            except Exception as error:  # a torn file can fail in any layer below
                logging.warning("checkpoint %s/%s is unreadable: %s", self.directory, step, error)
                continue
            for damaged in () if self.read_only else steps[:tried]:
                self._manager.delete(damaged)
            return cast(TrainState, states)
        if steps:
            raise InputError(f"no checkpoint in {self.directory} can be read; delete it to restart")
        return None
