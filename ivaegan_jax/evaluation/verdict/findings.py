"""The numbers that a verdict on one run rests on; host arrays."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Num
from scipy.stats import ttest_1samp

from ivaegan_jax.evaluation.verdict.held_out import HeldOut
from ivaegan_jax.evaluation.verdict.precondition import Precondition
from ivaegan_jax.metrics import (
    Rank,
    active_units,
    conditional_residual,
    modulated_rank,
    power_of_rank,
)
from ivaegan_jax.models import PRIOR_FAMILIES, Known, Theory

GAUSSIAN = PRIOR_FAMILIES["gaussian"].theory

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
      needed: how many the theorem requires; 0 where there is none.
      rows_per_level: held-out rows of the middle one of the levels.
      rank: of the natural parameters of z^2, -1 / (2 variance), of the active latents.
      power: chance of the test of rank to find what is there, where it did not find all; else 1.
      looked_at: values of u that the test of rank saw.
      slopes: smallest over largest singular value of the generator's Jacobian, `[some]`.
      information: lower bound on the mutual information of z and u, nats per row.
      careful: another one, by a prior that is half in doubt.
      p_value: of there being none, one-sided.
      known: what is proved of the prior's family where u moves what it moves here.
    """

    active: Bool[np.ndarray, " dim_z"]
    repeating: Bool[np.ndarray, " dim_z"]
    modulated: int
    means_only: bool
    levels: int
    needed: int
    rows_per_level: int
    rank: Rank
    power: float
    looked_at: int
    slopes: Float[np.ndarray, " some"]
    information: float
    careful: float
    p_value: float
    known: Known = Known()


def known_where(theory: Theory, means: bool, variances: bool) -> Known:
    """What is proved where u moves these."""
    return theory.both if means and variances else theory.mean if means else theory.variance


def find(run: Precondition, held_out: HeldOut, theory: Theory = GAUSSIAN) -> Findings:
    """All findings on one run, whose prior is of the family that the theory is about."""
    active = active_units(run.mu, run.log_var)
    blocks = [bool(np.ptp(each, axis=0).max() > 1e-6) for each in (run.loc, run.prior_log_var)]
    rank = rank_of(run, held_out, active)
    whole = rank.rank == active.sum() or not blocks[1]
    information, known = information_on_u(run, held_out), known_where(theory, *blocks)
    statistics = known.statistics if any(blocks) else 0
    return Findings(
        active=active,
        repeating=active & ~informative_units(run, held_out.u),
        modulated=sum(blocks),
        means_only=blocks == [True, False],
        levels=held_out.levels,
        needed=int(active.sum()) * statistics + 1 if known.leaves else 0,
        rows_per_level=int(np.median(held_out.by_level.counts)),
        rank=rank,
        power=1.0 if whole else power_of(rank, held_out, int(active.sum())),
        looked_at=len(held_out.by_level.counts),
        slopes=slope_ratios(run, active),
        information=information[0],
        careful=information[1],
        p_value=information[2],
        known=known,
    )


def informative_units(run: Precondition, u: Num[np.ndarray, "rows ..."]) -> np.ndarray:
    """Latents `[dim_z]` whose posterior mean moves with x where u is held fixed."""
    total = run.mu.var(axis=0) + np.exp(run.log_var).mean(axis=0)
    return np.square(conditional_residual(run.mu, u)).mean(axis=0) > INFORMATIVE * total


def rank_of(run: Precondition, held_out: HeldOut, active: np.ndarray) -> Rank:
    """Rank of the learned prior, held against held-out rows; latents at standard deviation 1."""
    if not active.any() or len(held_out.by_level.counts) < 2:
        return Rank(0, np.zeros(0), np.nan)
    scale = run.mu.std(axis=0)[active]
    z, loc = run.mu[:, active] / scale, run.loc[:, active] / scale
    variance = np.exp(run.prior_log_var[:, active]) / np.square(scale)
    return modulated_rank(z, loc, variance, held_out.by_level)


def power_of(rank: Rank, held_out: HeldOut, active: int) -> float:
    """Chance of the test of rank on these rows to find what is there; 0 where it cannot be made."""
    if not len(rank.singular):
        return 0.0
    return power_of_rank(held_out.by_level, held_out.ratio, active)


def slope_ratios(run: Precondition, active: np.ndarray) -> Float[np.ndarray, " some"]:
    """Smallest over largest singular value of the Jacobian, active latents at scale 1, or 0."""
    if not active.any():
        return np.zeros(len(run.slope))
    scaled = run.slope[:, :, active] * run.mu.std(axis=0)[active].astype(float)
    singular = np.linalg.svd(scaled, compute_uv=False)
    smallest, largest = singular[:, -1], singular[:, 0]
    return np.divide(smallest, largest, out=np.zeros_like(largest), where=largest > 0)


def information_on_u(run: Precondition, held_out: HeldOut) -> tuple[float, float, float]:
    """Lower bounds on I(z; u) and the p-value of I(z; u) = 0, from posterior means.

    `E log p(z|u) / E' p(z|u')` is `E log q(u|z) / p(u)` with Bayes' rule in the learned prior, a
    bound for any prior (Barber and Agakov 2003); where the references are a sample of what u can
    be, the row's own u joins them, which keeps it one (van den Oord et al. 2018). A prior learned
    from few rows of each level is too sure of itself and may bring it below 0, so the test doubts
    it: half of q(u|z) is replaced by p(u), a bound as well. Where z and u are independent its mean
    is 0 or below, so the one-sided t-test rejects less often than its level (measured in
    `results/calibration`).

    Returns:
      Both bounds, nats per row, and the p-value.
    """
    log_marginal = run.log_marginal
    if held_out.sampled:
        own = 1 / (len(held_out.references) + 1)
        log_marginal = np.logaddexp(run.log_prior + np.log(own), log_marginal + np.log1p(-own))
    gain = (run.log_prior - log_marginal).astype(float)
    if np.ptp(gain) < 1e-6:
        return float(gain.mean()), 0.0, 1.0
    careful = np.logaddexp(gain, 0.0) - np.log(2.0)
    test = ttest_1samp(careful, 0.0, alternative="greater")
    p_value = float(test.pvalue)  # pyright: ignore[reportAttributeAccessIssue]
    return float(gain.mean()), float(careful.mean()), p_value
