"""Latents of several sessions: whether they share order, sign and axes, with the truth or without.

Sessions have no rows in common, so that latents of one cannot be correlated with those of another.
What they have in common are sources with one law given u: the truth says which latent a source is
in each session, and without it u does, through every latent's mean and spread at each level.
"""

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from ivaegan_jax.metrics.mcc import Assignment, assign, correlation_matrix

FEWEST_ROWS = 8
"""Rows of a session that a level needs for a mean and a spread of its own."""

TINY = 1e-6
"""Smallest spread within a level, over that of all rows."""

Latents = Sequence[Float[np.ndarray, "_ dim_z"]]


class Profile(NamedTuple):
    """How the latents of one session follow u, each in units of its own spread.

    Attributes:
      mean: at each level `[levels, dim_z]`.
      log_std: log standard deviation at each level `[levels, dim_z]`.
    """

    mean: Float[np.ndarray, "levels dim_z"]
    log_std: Float[np.ndarray, "levels dim_z"]


def mcc_across(z: Latents, s: Sequence[Float[np.ndarray, "_ dim_s"]]) -> float:
    """MCC of each session with the order and the signs that another one settles; in [-1, 1].

    The mean over all ordered pairs of sessions: of a pair, latents are assigned to sources, with a
    sign, on the rows of the first, and scored with both on the rows of the second.

    Args:
      z: latents of two sessions or more, in the same order in all.
      s: true sources of the same rows.

    Examples:
      >>> import numpy as np
      >>> s = [np.random.default_rng(i).normal(size=(500, 2)) for i in range(2)]
      >>> round(mcc_across([-3 * s[0], -s[1]], s), 6)  # another sign and scale in both
      1.0
      >>> bool(abs(mcc_across([s[0], s[1][:, ::-1]], s)) < 0.1)  # another order in one of them
      True
    """
    own = [correlation_matrix(*each) for each in zip(z, s, strict=True)]
    found = []
    for a, b in permutations(range(len(own)), 2):
        pairs = assign(own[a])
        signed = pairs.sign * own[b][pairs.latent, pairs.source]
        found.append(signed.sum() / own[b].shape[1])
    return float(np.mean(found))


def profiles(z: Latents, level: Sequence[Int[np.ndarray, " _"]]) -> list[Profile]:
    """How the latents of every session follow u, at the levels that all of them have rows of.

    Args:
      z: latents of each session.
      level: of the same rows, the same codes in all sessions.

    Returns:
      Profiles of no levels where sessions share none with `FEWEST_ROWS` rows each.
    """
    enough = [
        {int(each) for each, n in zip(*np.unique(own, return_counts=True), strict=True)
         if n >= FEWEST_ROWS} for own in level
    ]  # fmt: skip
    shared = sorted(set.intersection(*enough))
    return [_profile(own, code, shared) for own, code in zip(z, level, strict=True)]


def _profile(z: np.ndarray, code: np.ndarray, levels: Sequence[int]) -> Profile:
    z = np.asarray(z, float)
    std = z.std(axis=0)
    z = (z - z.mean(axis=0)) / np.where(std > 0, std, 1)
    at = [z[code == each] for each in levels]
    mean = np.array([rows.mean(axis=0) for rows in at]).reshape(-1, z.shape[1])
    spread = np.array([rows.std(axis=0) for rows in at]).reshape(-1, z.shape[1])
    return Profile(mean, np.log(np.maximum(spread, TINY)))


def profile_correlation(a: Profile, b: Profile, sign: float = 1.0) -> Float[np.ndarray, "dim dim"]:
    """Correlation of each latent's profile in one session with each latent's in another.

    Args:
      a: of one session.
      b: of another, at the same levels.
      sign: of the latents of b.
    """
    both = []
    for profile, own in ((a, 1.0), (b, sign)):
        parts = [each - each.mean(axis=0) for each in (own * profile.mean, profile.log_std)]
        both.append(np.concatenate(parts))
    return correlation_matrix(*both)


def profile_agreement(of_sessions: Sequence[Profile]) -> float:
    """Mean correlation of each latent's profile between two sessions; 1 where they are equal.

    NaN where sessions share fewer than two levels.
    """
    if len(of_sessions) < 2 or len(of_sessions[0].mean) < 2:
        return float("nan")
    pairs = combinations(of_sessions, 2)
    return float(np.mean([np.diagonal(profile_correlation(a, b)).mean() for a, b in pairs]))


def align_profiles(a: Profile, b: Profile) -> Assignment:
    """Which latent of b follows u as each of a does, and with which sign: order without the truth.

    Returns:
      Latents of b in `latent`, those of a in `source`.
    """
    same, turned = profile_correlation(b, a), profile_correlation(b, a, -1.0)
    latent, source = linear_sum_assignment(np.maximum(same, turned), maximize=True)
    order = np.argsort(source)
    latent, source = latent[order], source[order]
    sign = np.where(same[latent, source] >= turned[latent, source], 1.0, -1.0)
    return Assignment(latent, source, sign)
