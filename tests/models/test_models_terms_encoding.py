"""Density, contrast and the supervised ceiling: terms of encoder and prior alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.types import InputError

KEY = jax.random.key(0)
SQUARE = {"dim_x": 2}


def log_prior(run):
    """`log p(z|u)` at the posterior mean, by scipy."""
    mu, (loc, log_var) = run.posterior[0], run.prior
    return scipy.stats.norm(loc, np.exp(0.5 * np.asarray(log_var))).logpdf(mu).sum(-1)


def value_of(name, run):
    return float(TERMS[name](run))


@pytest.mark.parametrize("tall", [False, True])
def test_density_of_a_linear_encoder(make_pass, dims, tall):
    """Square: `log p(xW|u) + log |det W|`; tall: half the log determinant of `W^T W` instead."""
    run = make_pass(dims=dims if tall else dims._replace(**SQUARE), depth=1)
    W = np.asarray(run.params["encoder"]["Dense_0"]["kernel"][:, :2], float)
    volume = 0.5 * np.linalg.slogdet(W.T @ W)[1] if tall else np.log(abs(np.linalg.det(W)))
    assert value_of("flow_likelihood", run) == pytest.approx(
        -np.mean(log_prior(run) + volume), rel=1e-5
    )


def test_density_of_a_curved_encoder_is_a_density(make_pass, dims):
    """It integrates to one over x, on a grid, for the first row's u."""
    run = make_pass(dims=dims._replace(**SQUARE), depth=1, modulation="variance")
    encode = run.nets.encode
    run.nets.encode = lambda params, x, u: encode(params, x + 0.5 * jnp.tanh(x), u)
    axis = np.linspace(-12, 12, 241)
    x = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 1, 2).astype(np.float32)
    u = run.batch.u[:1]

    def log_density(x):
        again = type(run)(
            run.nets, run.params, run.batch._replace(x=x, u=u), KEY, run.hyperparameters
        )
        return -TERMS["flow_likelihood"](again)

    total = float(jnp.exp(jax.vmap(log_density)(x)).sum()) * (axis[1] - axis[0]) ** 2
    assert total == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("family", ["gaussian", "laplace"])
def test_infonce_is_the_cross_entropy_of_the_batchs_own_u(make_pass, family):
    run = make_pass(prior_family=family)
    log_prob = run.nets.family.log_prob
    logits = np.array(
        [
            [log_prob(z, m, v).sum() for m, v in zip(*run.prior, strict=True)]
            for z in run.posterior[0]
        ]
    )
    own = np.diagonal(logits - scipy.special.logsumexp(logits, axis=1, keepdims=True))
    assert value_of("infonce", run) == pytest.approx(-own.mean() - np.log(8), rel=1e-4, abs=1e-5)


def test_infonce_is_zero_where_u_says_nothing(make_pass):
    run = make_pass()
    run.prior = (jnp.ones((8, 2)), jnp.zeros((8, 2)))
    assert value_of("infonce", run) == pytest.approx(0.0, abs=1e-6)


def test_infonce_is_least_for_the_u_that_belongs_to_each_row(make_pass):
    run, shuffled = make_pass(), make_pass()
    loc = jnp.repeat(jnp.array([-3.0, -1.0, 1.0, 3.0]), 2)[:, None] * jnp.ones((1, 2))
    run.prior = shuffled.prior = (loc, jnp.zeros((8, 2)))
    run.posterior = (loc + 0.1, loc)
    shuffled.posterior = (jnp.roll(loc, 2, axis=0), loc)
    # two rows of the batch share each u, so that even the truth is told from 4 alternatives only
    assert -np.log(4) < value_of("infonce", run) < -np.log(4) + 0.1
    assert value_of("infonce", shuffled) > 0


def test_the_ceiling_is_the_squared_distance_to_the_sources(make_pass):
    run = make_pass()
    run.posterior = (run.batch.s + jnp.array([1.0, -2.0]), run.posterior[1])
    assert value_of("supervised", run) == pytest.approx(1.0**2 + 2.0**2, rel=1e-5)


@pytest.fixture
def table(tmp_path):
    """`table(**arrays)`: a file with those beside x and u."""

    def make(**arrays):
        rng = np.random.default_rng(0)
        path = tmp_path / "table.npz"
        np.savez(path, x=rng.normal(size=(200, 3)), u=np.arange(200) % 4, **arrays)
        return str(path)

    return make


def study(data, preset, **model):
    config = Config(model=ModelConfig(width=4, critic_width=4, **model))
    return Study(Experiment(data, (preset,), (1,), (101,), 10, config))


@pytest.mark.parametrize("arrays", [{}, {"s": np.ones((200, 3))}])
def test_without_the_sources_there_is_no_ceiling(table, arrays):
    with pytest.raises(InputError, match="needs an array s") as error:
        study(table(**arrays), "supervised", dim_z=2)
    assert "\n" not in str(error.value)


def test_a_density_needs_as_many_observations_as_latents(table):
    with pytest.raises(InputError, match=r"config\.model\.dim_z=4 is above 3"):
        study(table(), "iflow", dim_z=4)
    assert study(table(), "iflow", dim_z=3).dims.dim_z == 3
