"""The numbers that a verdict on one run rests on; host arrays."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Num
from scipy.stats import ttest_1samp

from ivaegan_jax.metrics import active_units, conditional_residual
from ivaegan_jax.metrics.modulation import (
    Rank,
    moments,
    natural_parameters,
    rank_above_noise,
    sampling_noise,
)
from ivaegan_jax.metrics.rows import is_discrete
from ivaegan_jax.verdict.held_out import HeldOut
from ivaegan_jax.verdict.precondition import Precondition

INFORMATIVE = 0.01
"""Share of a latent's total variance that must follow x beyond u, as in `metrics.active_units`."""


class Findings(NamedTuple):
    """What was found out about one run.

    Attributes:
      active: latents whose posterior mean moves with the data.
      repeating: active latents that follow u alone.
      modulated: natural parameters per latent that u moves at all, 0 to 2.
      means_only: whether these are means alone.
      levels: values of u.
      needed: how many the theorem asks for, `active * modulated + 1`.
      rows_per_level: held-out rows of the middle one of the levels whose noise is known; 0 if none.
      rank: of all natural parameters of the active latents.
      rank_quadratic: of those of z^2 alone, -1 / (2 variance).
      slopes: smallest over largest singular value of the generator's Jacobian, `[some]`.
      information: lower bound on the mutual information of z and u, nats per row.
      p_value: of its being 0, one-sided.
    """

    active: Bool[np.ndarray, " dim_z"]
    repeating: Bool[np.ndarray, " dim_z"]
    modulated: int
    means_only: bool
    levels: int
    needed: int
    rows_per_level: int
    rank: Rank
    rank_quadratic: Rank
    slopes: Float[np.ndarray, " some"]
    information: float
    p_value: float


def find(run: Precondition, held_out: HeldOut) -> Findings:
    """All findings on one run."""
    active = active_units(run.mu, run.log_var)
    blocks = [bool(np.ptp(each, axis=0).max() > 1e-6) for each in (run.loc, run.prior_log_var)]
    quadratic, rank = ranks(run, held_out, active)
    information, p_value = information_on_u(run, held_out)
    return Findings(
        active=active,
        repeating=active & ~informative_units(run, held_out.u),
        modulated=sum(blocks),
        means_only=blocks == [True, False],
        levels=held_out.levels,
        needed=int(active.sum()) * sum(blocks) + 1,
        rows_per_level=int(np.median([len(rows) for rows, _ in held_out.counts] or [0])),
        rank=rank,
        rank_quadratic=quadratic,
        slopes=slope_ratios(run, active),
        information=information,
        p_value=p_value,
    )


def informative_units(run: Precondition, u: Num[np.ndarray, "rows ..."]) -> np.ndarray:
    """Latents `[dim_z]` whose posterior mean moves with x where u is held fixed."""
    total = run.mu.var(axis=0) + np.exp(run.log_var).mean(axis=0)
    return np.square(conditional_residual(run.mu, u)).mean(axis=0) > INFORMATIVE * total


def ranks(run: Precondition, held_out: HeldOut, active: np.ndarray) -> tuple[Rank, Rank]:
    """Ranks of the learned prior, of z^2 alone and of z and z^2, against held-out noise.

    Every latent is divided by its standard deviation first. Noise is that of the encoded held-out
    rows: fewer than the prior was trained on, so that what training adds to it is covered.
    """
    if not active.any() or not held_out.counts:
        none = Rank(0, np.zeros(0), np.nan)
        return none, none
    scale = run.mu.std(axis=0)[active]
    z, loc = run.mu[:, active] / scale, run.loc[:, active] / scale
    variance = np.exp(run.prior_log_var[:, active]) / np.square(scale)
    once = [(rows, np.ones((1, len(rows)))) for rows, _ in held_out.counts]
    within, between = moments(loc, once)[1][0], [variance[rows].mean(0) for rows, _ in once]
    mean = moments(loc, once)[0][0]
    learned = natural_parameters(mean, np.stack(between) + within)
    noise, dim = sampling_noise(z, held_out.counts), len(scale)
    return rank_above_noise(learned[:, dim:], noise[..., dim:]), rank_above_noise(learned, noise)


def slope_ratios(run: Precondition, active: np.ndarray) -> Float[np.ndarray, " some"]:
    """Smallest over largest singular value of the Jacobian, active latents at scale 1; 0 for none.

    From products in single precision: what lies below 3e-4 is no different from 0.
    """
    if not active.any():
        return np.zeros(len(run.slope))
    scale = run.mu.std(axis=0)[active].astype(float)
    slope = run.slope[:, active][:, :, active] * scale[:, None] * scale
    squares = np.maximum(np.linalg.eigvalsh(slope), 0.0)
    smallest, largest = squares[:, 0], squares[:, -1]
    return np.sqrt(np.divide(smallest, largest, out=np.zeros_like(largest), where=largest > 0))


def information_on_u(run: Precondition, held_out: HeldOut) -> tuple[float, float]:
    """Lower bound on I(z; u) and the p-value of `<= 0`, from posterior means.

    `E log p(z|u) / E' p(z|u')` is `E log q(u|z) / p(u)` with Bayes' rule in the learned prior, a
    bound for any prior (Barber and Agakov 2003); for a continuous u the row's own u joins the
    references, which keeps it one (van den Oord et al. 2018). Where z and u are independent its
    mean is 0 or below, so the one-sided t-test rejects less often than its level (measured in
    `results/calibration`): never in nine runs trained on a shuffled u (B1, digits), all below 0.
    """
    log_marginal = run.log_marginal
    if not is_discrete(held_out.u):
        own = 1 / (len(held_out.references) + 1)
        log_marginal = np.logaddexp(run.log_prior + np.log(own), log_marginal + np.log1p(-own))
    gain = (run.log_prior - log_marginal).astype(float)
    if np.ptp(gain) < 1e-6:
        return float(gain.mean()), 1.0
    test = ttest_1samp(gain, 0.0, alternative="greater")
    return float(gain.mean()), float(test.pvalue)  # pyright: ignore[reportAttributeAccessIssue]
