"""Laws of observations against SciPy's, their draws against their own densities."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from ivaegan_jax.models.counting import rate, rate_slope
from ivaegan_jax.models.likelihoods import LIKELIHOODS, as_likelihood
from ivaegan_jax.types import counts_as_seen, counts_of

VARIANCE = 0.3


def scaled(law, **shape):
    """The law of SciPy with the variance of the tests, around a mean."""
    scale = np.sqrt(VARIANCE / law(**shape).var())
    return lambda mean: law(loc=mean, scale=scale, **shape)


def nbinom(mean):
    size = 1 / VARIANCE
    return scipy.stats.nbinom(size, size / (size + mean))


class Inflated:
    """A Poisson law and zeros beside it, of odds `VARIANCE`, around a mean."""

    def __init__(self, mean):
        self.counts, self.zeros = scipy.stats.poisson(mean * (1 + VARIANCE)), VARIANCE

    def logpmf(self, counts):
        chance = self.counts.pmf(counts) + self.zeros * (counts == 0)
        return np.log(chance / (1 + self.zeros))

    def cdf(self, counts):
        return (self.counts.cdf(counts) + self.zeros) / (1 + self.zeros)


REAL = {
    "gaussian": scaled(scipy.stats.norm),
    "laplace": scaled(scipy.stats.laplace),
    "student_t": scaled(scipy.stats.t, df=4),
}
WHOLE = {"poisson": scipy.stats.poisson, "negative_binomial": nbinom,
         "zero_inflated_poisson": Inflated}  # fmt: skip
LOG_VAR = jnp.log(VARIANCE)
NLL = {law: jax.jit(piece.nll) for law, piece in LIKELIHOODS.items()}
DRAW = {law: jax.jit(piece.draw) for law, piece in LIKELIHOODS.items()}


@pytest.mark.parametrize("law", REAL)
def test_densities_of_real_numbers_are_those_of_scipy(law):
    x, mean = np.linspace(-3, 4, 29), 0.7
    found = NLL[law](jnp.float32(x), jnp.full(29, mean), LOG_VAR)
    np.testing.assert_allclose(found, -REAL[law](mean).logpdf(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("law", REAL)
def test_draws_of_real_numbers_follow_their_density(law):
    x = DRAW[law](jax.random.key(0), jnp.full(20_000, 0.7), LOG_VAR)
    assert scipy.stats.kstest(np.asarray(x), REAL[law](0.7).cdf).pvalue > 0.01


@pytest.mark.parametrize("law", WHOLE)
@pytest.mark.parametrize("raw", [-1.0, 0.3, 2.0, 9.0])
def test_probabilities_of_counts_are_those_of_scipy(law, raw):
    counts = np.arange(40.0)
    mean = float(rate(jnp.float32(raw)))
    x = counts_as_seen(jnp.float32(counts))
    found = NLL[law](x, jnp.full(40, raw), LOG_VAR)
    np.testing.assert_allclose(found, -WHOLE[law](mean).logpmf(counts), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("law", WHOLE)
@pytest.mark.parametrize(("raw", "close"), [(-1.0, 0.01), (0.3, 0.01), (4.0, 0.01), (15.0, 0.03)])
def test_draws_of_counts_follow_their_law(law, raw, close):
    x = DRAW[law](jax.random.key(1), jnp.full(40_000, raw), LOG_VAR)
    counts = np.asarray(counts_of(x))
    whole = np.round(counts)
    np.testing.assert_allclose(counts, whole, atol=1e-2)
    expected = WHOLE[law](float(rate(jnp.float32(raw))))
    steps = np.arange(whole.max() + 1)
    reached = np.searchsorted(np.sort(whole), steps, side="right") / len(whole)
    assert np.max(np.abs(reached - expected.cdf(steps))) < close


@pytest.mark.parametrize("law", ["negative_binomial", "zero_inflated_poisson"])
def test_without_dispersion_counts_are_of_a_poisson_law(law):
    raw, x = jnp.linspace(-1.0, 5.0, 7), counts_as_seen(jnp.arange(7.0))
    poisson, other = LIKELIHOODS["poisson"], LIKELIHOODS[law]
    found = other.nll(x, raw, jnp.log(1e-4))
    np.testing.assert_allclose(found, poisson.nll(x, raw, LOG_VAR), rtol=0.01, atol=0.01)


def test_counts_that_are_drawn_move_with_their_rate():
    @jax.jit
    @jax.grad
    def slope(raw):
        x = LIKELIHOODS["poisson"].draw(jax.random.key(2), jnp.full(50_000, raw), LOG_VAR)
        return jnp.mean(counts_of(x))

    for raw in (0.2, 1.5, 4.0):
        expected = float(rate_slope(jnp.float32(raw)))
        assert float(slope(raw)) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("law", [*REAL, *WHOLE, "bernoulli"])
def test_information_is_the_mean_squared_slope_of_the_density(law):
    piece, raw = LIKELIHOODS[law], jnp.full(100_000, 0.8)
    x = DRAW[law](jax.random.key(3), raw, LOG_VAR)
    slope = jax.grad(lambda raw: jnp.sum(NLL[law](x, raw, LOG_VAR)))(raw)
    expected = float(piece.information(raw[:1], LOG_VAR)[0])
    assert float(jnp.mean(jnp.square(slope))) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("law", [*REAL, *WHOLE, "bernoulli"])
def test_the_mean_is_that_of_what_is_drawn(law):
    piece, raw = LIKELIHOODS[law], jnp.full(100_000, 0.8)
    own = counts_of if piece.values == "counts" else lambda x: x
    drawn = own(DRAW[law](jax.random.key(4), raw, LOG_VAR))
    assert float(drawn.mean()) == pytest.approx(float(own(piece.mean(raw[:1]))[0]), rel=0.03)


def test_the_slope_of_the_rate_is_its_derivative():
    raw = jnp.linspace(-2.0, 6.0, 9)
    np.testing.assert_allclose(rate_slope(raw), jax.vmap(jax.grad(rate))(raw), rtol=1e-5)


def test_counts_come_back_from_what_is_seen_of_them():
    counts = np.array([0.0, 1.0, 7.0, 1e4])
    np.testing.assert_allclose(counts_of(counts_as_seen(counts)), counts, atol=1e-9)
    assert counts_as_seen(np.zeros(1))[0] == 0


def test_a_law_that_was_written_before_says_what_it_takes():
    class Old:
        nll, mean, information, standardised = (lambda *a: a,) * 3 + (False,)

    assert as_likelihood(Old).values == "unit"
    assert as_likelihood(Old).draw is None
