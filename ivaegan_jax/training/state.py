"""The training state of one seed: arrays and nothing else, so that a checkpoint *is* the state."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import struct

from ivaegan_jax.models import Game, Hyperparameters, Model
from ivaegan_jax.training.schedules import optimiser
from ivaegan_jax.types import HostOrDevice, Params

INIT_STEP = 2**32 - 1
"""Stands for the step in the key of the initial parameters; no training step reaches it."""


class TrainState(struct.PyTreeNode):
    """All that changes while one seed trains.

    Attributes:
      seed: int32, the run's own seed; all its randomness is a function of (seed, step).
      step: int32, rounds played.
      params: by block.
      opt_state: by player.
      ema: averaged blocks, all but the critic's; empty where no average is kept.
      alive: False once a loss or gradient was not finite; the run is frozen from then on.
    """

    seed: jax.Array
    step: jax.Array
    params: Params
    opt_state: dict[str, Any]
    ema: Params
    alive: jax.Array

    @property
    def evaluated(self) -> Params:
        """The parameters that scores and users see: averaged where an average is kept."""
        return self.params | self.ema


def init_state(
    model: Model,
    game: Game,
    seed: HostOrDevice,
    hyperparameters: Hyperparameters,
    ema: bool = False,
) -> TrainState:
    """The state before the first round; parameters depend on the seed alone."""
    params = model.init(jax.random.fold_in(jax.random.key(seed), INIT_STEP))
    opt_state = {
        name: optimiser(name, hyperparameters, jnp.zeros(())).init(
            {b: params[b] for b in player.blocks}
        )
        for name, player in game.players.items()
    }
    # a copy: the same buffers twice in a state could not be donated
    averaged = jax.tree.map(jnp.copy, without_critic(params)) if ema else {}
    return TrainState(
        seed=jnp.asarray(seed, jnp.int32),
        step=jnp.zeros((), jnp.int32),
        params=params,
        opt_state=opt_state,
        ema=averaged,
        alive=jnp.ones((), bool),
    )


def without_critic(params: Params) -> Params:
    """The blocks that outlive the game."""
    return {name: block for name, block in params.items() if not name.startswith("critic")}
