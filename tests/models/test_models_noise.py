"""Noise of observations in the game: who sees it, who learns it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models import PRESETS, ModelConfig, resolve
from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.likelihoods import LIKELIHOODS
from ivaegan_jax.models.networks import Networks
from ivaegan_jax.models.noise import LOG_NOISE
from ivaegan_jax.models.terms import TERMS, Pass
from ivaegan_jax.types import Batch, InputError

ROWS, TRUE = 4000, np.linspace(0.2, 1.0, 8, dtype=np.float32)
RNG = np.random.default_rng(0)
WEIGHT = jnp.asarray(RNG.normal(size=(2, 8)), jnp.float32)
X = RNG.normal(size=(ROWS, 2)) @ WEIGHT + TRUE * RNG.normal(size=(ROWS, 8))


class Linear(Networks):
    """A linear generator and its least-squares inverse."""

    def __init__(self):
        self.noise, self.likelihood = "column", LIKELIHOODS["gaussian"]
        self.family = PRIOR_FAMILIES["gaussian"]
        self.config = ModelConfig()

    def encode(self, params, x, u):
        mu = x @ jnp.linalg.pinv(WEIGHT)
        return mu, jnp.zeros_like(mu)

    def prior(self, params, u):
        return jnp.zeros((ROWS, 2)), jnp.zeros((ROWS, 2))

    def raw(self, params, z):
        return z @ WEIGHT

    def generate(self, params, z):
        return self.raw(params, z)


def passed(noise):
    params = {"generator": {LOG_NOISE: jnp.log(jnp.asarray(noise))}}
    batch = Batch(jnp.asarray(X, jnp.float32), jnp.zeros((ROWS, 1)))
    return Pass(Linear(), params, batch, jax.random.key(0), Hyperparameters())


def test_residuals_are_alike_at_the_true_noise_though_latents_follow_some_of_it():
    def loss(log_noise):
        return TERMS["noise"](passed(jnp.exp(log_noise)))

    assert float(loss(jnp.log(TRUE))) < 0.01
    log_noise = jnp.full(8, jnp.log(0.4))
    step = jax.jit(lambda each: each - 0.3 * jax.grad(loss)(each))
    for _ in range(1000):
        log_noise = step(log_noise)
    np.testing.assert_allclose(jnp.exp(log_noise), TRUE, rtol=0.1)


def slopes(run, *names):
    """The gradient of each term, by name."""

    def term(params, name):
        return TERMS[name](
            Pass(run.nets, params, run.batch, jax.random.key(7), run.hyperparameters)
        )

    return jax.jit(lambda params: {n: jax.grad(term)(params, n) for n in names})(run.params)


def test_noise_is_moved_by_its_own_term_which_moves_nothing_else(make_pass):
    run = make_pass(noise="column")
    found = slopes(run, "noise", "adv_g", "latent_reconstruction", "nll", "kl", "infonce")
    own = found.pop("noise")
    assert np.all(np.asarray(own["generator"].pop(LOG_NOISE)) != 0)
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(own))
    assert not any(np.any(each["generator"][LOG_NOISE]) for each in found.values())


def test_critic_and_cycle_see_observations(make_pass):
    clean, noisy = make_pass(), make_pass(noise="fixed", noise_start=0.5)
    added = noisy.x_fake - clean.x_fake
    assert float(jnp.std(added)) == pytest.approx(0.5, rel=0.4)
    np.testing.assert_array_equal(noisy.fakes[0], noisy.x_fake)
    assert float(TERMS["latent_reconstruction"](clean)) != float(
        TERMS["latent_reconstruction"](noisy)
    )


def test_noise_is_part_of_the_bound_as_of_the_game(make_pass):
    run = make_pass(noise="fixed", noise_start=0.5)
    log_var = run.recon[1]
    expected = run.hyperparameters.decoder_variance + 0.25
    np.testing.assert_allclose(jnp.exp(log_var), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["ivae_gan", "igan", "vae_gan", "bigan"])
def test_who_owns_the_generator_learns_the_noise_against_a_critic(name):
    for noise in ("none", "fixed", "one", "column"):
        _, game = resolve(PRESETS[name], ModelConfig(noise=noise))
        learns = [p.payoff.count("noise") for p in game.players.values() if "generator" in p.blocks]
        assert learns == [int(noise in ("one", "column"))]


def test_without_a_critic_the_bound_learns_the_noise(make_pass):
    config, game = resolve(PRESETS["ivae"], ModelConfig(noise="column"))
    assert "noise" not in game.terms
    run = make_pass(noise="column", decoder_variance=config.decoder_variance)
    np.testing.assert_array_equal(run.recon[1], run.nets.log_noise(run.params))
    assert np.all(np.asarray(slopes(run, "nll")["nll"]["generator"][LOG_NOISE]) != 0)


def test_every_law_brings_the_noise_that_it_is_meant_for():
    def noise(likelihood):
        return resolve(PRESETS["ivae_gan"], ModelConfig(likelihood=likelihood))[0].noise

    assert noise("gaussian") == noise("bernoulli") == "none"
    assert (noise("poisson"), noise("negative_binomial")) == ("fixed", "column")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"likelihood": "poisson", "noise": "column"}, "no noise to learn; use noise=fixed"),
        ({"noise": "fixed", "noise_start": 0.0}, "noise_start must be above 0"),
    ],
)
def test_noise_that_cannot_be_is_refused(config, message):
    with pytest.raises(InputError, match=message):
        resolve(PRESETS["ivae_gan"], ModelConfig(**config))
