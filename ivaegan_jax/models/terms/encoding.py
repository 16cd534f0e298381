"""Terms of the encoder and the conditional prior alone: neither generator nor critic takes part."""

import math
from typing import cast

import jax.numpy as jnp
from jax.nn import logsumexp

from ivaegan_jax.models.linalg import log_volume
from ivaegan_jax.models.terms.forward import (
    BOUND,
    Pass,
    batch_mean,
    rows_and_jacobian,
    sees_u_by,
    terms_of,
)
from ivaegan_jax.types import Scalar


@sees_u_by(*BOUND)
def flow_likelihood(run: Pass) -> Scalar:
    """Flow likelihood: `-log p(x|u)` by change of variables at the posterior mean, without noise.

    `-log p(E(x)|u) - 1/2 log det(J J^T)` with J the encoder's Jacobian: exact where x and z have
    one dimension and E is injective (Gresele et al. 2020, eq. 4), which the other terms ensure.
    """
    u = run.batch.u
    mu, jacobian = rows_and_jacobian(lambda x: run.nets.encode(run.params, x, u)[0], run.batch.x)
    log_prob = jnp.sum(run.nets.family.log_prob(mu, *run.prior), axis=-1)
    return -jnp.mean(log_prob + log_volume(jacobian))


def infonce(run: Pass) -> Scalar:
    """InfoNCE: which u of the batch belongs to x, classified by the densities p(z|u) at the mean.

    Time-contrastive learning (Hyvärinen & Morioka 2016) with the exponential family itself as
    its last layer, and the batch's own u as the alternatives (van den Oord et al. 2018, eq. 4),
    so that levels of any frequency, and a continuous u, are treated alike.
    """
    mu = run.posterior[0]
    pairs = run.nets.family.log_prob_pairs(mu, *run.prior)
    return jnp.mean(logsumexp(pairs, axis=1) - jnp.diagonal(pairs)) - math.log(len(mu))


def supervised(run: Pass) -> Scalar:
    """Squared error of the posterior mean against the true sources: a ceiling, not a method."""
    s = cast(jnp.ndarray, run.batch.s)  # a study without them is refused
    return batch_mean(jnp.square(run.posterior[0] - s))


TERMS = terms_of(flow_likelihood, infonce, supervised)
