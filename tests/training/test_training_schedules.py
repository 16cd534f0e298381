"""What changes while a run trains: rates, and the weights of terms that ramp up."""

import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.game import PLAYERS, Player
from ivaegan_jax.training.schedules import optimiser, rate_factor
from ivaegan_jax.training.step import weights

RAMPED = ("kl", "adv_g", "flow_likelihood")


def cosine(done, final=0.0):
    return final + (1 - final) * 0.5 * (1 + np.cos(np.pi * done))


@pytest.mark.parametrize(
    ("progress", "warmup", "hold", "final", "expected"),
    [
        (0.0, 0.0, 0.0, 0.2, 1.0),
        (0.25, 0.0, 0.0, 0.2, cosine(0.25, 0.2)),
        (0.5, 0.0, 0.0, 0.2, 0.6),
        (1.0, 0.0, 0.0, 0.2, 0.2),
        (3.0, 0.0, 0.0, 0.2, 0.2),
        (0.5, 0.0, 0.0, 1.0, 1.0),
        (0.0, 0.1, 0.0, 0.0, 0.0),
        (0.05, 0.1, 0.0, 0.0, 0.5 * cosine(0.05)),
        (0.2, 0.1, 0.0, 0.0, cosine(0.2)),
        (0.5, 0.0, 0.5, 0.0, 1.0),
        (0.75, 0.0, 0.5, 0.0, 0.5),
        (1.0, 0.0, 0.5, 0.1, 0.1),
        (0.25, 0.5, 0.5, 0.0, 0.5),
        (1.0, 0.0, 1.0, 0.0, 1.0),
    ],
)
def test_the_rate_rises_holds_and_decays(run_of, progress, warmup, hold, final, expected):
    hyperparameters = run_of(warmup=warmup, hold=hold, gan_final_rate=final).hyperparameters
    found = float(rate_factor("gan", hyperparameters, jnp.float32(progress)))
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", PLAYERS)
def test_every_player_ends_at_its_own_rate(run_of, name):
    finals = {f"{other}_final_rate": 0.7 for other in PLAYERS} | {f"{name}_final_rate": 0.3}
    tx = optimiser(name, run_of(**{f"{name}_rate": 0.5} | finals).hyperparameters, jnp.float32(1.0))
    updates, _ = tx.update({"w": jnp.array(3.0)}, tx.init({"w": jnp.array(0.0)}))
    assert float(updates["w"]) == pytest.approx(-0.5 * 0.3, rel=1e-5)


def test_a_term_has_its_weight_or_counts_once(run_of):
    hyperparameters = run_of(nll_weight=2.0, kl_weight=3.0, tc_weight=5.0).hyperparameters
    found = weights(Player((), ("nll", "kl", "adv_d")), hyperparameters, jnp.zeros(()))
    assert {name: float(value) for name, value in found.items()} == {"nll": 2, "kl": 3, "adv_d": 1}


@pytest.mark.parametrize(("progress", "share"), [(0.0, 0.0), (0.1, 0.25), (0.4, 1.0), (0.9, 1.0)])
@pytest.mark.parametrize("term", RAMPED)
def test_a_weight_ramps_up_linearly_alone(run_of, term, progress, share):
    given = {f"{name}_weight": 2.0 for name in RAMPED}
    hyperparameters = run_of(**given | {f"{term}_ramp": 0.4}).hyperparameters
    found = weights(Player((), RAMPED), hyperparameters, jnp.float32(progress))
    expected = dict.fromkeys(RAMPED, 2.0) | {term: 2.0 * share}
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected)


def test_the_terms_of_a_mixture_are_weighed_as_those_they_replace(run_of):
    hyperparameters = run_of(nll_weight=2.0, kl_weight=3.0, kl_ramp=0.5).hyperparameters
    found = weights(Player((), ("mixture_nll", "mixture_kl")), hyperparameters, jnp.float32(0.25))
    expected = {"mixture_nll": 2.0, "mixture_kl": 1.5}
    assert {name: float(value) for name, value in found.items()} == pytest.approx(expected)
