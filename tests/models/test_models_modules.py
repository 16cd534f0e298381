import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.layers import ACTIVATIONS, Trunk, leaky_relu, xtanh
from ivaegan_jax.models.modules import ConditionalPrior, Encoder, Generator, bounded_log_var

KEY = jax.random.key(0)
X = jax.random.normal(KEY, (5, 3))


def apply(module, *inputs):
    inputs = inputs or (X,)
    return module.apply(module.init(KEY, *inputs), *inputs)


def test_xtanh_is_injective():
    values = np.asarray(xtanh(jnp.linspace(-20.0, 20.0, 401)))
    assert (np.diff(values) > 0).all()


def test_xtanh_has_slope_between_a_tenth_and_one_point_one():
    slopes = jax.vmap(jax.grad(xtanh))(jnp.linspace(-20.0, 20.0, 401))
    assert slopes.min() == pytest.approx(0.1)
    assert slopes.max() == pytest.approx(1.1)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_pass_zero_and_rise_overall(name):
    assert (ACTIVATIONS[name](jnp.zeros(2)) == 0.0).all()
    assert (ACTIVATIONS[name](jnp.full(2, 3.0)) > ACTIVATIONS[name](jnp.zeros(2))).all()


def test_mixed_has_smooth_units_and_bent_ones():
    x = jnp.linspace(-3.0, 3.0, 14).reshape(2, 7)
    expected = jnp.concatenate([xtanh(x[:, :3]), leaky_relu(x[:, 3:])], axis=1)
    np.testing.assert_array_equal(ACTIVATIONS["mixed"](x), expected)


def test_bounded_log_var_keeps_the_exponential_finite():
    raw = jnp.array([-1e30, -50.0, 50.0, 1e30])
    bounded = bounded_log_var(raw)
    assert (jnp.abs(bounded) <= 12.0).all()
    assert jnp.isfinite(jnp.exp(2 * bounded)).all()


def test_bounded_log_var_is_the_identity_near_zero():
    assert float(bounded_log_var(jnp.array(0.0))) == 0.0
    assert float(jax.grad(bounded_log_var)(0.0)) == pytest.approx(1.0)
    assert float(bounded_log_var(jnp.array(1.0))) == pytest.approx(1.0, abs=0.01)


def test_bounded_log_var_rises():
    assert (np.diff(np.asarray(bounded_log_var(jnp.linspace(-40.0, 40.0, 101)))) > 0).all()


def test_trunk_of_depth_one_is_the_identity():
    np.testing.assert_array_equal(apply(Trunk(7, 1, "tanh")), X)


def test_trunk_has_one_layer_less_than_its_depth():
    assert len(Trunk(7, 4, "tanh").init(KEY, X)["params"]) == 3


def test_encoder_shapes_and_bounds():
    mu, log_var = apply(Encoder(2, 7, 3, "xtanh"), 1e4 * X, X)
    assert mu.shape == log_var.shape == (5, 2)
    assert (jnp.abs(log_var) <= 12.0).all()


def test_generator_shapes_and_unit_variance_ratio():
    x_logit, log_var_ratio = apply(Generator(6, 7, 3, "xtanh"))
    assert x_logit.shape == (5, 6)
    assert float(log_var_ratio) == 0.0


@pytest.mark.parametrize(
    ("modulation", "loc_varies", "log_var_varies"),
    [("both", True, True), ("mean", True, False), ("variance", False, True)],
)
def test_prior_modulates_what_it_is_told(modulation, loc_varies, log_var_varies):
    loc, log_var = apply(ConditionalPrior(2, modulation, 7, 2, "xtanh"))
    assert loc.shape == log_var.shape == (5, 2)
    assert bool((loc != 0).all()) is loc_varies
    assert bool((log_var != 0).all()) is log_var_varies
    assert loc_varies or (loc == 0).all()
    assert log_var_varies or (log_var == 0).all()


def test_prior_of_depth_one_is_a_table():
    prior = ConditionalPrior(2, "mean", 7, 1, "xtanh")
    variables = prior.init(KEY, jnp.eye(4))
    loc, _ = prior.apply(variables, jnp.eye(4))
    np.testing.assert_allclose(loc, variables["params"]["Dense_0"]["kernel"], rtol=1e-6)
