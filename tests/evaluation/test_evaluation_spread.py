"""Variances of posteriors, held against linear Gaussian models, where they are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation import scoring, spread
from ivaegan_jax.models import SPREAD
from ivaegan_jax.training import as_batch

NOISE = 0.5
SHRINK = 1 / (1 + NOISE**2)
"""E[z|x] = SHRINK x, and the variance of z is SHRINK NOISE^2, where z is standard normal."""

LINEAR = {"depth": 1, "prior_depth": 1, "posterior": "x", "noise": "fixed", "noise_start": NOISE}
ROWS = 500


def rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, ROWS, 3)).astype(np.float32)
    u = rng.integers(4, size=(1, ROWS)).astype(np.int32)
    place = np.arange(ROWS, dtype=np.int32)[None]
    return Part(x, u, None, place, place, np.zeros_like(place))


def linear_params(params):
    """z and two columns of x are alike but for noise; the encoder gives E[z|x], and variance 1."""
    zero = jax.tree.map(jnp.zeros_like, params)
    for block, slope in (("encoder", SHRINK), ("generator", 1.0)):
        kernel = zero[block]["Dense_0"]["kernel"].at[[0, 1], [0, 1]].set(slope)
        zero[block]["Dense_0"]["kernel"] = kernel
    return zero


@pytest.fixture(scope="module")
def fitted(tiny, run_of, stack, mesh):
    """A run before and after."""

    def fit(preset="ivae", **model):
        small = tiny(preset, **(LINEAR | model))
        runs = [run_of(1, 0)]
        states = stack([jax.device_get(small.trainer.init(run)) for run in runs])
        one = linear_params(jax.tree.map(lambda leaf: leaf[0], states.params))
        states = states.replace(params=jax.device_get(stack([one])))
        trained = scoring.Trained(preset, small.model, small.game, stack(runs), states)
        return trained, spread.fit_spread(trained, rows(), 4, mesh)

    return fit


def posterior(trained):
    params = jax.tree.map(lambda leaf: leaf[0], trained.states.evaluated)
    batch = as_batch(jnp.asarray(rows().x[0]), jnp.asarray(rows().u[0]), 4)
    return trained.model.encode(params, batch.x, batch.u)


def test_variances_are_those_of_the_posterior_and_means_stay(fitted):
    before, after = fitted()
    (mu, _), (after_mu, log_var) = posterior(before), posterior(after)
    assert_array_equal(after_mu, mu)
    assert_allclose(np.exp(log_var).mean(axis=0), SHRINK * NOISE**2, rtol=0.05)
    assert_allclose(np.exp(log_var), SHRINK * NOISE**2, rtol=0.3)  # at every x


def test_the_trained_encoder_and_all_other_blocks_stay(fitted):
    before, after = fitted()
    left = {name: block for name, block in after.states.params.items() if name != SPREAD}
    jax.tree.map(assert_array_equal, left, before.states.params)


def test_shapes_are_foreseen(fitted):
    before, after = fitted()
    foreseen = spread.foresee_spread(before).states.params
    assert jax.tree.map(np.shape, foreseen) == jax.tree.map(np.shape, after.states.params)


@pytest.mark.parametrize(
    ("preset", "model"), [("ivae", {"noise": "none"}), ("supervised", {"posterior": "x"})]
)
def test_without_noise_or_a_generator_that_is_meant_to_be_real_there_is_none(fitted, preset, model):
    before, after = fitted(preset, **model)
    assert after is before
