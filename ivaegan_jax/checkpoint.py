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

    def __init__(self, directory: Path):
        """Opens or creates the directory."""
        options = ocp.CheckpointManagerOptions(
            max_to_keep=KEPT, enable_async_checkpointing=False, cleanup_tmp_directories=True
        )
        self.directory = directory
        self._manager = ocp.CheckpointManager(directory.absolute(), options=options)

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

        Args:
          template: shapes and types of the states (see `jax.eval_shape`).

        Raises:
          InputError: if there are checkpoints but none can be read.
        """
        steps = sorted(self._manager.all_steps(), reverse=True)
        zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), template)
        for step in steps:
            try:
                restored = self._manager.restore(step, args=ocp.args.StandardRestore(zeros))
                return cast(TrainState, restored)
            except Exception as error:  # a torn file can fail in any layer below
                logging.warning("checkpoint %s/%s is unreadable: %s", self.directory, step, error)
                self._manager.delete(step)
        if steps:
            raise InputError(f"no checkpoint in {self.directory} can be read; delete it to restart")
        return None
