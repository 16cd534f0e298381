"""The importance-weighted bound, where the likelihood has a closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.likelihoods import LIKELIHOODS
from ivaegan_jax.models.networks import Networks
from ivaegan_jax.models.terms import Pass
from ivaegan_jax.models.terms.evidence import iwae
from ivaegan_jax.types import Batch

ROWS, DIM_X = 600, 3
RNG = np.random.default_rng(0)
WEIGHT = jnp.asarray(RNG.normal(size=(2, DIM_X)), jnp.float32)
LOC = jnp.asarray(RNG.normal(size=(ROWS, 2)), jnp.float32)
LOG_VAR = jnp.asarray(RNG.normal(size=(ROWS, 2)), jnp.float32)
Z = LOC + jnp.exp(LOG_VAR / 2) * RNG.normal(size=(ROWS, 2))
X = jnp.asarray(Z @ WEIGHT + 0.3 * RNG.normal(size=(ROWS, DIM_X)), jnp.float32)


class Linear(Networks):
    """A linear model whose encoder is the posterior mean, or misses it by `shift`."""

    def __init__(self, shift=0.0, likelihood="gaussian"):
        self.shift, self.likelihood = shift, LIKELIHOODS[likelihood]
        self.noise = "none"
        self.family = PRIOR_FAMILIES["gaussian"]

    def encode(self, params, x, u):
        precision = jax.vmap(jnp.diag)(jnp.exp(-LOG_VAR)) + WEIGHT @ WEIGHT.T / 0.09
        target = (x @ WEIGHT.T) / 0.09 + LOC * jnp.exp(-LOG_VAR)
        return jnp.linalg.solve(precision, target[..., None])[..., 0] + self.shift, LOG_VAR

    def prior(self, params, u):
        return LOC, LOG_VAR

    def decode(self, params, z, hyperparameters):
        return z @ WEIGHT, jnp.zeros(())

    def generate(self, params, z):
        return self.likelihood.mean(z @ WEIGHT)


def passed(x=X, **model):
    return Pass(Linear(**model), {}, Batch(x, LOG_VAR), jax.random.key(0), Hyperparameters())


def exact(weight, loc, log_var, noise, x):
    """Mean log likelihood of the odd rows of a linear model, float64."""
    weight, loc, log_var, x = (np.asarray(a, float) for a in (weight, loc, log_var, x))
    covariance = np.einsum("zx,rz,zy->rxy", weight, np.exp(log_var), weight)
    covariance += noise * np.eye(x.shape[1])
    left = x - loc @ weight
    squared = np.einsum("rx,rx->r", left, np.linalg.solve(covariance, left[..., None])[..., 0])
    log_det = np.linalg.slogdet(2 * np.pi * covariance)[1]
    return -0.5 * (squared + log_det)[1::2].mean()


EXACT = exact(WEIGHT, LOC, LOG_VAR, 0.09, X)


@jax.jit
def found(shift):
    """The likelihood where the encoder misses the posterior by so much."""
    return -iwae(passed(shift=shift))


def value(run):
    """The bound of a pass, by one program."""
    return float(jax.jit(lambda: iwae(run))())


def test_the_bound_is_the_likelihood_of_a_linear_model():
    assert found(0.0) == pytest.approx(EXACT, abs=0.05)


def test_an_encoder_that_misses_the_posterior_only_lowers_the_bound():
    for shift in (0.1, 0.5, 2.0):
        assert found(shift) < EXACT + 0.02


def test_a_bernoulli_model_has_a_bound_below_0_and_above_that_of_a_coin():
    run = passed((X > 0).astype(jnp.float32), likelihood="bernoulli")
    assert DIM_X * np.log(2) > value(run) > 0


class Redundant(Linear):
    """Two of its six latents are each there three times; the encoder halves what they share."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(1)
        self.noise, self.weight = 0.01, np.repeat(rng.normal(size=(2, 80)), 3, axis=0)
        z = rng.normal(size=(ROWS, 6))
        self.x = z @ self.weight + self.noise * rng.normal(size=(ROWS, 80))

    def encode(self, params, x, u):
        weight = self.weight
        precision = np.eye(6) + weight @ weight.T / self.noise**2
        means = np.linalg.solve(precision, weight @ self.x.T / self.noise**2).T
        return jnp.asarray(means, jnp.float32), jnp.zeros((ROWS, 6))

    def prior(self, params, u):
        return jnp.zeros((ROWS, 6)), jnp.zeros((ROWS, 6))

    def decode(self, params, z, hyperparameters):
        return z @ jnp.asarray(self.weight, jnp.float32), jnp.zeros(())

    def generate(self, params, z):
        return self.decode(params, z, None)[0]


def test_small_noise_and_redundant_latents_have_the_likelihood_of_double_precision():
    """With J^T J / noise in float32 it was not a number."""
    nets = Redundant()
    x = jnp.asarray(nets.x, jnp.float32)
    found = -value(Pass(nets, {}, Batch(x, x[:, :1]), jax.random.key(0), Hyperparameters()))
    truth = exact(nets.weight, np.zeros((ROWS, 6)), np.zeros((ROWS, 6)), nets.noise**2, nets.x)
    assert 230 < truth < 260
    assert found == pytest.approx(truth, abs=0.2)


def test_a_reconstruction_without_any_error_has_a_likelihood():
    run = passed(x=WEIGHT[0] * jnp.ones((ROWS, 1)))
    run.posterior = (jnp.tile(jnp.array([1.0, 0.0]), (ROWS, 1)), LOG_VAR)
    assert np.isfinite(value(run))
