"""The bound under a product posterior, and with free bits."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from ivaegan_jax.models.distributions import gaussian_product
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.terms import TERMS


def test_a_product_of_gaussians_is_proportional_to_the_product_of_densities():
    first, second = ((jnp.array([mu]), jnp.array([v])) for mu, v in ((1.0, -0.7), (-2.0, 0.4)))
    mu, log_var = gaussian_product(first, second)
    z = np.linspace(-3, 3, 7)
    a, b, product = (
        norm(float(m[0]), np.exp(0.5 * float(v[0]))).logpdf(z)
        for m, v in (first, second, (mu, log_var))
    )
    assert np.ptp(a + b - product) < 1e-5


def test_the_product_posterior_weighs_encoder_and_prior_by_their_precisions(make_pass):
    run, own = make_pass(posterior="product"), make_pass(posterior="x")
    means, variances = zip(*((mu, jnp.exp(v)) for mu, v in (own.posterior, run.prior)), strict=True)
    precision = sum(1 / v for v in variances)
    mu, log_var = run.posterior
    np.testing.assert_allclose(jnp.exp(-log_var), precision, rtol=1e-5)
    weighed = sum(m / v for m, v in zip(means, variances, strict=True))
    np.testing.assert_allclose(mu, weighed / precision, rtol=1e-4)


def test_a_latent_counts_as_its_free_bits_at_least(make_pass):
    run = make_pass(hyperparameters=Hyperparameters(free_bits=0.5))
    run.posterior = (run.prior[0] + jnp.array([0.1, 3.0]), jnp.zeros((8, 2)))
    run.prior = (run.prior[0], jnp.zeros((8, 2)))
    assert float(TERMS["kl"](run)) == pytest.approx(0.5 + 3.0**2 / 2, rel=1e-5)
    run.hyperparameters = Hyperparameters(free_bits=0.0)
    assert float(TERMS["kl"](run)) == pytest.approx((0.1**2 + 3.0**2) / 2, rel=1e-5)


def test_free_bits_are_counted_over_the_batch(make_pass):
    run = make_pass(hyperparameters=Hyperparameters(free_bits=0.5))
    run.prior = (jnp.zeros((8, 2)), jnp.zeros((8, 2)))
    run.posterior = (jnp.zeros((8, 2)).at[0].set(4.0), jnp.zeros((8, 2)))
    assert float(TERMS["kl"](run)) == pytest.approx(2 * 1.0)
