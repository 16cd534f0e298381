import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.networks import Networks
from ivaegan_jax.models.terms import TERMS, Pass
from ivaegan_jax.training.trainer import MOST_ONE_HOT, as_batch

KEY = jax.random.key(3)
BLOCKS = ("encoder", "prior", "generator", "critic")


@pytest.fixture(scope="module")
def made(tiny, dims):
    """`made(**config)`: networks and parameters of a small `ivae_gan`."""

    def make(**config):
        networks = Networks(tiny("ivae_gan", **config).config, dims)
        return networks, networks.init(KEY, BLOCKS)

    return make


def critic_logit(networks, params, batch, z, label_scale=2.0):
    return networks.critic(params, batch.x, z, batch.u, jnp.float32(label_scale))[0]


def test_a_blocks_first_parameters_depend_on_key_and_name_alone(made, same):
    networks, params = made()
    assert same(networks.init(KEY, ("generator",)), {"generator": params["generator"]})


def test_blocks_start_from_different_draws(tiny, dims):
    networks = Networks(tiny("ivae_gan", width=8, critic_width=8).config, dims)
    params = networks.init(KEY, BLOCKS)
    kernels = [params[b]["Trunk_0"]["Dense_0"]["kernel"][:2] for b in ("encoder", "generator")]
    assert (kernels[0] != kernels[1]).all()


@pytest.mark.parametrize(("posterior", "sees_u"), [("x", False), ("x,u", True)])
def test_the_encoder_sees_u_where_the_posterior_says_so(made, batch, posterior, sees_u):
    networks, params = made(posterior=posterior)
    mu, _ = networks.encode(params, batch.x, batch.u)
    mu_elsewhere, _ = networks.encode(params, batch.x, batch.u[::-1])
    assert bool((mu != mu_elsewhere).any()) is sees_u


@pytest.mark.parametrize("critic_input", ["x", "x,u", "x,z", "x,z,u"])
def test_the_critic_sees_what_its_input_names(made, batch, critic_input):
    networks, params = made(critic_input=critic_input)
    z = jax.random.normal(KEY, (8, 2))
    logit = critic_logit(networks, params, batch, z)
    seen = set(critic_input.split(","))
    assert (logit != critic_logit(networks, params, batch._replace(x=-batch.x), z)).all()
    assert bool((logit != critic_logit(networks, params, batch, -z)).any()) is ("z" in seen)
    other_u = batch._replace(u=batch.u[::-1])
    assert bool((logit != critic_logit(networks, params, other_u, z)).any()) is ("u" in seen)


def test_a_label_scale_of_zero_hides_u_from_the_critic(made, batch, same):
    networks, params = made(critic_input="x,u")
    z, other = jnp.zeros((8, 2)), batch._replace(u=batch.u[::-1])
    assert same(*(critic_logit(networks, params, b, z, 0.0) for b in (batch, other)))


def test_the_standard_prior_is_standard_normal_without_parameters(tiny, dims, batch):
    networks = Networks(tiny("vae", prior_family="laplace").config, dims)
    loc, log_var = networks.prior({}, batch.u)
    assert loc.shape == (8, 2)
    assert not loc.any()
    assert not log_var.any()
    density = networks.family.log_prob(loc, loc, log_var)
    np.testing.assert_allclose(density, -0.5 * np.log(2 * np.pi), rtol=1e-6)


def test_the_learned_variance_starts_at_the_configured_one_and_moves(made, run_of):
    networks, params = made(decoder_variance="learned")
    hyperparameters, z = run_of(decoder_variance=0.25).hyperparameters, jnp.zeros((1, 2))
    assert float(networks.decode(params, z, hyperparameters)[1]) == pytest.approx(np.log(0.25))
    params["generator"]["log_var_ratio"] += 0.5
    assert float(networks.decode(params, z, hyperparameters)[1]) == pytest.approx(
        np.log(0.25) + 0.5
    )


def test_the_fixed_variance_stays(made, run_of):
    networks, params = made(decoder_variance="fixed")
    params["generator"]["log_var_ratio"] += 0.5
    log_var = networks.decode(
        params, jnp.zeros((1, 2)), run_of(decoder_variance=0.25).hyperparameters
    )[1]
    assert float(log_var) == pytest.approx(np.log(0.25))


def test_bernoulli_generators_yield_probabilities(made):
    networks, params = made(likelihood="bernoulli")
    x = networks.generate(params, 3 * jax.random.normal(KEY, (20, 2)))
    assert ((x > 0) & (x < 1)).all()


def test_model_samples_are_decoded_draws_of_the_prior(tiny, batch, same):
    model = tiny("ivae_gan", prior_family="gaussian").model
    params = model.init(KEY)
    loc, log_var = model.prior(params, batch.u)
    z = loc + jnp.exp(0.5 * log_var) * jax.random.normal(KEY, loc.shape)
    assert same(model.sample(params, KEY, batch.u), model.decode(params, z))


@pytest.mark.parametrize("preset", ["vae", "ivae", "gan", "bigan", "vae_gan", "ivae_gan"])
def test_model_shapes(tiny, batch, preset):
    model = tiny(preset).model
    params = model.init(KEY)
    assert [part.shape for part in model.encode(params, batch.x, batch.u)] == [(8, 2)] * 2
    described = 4 if preset == "ivae_gan" else 2  # its law has two shapes
    assert [part.shape for part in model.prior(params, batch.u)] == [(8, 2)] * described
    assert model.sample(params, KEY, batch.u).shape == (8, 3)


@pytest.mark.parametrize(
    "config",
    [
        {"prior_depth": 1, "posterior": "x,u"},
        {"critic_conditioning": "projection", "critic_norm": "spectral"},
        {"packing": 2, "depth": 1},
    ],
)
def test_codes_of_levels_stand_for_their_one_hot_rows(make_pass, data, config):
    seen = make_pass(**config)
    coded = Pass(seen.nets, seen.params, seen.batch._replace(u=data.u[0, : len(seen.batch.x)]),
                 jax.random.key(7), seen.hyperparameters)  # fmt: skip
    for one, other in zip(seen.prior, coded.prior, strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("kl", "latent_reconstruction", "adv_d"):
        np.testing.assert_allclose(TERMS[name](seen), TERMS[name](coded), rtol=2e-5, err_msg=name)


def test_gradients_reach_the_rows_that_were_looked_up(make_pass, data):
    seen = make_pass(prior_depth=1)
    codes = data.u[0, : len(seen.batch.x)]

    def kl(params, u):
        return TERMS["kl"](Pass(seen.nets, params, seen.batch._replace(u=u),
                                jax.random.key(7), seen.hyperparameters))  # fmt: skip

    one, other = (jax.grad(kl)(seen.params, u)["prior"] for u in (seen.batch.u, codes))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), one, other)


def test_many_levels_are_looked_up_and_few_are_one_hot():
    x, u = jnp.zeros((3, 2)), jnp.arange(3)
    assert as_batch(x, u, MOST_ONE_HOT).u.shape == (3, MOST_ONE_HOT)
    assert as_batch(x, u, MOST_ONE_HOT + 1).u.shape == (3,)
