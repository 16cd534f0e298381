"""One seed's training: `make_trainer -> (init, train_step, chunk)`, pure and jittable."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Int

from ivaegan_jax.models import Game, Hyperparameters, Model, key_of
from ivaegan_jax.training.devices import split_batch
from ivaegan_jax.training.state import TrainState, init_state, without_critic
from ivaegan_jax.training.step import play_round
from ivaegan_jax.types import (
    AllTrainData,
    Batch,
    Batches,
    HostOrDevice,
    Terms,
    TrainData,
    are_codes,
)


class Run(NamedTuple):
    """What distinguishes runs; every leaf may carry a leading axis of runs.

    Attributes:
      seed: the model seed.
      data_index: which of the data seeds it trains on.
      steps: rounds of the whole training, for the learning-rate decay.
      hyperparameters: its learning rates and weights.
      u_index: which u it sees, where every run of a data seed has a u of its own; None otherwise.
    """

    seed: HostOrDevice
    data_index: HostOrDevice
    steps: HostOrDevice
    hyperparameters: Hyperparameters
    u_index: HostOrDevice | None = None

    @property
    def of_u(self) -> HostOrDevice:
        """Where its u lies in an array of all that there are."""
        return self.data_index if self.u_index is None else self.u_index


class Trainer(NamedTuple):
    """Pure functions of one run.

    Attributes:
      init: `run -> state`.
      train_step: `(run, state, data) -> (state, log)`, one round of the game.
      chunk: `(run, state, data, length) -> (state, log averaged over the chunk)`.
    """

    init: Callable[[Run], TrainState]
    train_step: Callable[[Run, TrainState, AllTrainData], tuple[TrainState, Terms]]
    chunk: Callable[[Run, TrainState, AllTrainData, jax.Array], tuple[TrainState, Terms]]


UNLABELLED = 1
"""Sets the draw of rows without u apart from that of the batch beside them."""

MOST_ONE_HOT = 1024
"""Levels of u up to which their codes become one-hot; of more, networks look their codes up."""


def as_batch(x: jax.Array, u: jax.Array, dim_u: int, s: jax.Array | None = None) -> Batch:
    """Rows as the networks see them: codes of few levels become one-hot, everything else passes."""
    few = are_codes(u) and dim_u <= MOST_ONE_HOT
    return Batch(x, jax.nn.one_hot(u, dim_u) if few else u, s)


def draw_batch(
    data: TrainData,
    data_index: HostOrDevice,
    key: jax.Array,
    size: int,
    dim_u: int,
    packing: int,
    u_index: HostOrDevice | None = None,
    balanced: bool = False,
) -> Batch:
    """`size` training rows of one data seed, drawn with replacement, `packing` neighbours of one u.

    Rows must be ordered by u where they are packed or balanced (`by_level`). Rows without u are
    drawn beside them where there are any.
    """
    u_index = data_index if u_index is None else u_index
    if balanced:
        rows = draw_balanced(data.u[u_index], key, size // packing, dim_u, packing).reshape(size)
    elif packing == 1:
        rows = jax.random.randint(key, (size,), 0, data.x.shape[1])
    else:
        rows = draw_packs(data.u[u_index], key, size // packing, dim_u, packing).reshape(size)
    s = None if data.s is None else data.s[data_index, rows]
    drawn = split_batch(as_batch(data.x[data_index, rows], data.u[u_index, rows], dim_u, s))
    return drawn if data.unlabelled is None else with_others(drawn, data, data_index, key)


def with_others(batch: Batch, data: TrainData, data_index: HostOrDevice, key: jax.Array) -> Batch:
    """A batch and as many rows without u, drawn with replacement by a key of their own."""
    assert data.unlabelled is not None
    count = data.unlabelled.shape[1]
    key = jax.random.fold_in(key, UNLABELLED)
    others = jax.random.randint(key, batch.x.shape[:1], 0, count)
    return batch._replace(
        unlabelled=split_batch(data.unlabelled[data_index, others]),
        share=count / (count + data.x.shape[1]),
    )


def draw_packs(
    u: Int[Array, " rows"], key: jax.Array, packs: int, dim_u: int, packing: int
) -> Int[Array, "packs packing"]:
    """Rows in packs of one level each, levels as frequent as in the ordered codes `u`."""
    key_level, key_row = jax.random.split(key)
    level = u[jax.random.randint(key_level, (packs, 1), 0, u.shape[0])]
    return _rows_within(jnp.searchsorted(u, jnp.arange(dim_u + 1)), level, key_row, packing)


def draw_balanced(
    u: Int[Array, " rows"], key: jax.Array, packs: int, dim_u: int, packing: int
) -> Int[Array, "packs packing"]:
    """Rows in packs of one level each, all levels in the ordered codes `u` equally frequent."""
    key_level, key_row = jax.random.split(key)
    ends = jnp.searchsorted(u, jnp.arange(dim_u + 1))
    there = jnp.cumsum(ends[1:] > ends[:-1])
    level = jnp.searchsorted(there, jax.random.randint(key_level, (packs, 1), 1, there[-1] + 1))
    return _rows_within(ends, level, key_row, packing)


def _rows_within(
    ends: Int[Array, " ends"], level: Int[Array, "packs 1"], key: jax.Array, packing: int
) -> Int[Array, "packs packing"]:
    """Rows of these levels at random; those of level k lie from `ends[k]` to `ends[k + 1]`."""
    share = jax.random.uniform(key, (len(level), packing))
    first, count = ends[level], ends[level + 1] - ends[level]
    return first + jnp.minimum((share * count).astype(jnp.int32), count - 1)


def make_trainer(
    model: Model,
    game: Game,
    batch: int,
    dim_u: int,
    *,
    packing: int = 1,
    balanced: bool = False,
    ema: bool = False,
) -> Trainer:
    """Binds a model and its game to a batch size.

    Args:
      model: from `model.build`.
      game: from `presets.resolve`.
      batch: rows per update, of each session where there are several.
      dim_u: features of u as the networks see it.
      packing: rows of one u that the critic judges together; divides the batch.
      balanced: whether levels of u are drawn equally often, not as often as they have rows.
      ema: whether the state keeps averaged parameters.

    Returns:
      Functions of one run: its first state, one step, and a chunk of steps.

    Examples:
      >>> from ivaegan_jax import PRESETS, Dims, ModelConfig, build, make_trainer, resolve
      >>> config, game = resolve(PRESETS["ivae_gan"], ModelConfig(width=8))
      >>> model = build(config, Dims(dim_x=5, dim_u=4, dim_z=2, rows=100), game.blocks)
      >>> make_trainer(model, game, batch=64, dim_u=4)._fields
      ('init', 'train_step', 'chunk')
    """

    def init(run: Run) -> TrainState:
        return init_state(model, game, run.seed, run.hyperparameters, ema)

    def draw(run: Run, data: AllTrainData, key: jax.Array) -> Batches:
        def own(data: TrainData, key: jax.Array) -> Batch:
            index = run.data_index
            return draw_batch(data, index, key, batch, dim_u, packing, run.u_index, balanced)

        if isinstance(data, TrainData):
            return own(data, key)
        return tuple(own(each, key_of(key, i)) for i, each in enumerate(data))

    def train_step(run: Run, state: TrainState, data: AllTrainData) -> tuple[TrainState, Terms]:
        key = jax.random.fold_in(jax.random.key(state.seed), state.step)
        params, opt_state, log, alive = play_round(
            model, game, state.params, state.opt_state,
            lambda k: draw(run, data, k), key, run.hyperparameters, state.step / run.steps,
            state.alive,
        )  # fmt: skip
        keep = jnp.where(alive, run.hyperparameters.ema_decay, 1.0)
        averaged = jax.tree.map(
            lambda mean, new: keep * mean + (1.0 - keep) * new,
            state.ema, without_critic(params) if ema else {},
        )  # fmt: skip
        moved = state.replace(params=params, opt_state=opt_state, ema=averaged)
        return moved.replace(step=state.step + 1, alive=alive), log

    return Trainer(init, train_step, make_chunk(train_step))


def make_chunk(train_step: Callable[..., tuple[TrainState, Terms]]) -> Callable[..., tuple]:
    """Repeats a step a *traced* number of times, so that one program serves every length.

    The log is summed in the carry and returned as a mean. A chunk of length 0 returns NaN logs.
    """

    def chunk(
        run: Run, state: TrainState, data: AllTrainData, length: Int[Array, ""]
    ) -> tuple[TrainState, Terms]:
        step = jax.jit(train_step, inline=True)  # traced once for the shapes and the loop
        _, shapes = jax.eval_shape(step, run, state, data)
        zeros = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)

        def body(_, carry):
            state, total = carry
            state, log = step(run, state, data)
            return state, optax.tree.add(total, log)

        state, total = jax.lax.fori_loop(0, length, body, (state, zeros))
        return state, optax.tree.scale(1.0 / length, total)

    return chunk
