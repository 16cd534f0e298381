import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from scipy.integrate import quad

from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.likelihoods import LIKELIHOODS

SHAPE = 0.2


class Mixed:
    """The mixture of a Gaussian and a Laplace law, in float64."""

    def __init__(self, loc, var):
        self.laws = SCIPY["laplace"](loc, var), SCIPY["gaussian"](loc, var)
        self.share = 1 / (1 + np.exp(-3 * SHAPE))

    def logpdf(self, z):
        return np.log(self.share * self.laws[0].pdf(z) + (1 - self.share) * self.laws[1].pdf(z))

    def cdf(self, z):
        return self.share * self.laws[0].cdf(z) + (1 - self.share) * self.laws[1].cdf(z)


SCIPY = {
    "gaussian": lambda loc, var: scipy.stats.norm(loc, np.sqrt(var)),
    "laplace": lambda loc, var: scipy.stats.laplace(loc, np.sqrt(var / 2)),
    "gaussian_laplace": Mixed,
}
FAMILIES = sorted(PRIOR_FAMILIES)


def shapes_of(family, like):
    """What the functions of a family take after the log variance."""
    return [jnp.full(np.shape(like), SHAPE)] * PRIOR_FAMILIES[family].shapes


# (mu, log variance) of the posterior, (loc, log variance) of the prior
PAIRS = [(0.0, 0.0, 0.0, 0.0), (0.3, -1.0, -0.5, 0.7), (-2.0, 1.0, 1.0, -1.0), (4.0, -3.0, 0.0, 2)]


def column(*numbers):
    return [jnp.array([number], jnp.float32) for number in numbers]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("pair", PAIRS)
def test_kl_equals_quadrature(family, pair):
    mu, log_var_q, loc, log_var = pair
    q = SCIPY["gaussian"](mu, np.exp(log_var_q))
    p = SCIPY[family](loc, np.exp(log_var))
    low, high = mu - 12 * q.std(), mu + 12 * q.std()
    kink = [loc] if low < loc < high else None
    expected, _ = quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), low, high, points=kink)
    kl = float(PRIOR_FAMILIES[family].kl(*column(*pair), *shapes_of(family, [0]))[0])
    if family == "gaussian_laplace":  # a bound from above
        assert kl >= expected - 1e-6
    else:
        assert kl == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_log_prob_equals_scipy(family):
    rng = np.random.default_rng(0)
    z, loc, log_var = rng.normal(size=(3, 50)).astype(np.float32)
    ours = PRIOR_FAMILIES[family].log_prob(
        *map(jnp.asarray, (z, loc, log_var)), *shapes_of(family, loc)
    )
    np.testing.assert_allclose(ours, SCIPY[family](loc, np.exp(log_var)).logpdf(z), rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_log_prob_of_pairs_is_that_of_each_row_under_each_prior(family):
    rng = np.random.default_rng(1)
    z, (loc, log_var) = rng.normal(size=(7, 3)), rng.normal(size=(2, 4, 3)) * [[[5.0]], [[1.0]]]
    pairs = PRIOR_FAMILIES[family].log_prob_pairs(
        *map(jnp.float32, (z, loc, log_var)), *shapes_of(family, loc)
    )
    expected = SCIPY[family](loc, np.exp(log_var)).logpdf(z[:, None]).sum(-1)
    np.testing.assert_allclose(pairs, expected, rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_samples_follow_the_density(family):
    loc, log_var = jnp.full((1, 20_000), 1.5), jnp.full((1, 20_000), 0.8)
    shapes = shapes_of(family, loc)
    z = np.asarray(PRIOR_FAMILIES[family].sample(jax.random.key(0), loc, log_var, *shapes))[0]
    assert z.mean() == pytest.approx(1.5, abs=0.05)
    assert z.var() == pytest.approx(np.exp(0.8), rel=0.05)
    assert scipy.stats.kstest(z, SCIPY[family](1.5, np.exp(0.8)).cdf).pvalue > 0.01


@pytest.mark.parametrize("key", [jax.random.key(1), jax.random.key(2)])
@pytest.mark.parametrize("family", FAMILIES)
def test_samples_are_reparameterised(family, key):
    def draw(numbers):
        shapes = shapes_of(family, [0])
        return PRIOR_FAMILIES[family].sample(key, numbers[:1], numbers[1:], *shapes)[0]

    numbers = jnp.array([0.5, 0.2])
    by_loc, by_log_var = jax.grad(draw)(numbers)
    assert by_loc == pytest.approx(1.0)
    assert float(by_log_var) == pytest.approx(float(0.5 * (draw(numbers) - 0.5)), rel=1e-4)


@pytest.mark.parametrize(("shape", "law"), [(-20.0, "gaussian"), (20.0, "laplace")])
@pytest.mark.parametrize("pair", PAIRS)
def test_a_mixture_of_one_law_alone_is_that_law(shape, law, pair):
    mixed, alone = PRIOR_FAMILIES["gaussian_laplace"], PRIOR_FAMILIES[law]
    own = column(shape)
    np.testing.assert_allclose(mixed.kl(*column(*pair), *own), alone.kl(*column(*pair)), 1e-6, 1e-9)
    numbers = column(*pair[1:])
    np.testing.assert_allclose(mixed.log_prob(*numbers, *own), alone.log_prob(*numbers), rtol=1e-6)


def test_the_share_of_heavy_tails_is_learned_from_a_sample():
    mixed, zeros = PRIOR_FAMILIES["gaussian_laplace"], jnp.zeros(2)
    rng = np.random.default_rng(0)
    z = jnp.array([rng.normal(size=4000), rng.laplace(scale=np.sqrt(0.5), size=4000)]).T

    def loss(shape):
        return -jnp.mean(jnp.sum(mixed.log_prob(z, zeros, zeros, shape), axis=1))

    step = jax.jit(lambda shape: shape - 0.5 * jax.grad(loss)(shape))
    shape = zeros
    for _ in range(400):
        shape = step(shape)
    gaussian, laplace = jax.nn.sigmoid(3 * shape)
    assert gaussian < 0.2
    assert laplace > 0.8


def test_kl_of_equal_gaussians_is_zero():
    np.testing.assert_allclose(
        PRIOR_FAMILIES["gaussian"].kl(*column(1.3, -0.4, 1.3, -0.4)), 0, atol=1e-6
    )


def test_gaussian_nll_at_its_own_mean_is_the_normaliser():
    x = jnp.array([[0.2, -3.0]])
    nll = LIKELIHOODS["gaussian"].nll(x, x, jnp.log(0.25))
    np.testing.assert_allclose(nll, 0.5 * np.log(2 * np.pi * 0.25), rtol=1e-6)


def test_narrow_priors_far_from_0_lose_nothing_to_rounding():
    rng = np.random.default_rng(0)
    loc, log_var = rng.normal(size=(40, 5)) * 5, np.full((40, 5), -12.0)
    z = np.float32(loc + np.exp(-6) * rng.normal(size=(40, 5)))
    loc = np.float32(loc)
    exact = scipy.stats.norm(loc.astype(float), np.exp(-6)).logpdf(z[:, None].astype(float)).sum(-1)
    pairs = PRIOR_FAMILIES["gaussian"].log_prob_pairs(*map(jnp.float32, (z, loc, log_var)))
    np.testing.assert_allclose(pairs, exact, rtol=1e-5, atol=1e-3)


def test_no_array_of_rows_by_priors_by_dimensions_is_held():
    rows, priors, dim = 500, 400, 8
    shapes = [jax.ShapeDtypeStruct((n, dim), jnp.float32) for n in (rows, priors, priors)]
    for family in PRIOR_FAMILIES.values():
        of_law = shapes[-1:] * family.shapes
        program = jax.jit(family.log_prob_pairs).lower(*shapes, *of_law).compile()
        assert program.memory_analysis().temp_size_in_bytes < 4 * rows * priors


def test_gaussian_nll_equals_scipy():
    x, mean = jnp.array([[0.2, -3.0]]), jnp.array([[1.0, -2.0]])
    nll = LIKELIHOODS["gaussian"].nll(x, mean, jnp.log(0.3))
    np.testing.assert_allclose(nll, -SCIPY["gaussian"](mean, 0.3).logpdf(x), rtol=1e-5)


def test_gaussian_mean_is_the_raw_output():
    x_logit = jnp.array([[1.0, -7.0]])
    np.testing.assert_array_equal(LIKELIHOODS["gaussian"].mean(x_logit), x_logit)


@pytest.mark.parametrize("x", [0.0, 0.3, 1.0])
def test_bernoulli_nll_is_the_cross_entropy_with_its_mean(x):
    x_logit = jnp.linspace(-4.0, 4.0, 9)
    p = np.asarray(LIKELIHOODS["bernoulli"].mean(x_logit), np.float64)
    nll = LIKELIHOODS["bernoulli"].nll(jnp.full(9, x), x_logit, jnp.zeros(()))
    np.testing.assert_allclose(nll, -x * np.log(p) - (1 - x) * np.log(1 - p), rtol=1e-4)


def test_bernoulli_nll_is_finite_for_extreme_logits():
    nll = LIKELIHOODS["bernoulli"].nll(jnp.ones(2), jnp.array([-500.0, 500.0]), jnp.zeros(()))
    np.testing.assert_allclose(nll, [500.0, 0.0])
