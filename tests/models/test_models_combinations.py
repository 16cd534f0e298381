"""Adversarial losses, regularisers and critics combine freely with the rows of the table."""

import jax
import numpy as np
import pytest

from ivaegan_jax.models.choices import CHOICES
from ivaegan_jax.models.presets import PRESETS
from ivaegan_jax.types import TrainData

SPECTRAL, PROJECTION = {"critic_norm": "spectral"}, {"critic_conditioning": "projection"}
SEEN = {"critic_input": "x,z,u", "fakes": "prior,recon"}
ALL = {"regularisers": "r1,r2,gp"}
COMBINATIONS = [
    ("ivae_gan", "relativistic", SEEN | ALL | SPECTRAL | PROJECTION | {"packing": 4}),
    ("igan", "hinge", SPECTRAL | PROJECTION | {"regularisers": ""}),
    ("ivae_gan", "wasserstein", {"regularisers": "gp", "balance": "gradient_norm"}),
    (
        "ivae_gan",
        "minimax",
        {"posterior": "mixture", "extra_terms": "feat,flow_likelihood,infonce"},
    ),
    ("ivae_gan", "non_saturating", SPECTRAL | {"packing": 2, "posterior": "product"}),
    ("ibigan", "minimax", PROJECTION | {"regularisers": "r2"}),
    ("ibigan", "least_squares", {"packing": 2, "regularisers": "r1,gp"}),
    ("bigan", "wasserstein", {"regularisers": "r1,r2", "extra_terms": "flow_likelihood"}),
    ("vae_gan", "hinge", ALL | SPECTRAL),
    ("gan", "relativistic", {"regularisers": "r1,r2", "packing": 8}),
    ("ivae", "hinge", {"balance": "gradient_norm", "packing": 4}),
    ("tcl", "hinge", {"balance": "gradient_norm", "extra_terms": "infonce"}),
]


@pytest.fixture(scope="module")
def ordered(data):
    """The shared rows, ordered by level so that they can be packed."""
    order = np.argsort(data.u, axis=1, kind="stable")
    return TrainData(*(np.stack([a[o] for a, o in zip(leaf, order, strict=True)])
                       for leaf in (np.asarray(data.x), np.asarray(data.u))))  # fmt: skip


def test_a_step_of_most_at_once_is_finite_and_moves_every_player(tiny, run_of, ordered):
    """One of them takes its step; the others are traced only, which costs a tenth."""
    preset, adversarial, config = COMBINATIONS[0]
    _, game, _, trainer = tiny(preset, adversarial=adversarial, **config)
    first_step = jax.jit(lambda run, data: trainer.train_step(run, trainer.init(run), data))
    lowered = first_step.lower(run_of(), ordered)
    state, log = lowered.compile({"xla_backend_optimization_level": "0"})(run_of(), ordered)
    assert bool(state.alive), log
    assert all(float(log[f"grad_norm_{name}"]) > 0 for name in game.players)
    assert int(state.step) == 1


@pytest.mark.parametrize("combination", COMBINATIONS[1:], ids=lambda c: c[0])
def test_a_step_keeps_the_shape_of_its_state(tiny, run_of, ordered, combination):
    preset, adversarial, config = combination
    _, game, _, trainer = tiny(preset, adversarial=adversarial, **config)
    start = jax.eval_shape(trainer.init, run_of())
    state, log = jax.eval_shape(trainer.train_step, run_of(), start, ordered)
    assert state == start
    assert game.terms <= set(log)


def test_the_combinations_cover_every_loss_and_every_row_with_a_critic():
    assert {adversarial for _, adversarial, _ in COMBINATIONS} == set(CHOICES["adversarial"])
    with_critic = {name for name, row in PRESETS.items() if "gan" in row.players}
    assert with_critic <= {preset for preset, _, _ in COMBINATIONS}
