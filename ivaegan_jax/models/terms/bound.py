"""Terms of the evidence lower bound, whole, decomposed, or under a mixture posterior."""

import math

import jax
import jax.numpy as jnp
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.models.distributions import gaussian_log_prob
from ivaegan_jax.models.terms.forward import BOUND, Pass, batch_mean, sees_u_by, terms_of
from ivaegan_jax.types import Scalar


def distortion(run: Pass) -> Scalar:
    """`-E_q log p(x|z)`, one sample (Khemakhem et al. 2020, eq. 8, first part).

    Reported, never minimised.
    """
    return batch_mean(run.nets.likelihood.nll(run.batch.x, *run.recon))


@sees_u_by("encoder")
def nll(run: Pass) -> Scalar:
    """What is minimised of it: on one scale for noise of any size."""
    return run.bound_scale * distortion(run)


@sees_u_by("encoder")
def nll_mean(run: Pass) -> Scalar:
    """`-log p(x|z)` at the posterior mean: for models whose posterior has no trained variance."""
    at_mean = run.nets.decode(run.params, run.posterior[0], run.hyperparameters)
    return run.bound_scale * batch_mean(run.nets.likelihood.nll(run.batch.x, *at_mean))


def divergence(run: Pass) -> Scalar:
    """`KL(q(z|x) || p(z|u))`, closed form (eq. 8, second part). Reported, never minimised."""
    return jnp.sum(_divergence_per_latent(run))


@sees_u_by(*BOUND)
def kl(run: Pass) -> Scalar:
    """What is minimised of it: each latent counts as `free_bits` at least.

    A latent's mean over the batch is what counts (Kingma et al. 2016, eq. 15).
    """
    return jnp.sum(jnp.maximum(_divergence_per_latent(run), run.hyperparameters.free_bits))


def _divergence_per_latent(run: Pass) -> Float[Array, " dim_z"]:
    return jnp.mean(run.nets.family.kl(*run.posterior, *run.prior), axis=0)


def _aggregate(run: Pass) -> tuple[jax.Array, jax.Array, jax.Array]:
    """`log q(z|x) [batch]`, `log q(z) [batch]`, `log q(z_i) [batch, dim_z]`.

    Minibatch-weighted sampling over the batch (Chen et al. 2018, eq. S5).
    """
    mu, log_var = run.posterior
    pairs = gaussian_log_prob(run.z[:, None], mu[None], log_var[None])
    norm = math.log(run.z.shape[0] * run.nets.dims.rows)
    log_q_given_x = jnp.sum(jnp.diagonal(pairs), axis=0)
    return (
        log_q_given_x,
        logsumexp(jnp.sum(pairs, -1), axis=1) - norm,
        logsumexp(pairs, axis=1) - norm,
    )


@sees_u_by(*BOUND)
def mi(run: Pass) -> Scalar:
    """`E log q(z|x) - log q(z)`: index-code mutual information."""
    log_q_given_x, log_q, _ = _aggregate(run)
    return jnp.mean(log_q_given_x - log_q)


@sees_u_by(*BOUND)
def tc(run: Pass) -> Scalar:
    """`E log q(z) - sum_i log q(z_i)`: total correlation."""
    _, log_q, log_q_each = _aggregate(run)
    return jnp.mean(log_q - jnp.sum(log_q_each, -1))


@sees_u_by(*BOUND)
def dim_kl(run: Pass) -> Scalar:
    """`E sum_i log q(z_i) - log p(z_i|u)`: dimension-wise KL."""
    _, _, log_q_each = _aggregate(run)
    return batch_mean(log_q_each - run.nets.family.log_prob(run.z, *run.prior))


def mixture_nll(run: Pass) -> Scalar:
    """`-E log p(x|z)` under the mixture of q(z|x) and q(z|x,u) (Kim et al. 2023)."""
    with_u = run.nets.decode(run.params, run.z_with_u, run.hyperparameters)
    share = run.hyperparameters.mixture
    other = batch_mean(run.nets.likelihood.nll(run.batch.x, *with_u))
    return run.bound_scale * (share * distortion(run) + (1 - share) * other)


def mixture_kl(run: Pass) -> Scalar:
    """`KL(m || p(z|u))` of the mixture `m = a q + (1 - a) q_u`, q_u being q(z|x,u).

    `E_m log m/p = a KL(q||p) + (1 - a) KL(q_u||p) - [a KL(q||m) + (1 - a) KL(q_u||m)]`: the
    bracket, a skewed Jensen-Shannon divergence, is never negative and is *subtracted* from what
    is minimised. It has no closed form and is estimated with one draw from each part.
    """
    share, prior = run.hyperparameters.mixture, run.prior
    parts = ((share, run.posterior, run.z), (1 - share, run.posterior_with_u, run.z_with_u))
    total = jnp.zeros(())
    for weight, own, z in parts:
        log_q, log_q_u = (
            jnp.sum(gaussian_log_prob(z, *each), axis=-1)
            for each in (run.posterior, run.posterior_with_u)
        )
        log_m = jnp.logaddexp(jnp.log(share) + log_q, jnp.log1p(-share) + log_q_u)
        log_own = jnp.sum(gaussian_log_prob(z, *own), axis=-1)
        divergence = batch_mean(run.nets.family.kl(*own, *prior))
        total += weight * (divergence - jnp.mean(log_own - log_m))
    return total


TERMS = terms_of(nll, distortion, nll_mean, kl, divergence, mi, tc, dim_kl, mixture_nll, mixture_kl)
