"""Conditional priors, one entry per family: what a family is, a mixture, and the table.

A prior is described by `loc` and `log_var`, the logarithm of its *variance*, whatever the family,
so that families can be exchanged without rescaling anything else; a family may have numbers beside
them for the shape of its law, alike for all u. All log densities are in nats, elementwise over
dimensions.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ivaegan_jax.models.distributions import (
    LOG_2PI,
    Broadcast,
    Latent,
    flat_kl,
    flat_log_prob,
    flat_sample,
    gaussian_kl,
    gaussian_log_prob,
    gaussian_sample,
    laplace_kl,
    laplace_log_prob,
    laplace_sample,
)
from ivaegan_jax.types import Registry, fields_of

SHARE_RATE = 3.0
"""Of a share's logit per unit of the parameter, so that it settles within some thousand steps."""

ORDER_AND_SCALE, ROTATION = "order and scale", "rotation"
ORDER_AND_FUNCTION = "order and a function of each latent"
"""What a theorem leaves open of the latents."""


class Known(NamedTuple):
    """What is proved of a family when u moves certain parameters of every latent.

    Attributes:
      statistics: k, how many sufficient statistics of each latent u moves; of a family that is no
        exponential one 2, the first two derivatives of its log density; 0 where that is not known.
      leaves: what stays open where u takes n k + 1 values, one of the constants above; empty where
        nothing is proved.
    """

    statistics: int = 0
    leaves: str = ""


class Theory(NamedTuple):
    """What is proved of a family, by what u moves (`ModelConfig.modulation`); else nothing."""

    both: Known = Known()
    variance: Known = Known()
    mean: Known = Known()


class PriorFamily(NamedTuple):
    """One family Q of `p(z_i|u)` (Khemakhem et al. 2020, eq. 7).

    Its functions take the shapes of the law after log_var, `[..., dim_z]` each, where it has some.

    Attributes:
      log_prob: `(z, loc, log_var) -> log p(z_i|u)`.
      sample: `(key, loc, log_var) -> z`, reparameterised in loc and log_var.
      log_prob_pairs: `(z [rows, dim_z], loc [priors, dim_z], log_var [priors, dim_z]) ->`
        log density of every row under every prior, `[rows, priors]`, summed over dimensions.
      kl: `(mu, log_var_q, loc, log_var) -> KL(N(mu, exp log_var_q) || p(z_i|u))`, or a bound from
        above.
      theory: what is proved of it.
      shapes: how many numbers describe the shape of each latent's law, any real ones, 0 to begin
        with; they are learned and alike for all u.
    """

    log_prob: Callable[..., jax.Array]
    log_prob_pairs: Callable[..., jax.Array]
    sample: Callable[..., jax.Array]
    kl: Callable[..., jax.Array]
    theory: Theory = Theory()
    shapes: int = 0


def pairs_of(log_prob: Callable[..., jax.Array]) -> Callable[..., jax.Array]:
    """`PriorFamily.log_prob_pairs` from `log_prob`.

    A sum over all pairs, which the compiler does not hold dimension by dimension. The product
    `T(z) . lambda` of sufficient statistics and natural parameters is the same on paper, but its
    terms cancel where a prior is narrow and far from 0: 5.6 nats were lost at `log_var = -12` in
    float32.
    """

    def log_prob_pairs(z: jax.Array, *prior: jax.Array) -> jax.Array:
        return jnp.sum(log_prob(z[:, None], *(each[None] for each in prior)), axis=-1)

    return log_prob_pairs


def kl_of(log_prob: Callable[..., jax.Array], nodes: int) -> Callable[..., jax.Array]:
    """`PriorFamily.kl` from `log_prob`, by Gauss-Hermite quadrature over each latent.

    Args:
      log_prob: of the family.
      nodes: of the quadrature, which is exact for polynomials up to the degree `2 nodes - 1`.
    """
    at, weight = np.polynomial.hermite_e.hermegauss(nodes)

    def kl(mu: jax.Array, log_var_q: jax.Array, *prior: jax.Array) -> jax.Array:
        z = mu[..., None] + jnp.exp(0.5 * log_var_q)[..., None] * at
        log_p = log_prob(z, *(each[..., None] for each in prior))
        mean = log_p @ jnp.asarray(weight / weight.sum(), log_p.dtype)
        return -0.5 * (LOG_2PI + 1.0 + log_var_q) - mean

    return kl


def as_prior_family(piece: Any) -> PriorFamily:
    """A family from `log_prob` and `sample` at least; the rest follows from `log_prob`."""
    own = {"log_prob_pairs": pairs_of(piece.log_prob), "kl": kl_of(piece.log_prob, 32)}
    return fields_of(PriorFamily, piece, **own)


def mixture_of(*laws: PriorFamily, theory: Theory) -> PriorFamily:
    """A mixture of laws of one mean and one variance, whose shares are learned.

    Its shapes are the logits of all shares but the last, over `SHARE_RATE`; 0 makes all equal. A
    draw is reparameterised in mean and variance, and has no gradient in the shares. Its divergence
    is by quadrature, not the mean of theirs: that bounds it, but far out the flat law's part of it
    is the eighth power of the distance.
    """

    def log_prob(z: Broadcast, loc: Broadcast, log_var: Broadcast, *shapes: Broadcast) -> Broadcast:
        shares = log_shares(shapes)
        return log_sum(
            [s + law.log_prob(z, loc, log_var) for s, law in zip(shares, laws, strict=True)]
        )

    def sample(key: jax.Array, loc: Latent, log_var: Latent, *shapes: Latent) -> Latent:
        key_law, *keys = jax.random.split(key, 1 + len(laws))
        draws = [law.sample(own, loc, log_var) for own, law in zip(keys, laws, strict=True)]
        left, drawn = jax.random.uniform(key_law, jnp.shape(loc)), draws[-1]
        for draw, share in zip(draws[:-1], log_shares(shapes)[:-1], strict=True):
            drawn = jnp.where((left >= 0) & (left < jnp.exp(share)), draw, drawn)
            left = left - jnp.exp(share)
        return drawn

    kl = kl_of(log_prob, 16)
    return PriorFamily(log_prob, pairs_of(log_prob), sample, kl, theory, len(laws) - 1)


def log_shares(shapes: Sequence[Broadcast]) -> list[Broadcast]:
    """Logarithms of the shares of a mixture, the last of which has the logit 0."""
    logits = [SHARE_RATE * shape for shape in shapes]
    logits.append(jnp.zeros_like(logits[0]))
    total = log_sum(logits)
    return [logit - total for logit in logits]


def log_sum(terms: Sequence[Broadcast]) -> Broadcast:
    """Logarithm of the sum of exponentials, term by term.

    Written out, since the compiler holds the whole stack that `logsumexp` takes.
    """
    largest = jax.lax.stop_gradient(functools.reduce(jnp.maximum, terms))
    return largest + jnp.log(sum(jnp.exp(term - largest) for term in terms))


GAUSSIAN = PriorFamily(
    gaussian_log_prob, pairs_of(gaussian_log_prob), gaussian_sample, gaussian_kl,
    Theory(Known(2, ORDER_AND_SCALE), Known(1, ORDER_AND_SCALE), Known(1, ROTATION)),
)  # fmt: skip
# where the centre moves it is no exponential family: its width is the one statistic there is
LAPLACE = PriorFamily(
    laplace_log_prob, pairs_of(laplace_log_prob), laplace_sample, laplace_kl,
    Theory(Known(1), Known(1, ORDER_AND_SCALE), Known(1)),
)  # fmt: skip
FLAT = PriorFamily(flat_log_prob, pairs_of(flat_log_prob), flat_sample, flat_kl,
                   Theory(Known(), Known(1, ORDER_AND_SCALE), Known()))  # fmt: skip
# no exponential family: Hyvärinen et al. 2019, theorem 1, see docs/mathematics.md; where means
# alone move, the Gaussian that it may come near to leaves a rotation
MIXED = Theory(Known(2, ORDER_AND_FUNCTION), Known(2, ORDER_AND_FUNCTION), Known())

PRIOR_FAMILIES = Registry[PriorFamily]("prior family", as_prior_family, {
    "gaussian": GAUSSIAN,
    "laplace": LAPLACE,
    "flat": FLAT,
    "gaussian_laplace": mixture_of(LAPLACE, GAUSSIAN, theory=MIXED),
    "learned_tails": mixture_of(LAPLACE, FLAT, GAUSSIAN, theory=MIXED),
})  # fmt: skip
