"""The moving average of all but the critic, which scores and users see."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.game import Game, Player
from ivaegan_jax.models.model import Model
from ivaegan_jax.models.networks import CRITIC_NORM
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.trainer import make_trainer

DECAY = 0.75
STEPS = 3
GAME = Game({"gan": Player(("critic",), ("adv_d",)), "vae": Player(("encoder",), ("kl",))})


def first_params(key):
    starts = {"encoder": 1.0, "critic": 2.0, CRITIC_NORM: 3.0}
    return {name: jnp.full(4, start) for name, start in starts.items()}


def squares(params, batch, key, hyperparameters, names):
    total = sum(jnp.sum(jnp.square(params[block])) for block in GAME.blocks)
    return dict.fromkeys(names, total)


@pytest.fixture(scope="module")
def trainers():
    """By whether an average is kept: trainers of a model that costs nothing to compile."""
    unused = [None] * 3
    model = Model(first_params, squares, None, *unused, lambda params: params, *unused)
    return {ema: make_trainer(model, GAME, 8, 4, ema=ema) for ema in (False, True)}


@pytest.fixture(scope="module")
def states(trainers, run_of, data):
    """By whether an average is kept: the states from the start on."""

    def train(trainer):
        run = run_of(seed=2, ema_decay=DECAY)
        found, step = [trainer.init(run)], jax.jit(trainer.train_step)
        for _ in range(STEPS):
            found.append(step(run, found[-1], data)[0])
        return found

    return {ema: train(trainer) for ema, trainer in trainers.items()}


def test_the_average_follows_its_recursion(states):
    mean = np.ones(4)
    for state in states[True][1:]:
        mean = DECAY * mean + (1 - DECAY) * np.asarray(state.params["encoder"])
        np.testing.assert_allclose(state.ema["encoder"], mean, rtol=1e-6)
    assert (mean > state.params["encoder"]).all()


def test_the_average_is_what_is_evaluated_beside_the_critic_as_it_is(states, same):
    last = states[True][-1]
    assert set(last.ema) == {"encoder"}
    assert same(last.evaluated, last.params | last.ema)
    assert (last.evaluated["encoder"] != last.params["encoder"]).all()


def test_the_average_has_no_effect_on_training(states, same):
    for averaged, plain in zip(states[True], states[False], strict=True):
        assert same(averaged.params, plain.params)
        assert same(averaged.opt_state, plain.opt_state)
        assert plain.ema == {}
        assert same(plain.evaluated, plain.params)


def test_no_buffer_is_used_twice(states):
    leaves = jax.tree.leaves(states[True][0])
    assert len({leaf.unsafe_buffer_pointer() for leaf in leaves}) == len(leaves)


def test_training_goes_on_from_a_checkpoint_with_averages_and_norms(
    trainers, states, run_of, data, same, tmp_path
):
    stacked = jax.tree.map(lambda leaf: np.asarray(leaf)[None], states[True][1])
    with Checkpoints(tmp_path / "model") as checkpoints:
        checkpoints.save(stacked)
    with Checkpoints(tmp_path / "model") as checkpoints:
        restored = checkpoints.restore(jax.eval_shape(lambda: stacked))
    assert CRITIC_NORM in restored.params
    state = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), restored)
    run = run_of(seed=2, ema_decay=DECAY)
    for _ in range(STEPS - 1):
        state, _ = jax.jit(trainers[True].train_step)(run, state, data)
    assert same(state, states[True][-1])
