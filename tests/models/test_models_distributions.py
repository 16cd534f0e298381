import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats
from scipy.integrate import quad

from ivaegan_jax.models.families import PRIOR_FAMILIES

SHAPE = 0.2


class Mixed:
    """A mixture of laws of one mean and one variance, in float64; all logits are alike but one."""

    def __init__(self, *names):
        self.names = names

    def __call__(self, loc, var):
        made = Mixed(*self.names)
        made.laws = [SCIPY[name](loc, var) for name in self.names]
        logits = np.exp([3 * SHAPE] * (len(made.laws) - 1) + [0.0])
        made.shares = logits / logits.sum()
        return made

    def pdf(self, z):
        return sum(share * law.pdf(z) for share, law in zip(self.shares, self.laws, strict=True))

    def logpdf(self, z):
        return np.log(self.pdf(z))

    def cdf(self, z):
        return sum(share * law.cdf(z) for share, law in zip(self.shares, self.laws, strict=True))


MIXTURES = {"gaussian_laplace": ("laplace", "gaussian"),
            "learned_tails": ("laplace", "flat", "gaussian")}  # fmt: skip
SCIPY = {
    "gaussian": lambda loc, var: scipy.stats.norm(loc, np.sqrt(var)),
    "laplace": lambda loc, var: scipy.stats.laplace(loc, np.sqrt(var / 2)),
    "flat": lambda loc, var: scipy.stats.gennorm(
        8, loc, np.sqrt(var * scipy.special.gamma(1 / 8) / scipy.special.gamma(3 / 8))
    ),
    **{name: Mixed(*laws) for name, laws in MIXTURES.items()},
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
    close = {"rel": 0.03, "abs": 0.03} if family in MIXTURES else {"rel": 1e-5, "abs": 1e-6}
    assert kl == pytest.approx(expected, **close)  # of mixtures by sixteen nodes


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


def test_a_latent_far_out_costs_no_more_than_in_the_heaviest_law():
    far = column(20.0, -2.0, 0.0, 0.0)
    laplace = float(PRIOR_FAMILIES["laplace"].kl(*far)[0])
    mixed = float(PRIOR_FAMILIES["learned_tails"].kl(*far, *column(0.0, 0.0))[0])
    assert mixed < laplace + np.log(3) + 0.1
    assert float(PRIOR_FAMILIES["flat"].kl(*far)[0]) > 1e6 * laplace


@pytest.mark.parametrize(
    ("family", "shapes", "law"),
    [
        ("gaussian_laplace", [-20.0], "gaussian"),
        ("gaussian_laplace", [20.0], "laplace"),
        ("learned_tails", [-20.0, -20.0], "gaussian"),
        ("learned_tails", [20.0, -20.0], "laplace"),
        ("learned_tails", [-20.0, 20.0], "flat"),
    ],
)
@pytest.mark.parametrize("pair", PAIRS)
def test_a_mixture_of_one_law_alone_is_that_law(family, shapes, law, pair):
    mixed, alone = PRIOR_FAMILIES[family], PRIOR_FAMILIES[law]
    own, numbers = column(*shapes), column(*pair[1:])
    if law != "flat":  # far out a share of nothing of another law is more than all of it
        found = mixed.kl(*column(*pair), *own)
        np.testing.assert_allclose(found, alone.kl(*column(*pair)), 0.03, 0.03)
    if pair[1] > -3:  # where no other law is so much likelier that its share of nothing counts
        expected = alone.log_prob(*numbers)
        np.testing.assert_allclose(mixed.log_prob(*numbers, *own), expected, rtol=1e-5)


def test_the_tails_of_a_sample_are_learned():
    mixed, zeros = PRIOR_FAMILIES["learned_tails"], jnp.zeros(3)
    rng, rows = np.random.default_rng(0), 4000
    laws = (rng.laplace(scale=np.sqrt(0.5), size=rows), rng.uniform(-1, 1, rows) * np.sqrt(3),
            rng.normal(size=rows))  # fmt: skip
    z = jnp.array(laws).T

    def loss(shapes):
        return -jnp.mean(jnp.sum(mixed.log_prob(z, zeros, zeros, *shapes), axis=1))

    step = jax.jit(lambda shapes: shapes - 0.5 * jax.grad(loss)(shapes))
    shapes = jnp.zeros((2, 3))
    for _ in range(600):
        shapes = step(shapes)
    shares = jax.nn.softmax(jnp.concatenate([3 * shapes, zeros[None]]), axis=0)
    assert (jnp.argmax(shares, axis=0) == jnp.arange(3)).all()
    assert (jnp.diagonal(shares) > 0.6).all()
