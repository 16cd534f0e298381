import dataclasses
import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.game import PLAYERS
from ivaegan_jax.models.hyperparameters import Hyperparameters, stack_hyperparameters
from ivaegan_jax.models.terms import TERMS

FIELDS = [field.name for field in dataclasses.fields(Hyperparameters)]


def test_stacking_gives_every_leaf_an_axis_of_runs():
    stacked = stack_hyperparameters(Hyperparameters(vae_rate=0.5), 3)
    for name in FIELDS:
        leaf = getattr(stacked, name)
        assert leaf.shape == (3,)
        assert leaf.dtype == jnp.float32
        np.testing.assert_allclose(leaf, getattr(Hyperparameters(vae_rate=0.5), name))


def test_every_number_is_traced():
    assert len(jax.tree.leaves(Hyperparameters())) == len(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_every_number_has_a_float_default_and_a_docstring_line(name):
    assert isinstance(getattr(Hyperparameters(), name), float)
    assert f"\n  {name}: " in inspect.getdoc(Hyperparameters)


@pytest.mark.parametrize("player", PLAYERS)
def test_every_player_has_rates_and_a_momentum(player):
    assert {f"{player}_rate", f"{player}_final_rate", f"{player}_beta1"} <= set(FIELDS)


def test_what_ramps_up_is_the_weight_of_a_term():
    ramps = {name.removesuffix("_ramp") for name in FIELDS if name.endswith("_ramp")}
    assert ramps
    assert {f"{name}_weight" for name in ramps} <= set(FIELDS)
    assert ramps <= set(TERMS)
