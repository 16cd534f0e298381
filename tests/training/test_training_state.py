import dataclasses

import jax
import numpy as np
import pytest

from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.training.state import TrainState


@pytest.fixture(scope="module")
def init(tiny):
    return lambda run: tiny("ivae_gan").trainer.init(run)


def test_the_first_state_depends_on_the_seed_alone(init, run_of, same):
    one = init(run_of(seed=6))
    other = init(run_of(seed=6, data_index=1, steps=7, vae_rate=0.7, nll_weight=9.0))
    assert same(one, other)


def test_another_seed_gives_another_state(init, run_of):
    one, other = (init(run_of(seed=seed)).params for seed in (6, 7))
    kernels, others = (
        [leaf for leaf in jax.tree.leaves(each) if leaf.ndim == 2 and leaf.any()]
        for each in (one, other)
    )
    assert all((a != b).all() for a, b in zip(kernels, others, strict=True))


def test_the_state_holds_arrays_and_nothing_else(init, run_of):
    state = init(run_of())
    assert all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(state))
    assert all(field.metadata.get("pytree_node", True) for field in dataclasses.fields(TrainState))


def test_no_buffer_is_used_twice(init, run_of):
    """Two leaves that share memory could not be donated."""
    leaves = jax.tree.leaves(init(run_of()))
    assert len({leaf.unsafe_buffer_pointer() for leaf in leaves}) == len(leaves)


def test_a_run_starts_alive_at_step_zero_with_its_seed(init, run_of):
    state = init(run_of(seed=6))
    assert (int(state.seed), int(state.step), bool(state.alive)) == (6, 0, True)


def test_moments_start_at_zero(init, run_of):
    leaves = jax.tree.leaves(init(run_of()).opt_state)
    assert leaves
    assert not any(np.any(leaf) for leaf in leaves)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_there_are_parameters_for_owned_blocks_and_moments_for_players(tiny, run_of, preset):
    state = jax.eval_shape(tiny(preset).trainer.init, run_of())
    assert set(state.params) == set(tiny(preset).game.blocks)
    assert set(state.opt_state) == set(tiny(preset).game.players)


def test_models_with_the_same_blocks_start_the_same(tiny, run_of, same):
    """Comparisons of models over seeds are paired: encoder and generator draw the same numbers."""
    ivae_gan, igan = (tiny(name).trainer.init(run_of(seed=2)).params for name in PAIR)
    assert same(ivae_gan, igan)


PAIR = ("ivae_gan", "igan")
