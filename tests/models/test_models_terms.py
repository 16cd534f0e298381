import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.distributions import gaussian_log_prob
from ivaegan_jax.models.terms import TERMS, Pass, evaluate_terms

MINIMISED = tuple(sorted(set(TERMS) - {"critic_accuracy", "iwae"}))
# Gradients that are not those of their terms: the noise has its own (test_models_noise.py), and the
# spread moves no mean (test_evaluation_spread.py).
SLOPED = tuple(name for name in MINIMISED if name not in ("noise", "spread"))
ALL_SEEN = {"posterior": "x,u", "critic_input": "x,z,u", "fakes": "prior,recon"}
SMOOTH = {"activation": "tanh", "critic_activation": "tanh", "width": 3, "critic_width": 3}


def value_of(name, run):
    return float(TERMS[name](run))


def pass_of(run, params):
    return Pass(run.nets, params, run.batch, jax.random.key(7), run.hyperparameters)


def slopes_along(names, run):
    """Of each term its value, its gradient along a random direction, and its central difference."""

    def values(params):
        terms = evaluate_terms(pass_of(run, params), names)
        found = jnp.stack([terms[name] for name in names])
        return found, found

    rng, eps = np.random.default_rng(0), 1e-5
    params = jax.tree.map(np.asarray, run.params)
    along = jax.tree.map(lambda leaf: rng.normal(size=leaf.shape), params)
    program = jax.jit(jax.jacrev(values, has_aux=True))
    gradients, at = program(params)
    ahead, behind = (
        program(jax.tree.map(lambda leaf, d, by=by: leaf + by * d, params, along))[1]
        for by in (eps, -eps)
    )
    dots = jax.tree.map(lambda g, d: np.tensordot(g, d, np.ndim(d)), gradients, along)
    return zip(at, sum(jax.tree.leaves(dots)), (ahead - behind) / (2 * eps), strict=True)


def check(value, gradient, difference):
    assert np.isfinite(value)
    np.testing.assert_allclose(difference, gradient, atol=1e-5, rtol=1e-5)


@pytest.fixture(scope="module")
def slopes(make_pass):
    """`slopes_along` of all terms, by name."""
    with jax.enable_x64(True):
        found = slopes_along(SLOPED, make_pass(**ALL_SEEN, **SMOOTH))
        return dict(zip(SLOPED, found, strict=True))


@pytest.mark.parametrize("name", SLOPED)
def test_gradients_are_those_of_finite_differences(slopes, name):
    check(*slopes[name])


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("kl", {"prior_family": "laplace"}),
        ("dim_kl", {"prior_family": "laplace"}),
        *((term, {"prior_family": "learned_tails"}) for term in ("kl", "infonce", "adv_g")),
        ("nll", {"likelihood": "bernoulli"}),
        ("nll", {"decoder_variance": "learned"}),
        ("adv_g", {"adversarial": "relativistic"}),
        ("adv_d", {"adversarial": "relativistic"}),
        ("adv_g", {"critic_input": "x,u"}),
        ("latent_reconstruction", {"modulation": "variance"}),
    ],
)
def test_gradients_of_the_other_choices(make_pass, name, choice):
    with jax.enable_x64(True):
        [found] = slopes_along([name], make_pass(**ALL_SEEN | SMOOTH | choice))
    check(*found)


def test_evaluate_terms_returns_scalars_of_the_named_terms(make_pass):
    """Those whose slopes are tested have them as well."""
    terms = evaluate_terms(make_pass(**ALL_SEEN, noise="column"), ("kl", "noise"))
    assert set(terms) == {"kl", "noise"}
    assert all(value.shape == () and np.isfinite(value) for value in terms.values())


def test_nll_is_summed_over_dimensions_and_averaged_over_the_batch(make_pass):
    run = make_pass()
    run.recon = (run.batch.x + 0.3, jnp.log(0.5))
    each = 0.5 * (np.log(2 * np.pi * 0.5) + 0.3**2 / 0.5)
    assert value_of("nll", run) == pytest.approx(3 * each, rel=1e-5)


def test_kl_vanishes_where_posterior_and_prior_agree(make_pass):
    run = make_pass()
    run.posterior = run.prior
    assert value_of("kl", run) == pytest.approx(0.0, abs=1e-6)


def test_the_decomposed_kl_sums_to_the_sampled_kl(make_pass):
    run = make_pass(posterior="x,u")
    log_q = gaussian_log_prob(run.z, *run.posterior).sum(-1)
    log_p = gaussian_log_prob(run.z, *run.prior).sum(-1)
    total = sum(value_of(name, run) for name in ("mi", "tc", "dim_kl"))
    assert total == pytest.approx(float((log_q - log_p).mean()), rel=1e-5)


def test_mutual_information_vanishes_for_a_data_set_of_one_batch_that_is_not_encoded(
    make_pass, dims
):
    run = make_pass(dims=dims._replace(rows=1))
    run.posterior = (jnp.zeros((8, 2)), jnp.zeros((8, 2)))
    assert value_of("mi", run) == pytest.approx(0.0, abs=1e-5)
    assert value_of("tc", run) == pytest.approx(0.0, abs=1e-5)


def test_minibatch_weighting_counts_the_rows_of_the_data_set(make_pass):
    run = make_pass()
    run.posterior = (jnp.zeros((8, 2)), jnp.zeros((8, 2)))
    assert value_of("mi", run) == pytest.approx(np.log(32), rel=1e-5)
    assert value_of("tc", run) == pytest.approx((2 - 1) * np.log(32), rel=1e-5)


def test_feature_loss_vanishes_for_perfect_reconstructions(make_pass):
    run = make_pass(fakes="recon")
    assert value_of("feat", run) > 0.0
    run = make_pass(fakes="recon")
    run.x_recon = run.batch.x
    assert value_of("feat", run) == 0.0


def test_feature_loss_of_a_linear_critic_is_half_the_squared_distance(make_pass):
    run = make_pass(critic_depth=1, critic_input="x")
    run.x_recon = run.batch.x + 2.0
    assert value_of("feat", run) == pytest.approx(0.5 * 3 * 2.0**2, rel=1e-5)


def invert(params):
    """Makes linear encoder and generator exact inverses of each other on the latents."""
    frame = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 2)))[0].astype(np.float32)
    offset = np.float32([0.5, -1.0, 2.0])
    encoder = {
        "kernel": np.c_[frame, np.zeros((3, 2), np.float32)],
        "bias": np.append(-offset @ frame, np.zeros(2, np.float32)),
    }
    generator = {"kernel": frame.T, "bias": offset}
    return params | {
        "encoder": {"Dense_0": encoder},
        "generator": params["generator"] | {"Dense_0": generator},
    }


def test_cycle_vanishes_for_an_exact_inverse(make_pass):
    assert value_of("latent_reconstruction", make_pass(invert, depth=1)) == pytest.approx(
        0.0, abs=1e-9
    )
    assert value_of("latent_reconstruction", make_pass(depth=1)) > 0.01


def test_cycle_is_measured_in_the_priors_variance(make_pass):
    run = make_pass(invert, depth=1)
    run.prior = (run.prior[0], jnp.full((8, 2), jnp.log(4.0)))
    run.x_fake = run.nets.generate(run.params, run.z_prior + 3.0)
    assert value_of("latent_reconstruction", run) == pytest.approx(2 * 3.0**2 / 4.0, rel=1e-4)


def constant_critic(bias):
    def change(params):
        critic = jax.tree.map(jnp.zeros_like, params["critic"])
        critic["Dense_0"]["bias"] += bias
        return params | {"critic": critic}

    return change


@pytest.mark.parametrize("critic_input", ["x", "x,u", "x,z", "x,z,u"])
def test_the_adversary_at_chance(make_pass, critic_input):
    run = make_pass(constant_critic(0.0), critic_input=critic_input)
    assert value_of("adv_d", run) == pytest.approx(2 * np.log(2))
    sides = 2 if "z" in critic_input else 1
    assert value_of("adv_g", run) == pytest.approx(sides * np.log(2))


def test_a_constant_critic_is_half_right(make_pass):
    assert value_of("critic_accuracy", make_pass(constant_critic(1.0))) == 0.5
    assert value_of("critic_accuracy", make_pass(constant_critic(-1.0))) == 0.5


def test_a_critic_that_tells_all_apart_is_right(make_pass):
    run = make_pass()
    run.logit_real, run.logit_fake = jnp.full(8, 2.0), jnp.full((1, 8), -2.0)
    assert value_of("critic_accuracy", run) == 1.0


def test_where_the_critic_sees_z_the_generating_side_plays_with_swapped_labels(make_pass):
    run = make_pass(critic_input="x,z")
    swapped = make_pass(critic_input="x,z")
    swapped.logit_real, swapped.logit_fake = run.logit_fake[0], run.logit_real[None]
    assert value_of("adv_g", run) == pytest.approx(value_of("adv_d", swapped), rel=1e-6)


def test_fakes_carry_the_u_of_the_real_batch(make_pass):
    run = make_pass(critic_input="x,u", fakes="prior,recon")
    again = make_pass(critic_input="x,u", fakes="prior,recon")
    again.x_fake = again.x_recon_seen = run.batch.x
    logits = jnp.broadcast_to(again.logit_real, (2, 8))
    np.testing.assert_allclose(again.logit_fake, logits, rtol=1e-5)
    assert run.logit_fake.shape == (2, 8)


def test_a_pass_computes_only_what_a_term_asks_for(make_pass):
    run = make_pass()
    TERMS["kl"](run)
    assert {"posterior", "prior"} <= set(vars(run))
    assert not {"z", "z_prior", "recon", "fakes", "logit_real"} & set(vars(run))


def test_posterior_and_prior_noise_are_independent(make_pass):
    run = make_pass()
    run.posterior = run.prior
    assert (run.z != run.z_prior).all()
