"""Scores of all methods, by the same functions on the same rows."""

import itertools
from collections.abc import Sequence

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from experiments.rivals.problem import Failed, Latents, Outcome, Problem
from ivaegan_jax.evaluation.referee.information import gains
from ivaegan_jax.metrics import (
    affine_r2,
    columns_within,
    evenly,
    mcc,
    pairwise_agreement,
    random_rotation_baseline,
    within_level_mcc,
)
from ivaegan_jax.types import are_codes

LEARNED_FROM, NEIGHBOURS = 20_000, 15
"""Training rows, evenly spread, that u is learned from at most, and neighbours that tell it."""

SCORES = ("mcc", "mcc_within", "affine_r2", "squares")
"""Scores against true sources; a run that failed counts 0 in each."""

OTHERS = ("information", "decoded", "agreement")
"""Scores that need none."""


def scores_of(outcome: Outcome, problem: Problem) -> dict[str, float]:
    """All scores of one run; those of a run without latents are 0.

    Returns:
      `mcc`, `mcc_within` and `affine_r2` as results of studies have them; `squares`: held-out R^2
      of the best affine map to the squares of the sources, deviations from their mean; and
      those of `of_u`. Without true sources the last alone.
    """
    names = [*(SCORES if problem.test.s is not None else ()), *OTHERS[:2]]
    if isinstance(outcome, Failed):
        return dict.fromkeys(names, 0.0)
    found = of_u(outcome, problem)
    if problem.test.s is None:
        return found
    z, s, u = outcome.test, problem.test.s, problem.test.u
    found |= {"mcc": mcc(z, s), "affine_r2": affine_r2(z, s),
              "squares": affine_r2(z, np.square(s - s.mean(axis=0)))}  # fmt: skip
    within = columns_within(s, u) if are_codes(u) else []
    if len(within):
        found["mcc_within"] = within_level_mcc(z, s[:, within], u)
    return found


def of_u(z: Latents, problem: Problem) -> dict[str, float]:
    """What latents of test rows tell of levels of u, learned from training rows; none of others.

    Returns:
      `information`: nats per row that the axes hold, taken as independent and Gaussian at every
      level, so that what mixes them loses some; `decoded`: accuracy of the nearest neighbours.
    """
    if not are_codes(problem.train.u):
        return {}
    some = evenly(len(z.train), LEARNED_FROM)
    mean, std = z.train.mean(axis=0), z.train.std(axis=0)
    learn, shown = ((each - mean) / np.where(std > 0, std, 1) for each in (z.train[some], z.test))
    code = np.concatenate([problem.train.u[some], problem.test.u])
    rows = np.concatenate([learn, shown]).astype(float)
    gained = gains(rows, code, np.arange(len(rows)) >= len(learn))
    nearest = KNeighborsClassifier(NEIGHBOURS).fit(learn, problem.train.u[some])
    accuracy = nearest.score(shown, problem.test.u)
    return {"information": float(gained.mean()), "decoded": float(accuracy)}


def checked(outcome: Outcome) -> Outcome:
    """The outcome; a failure where latents are no numbers."""
    if isinstance(outcome, Latents) and not all(np.isfinite(z).all() for z in outcome):
        return Failed("latents that are no finite numbers")
    return outcome


def agreement_of(outcomes: Sequence[Outcome]) -> float:
    """Mean MCC between the test latents of two runs; 0 with one that failed, NaN of one run."""
    values = []
    for one, other in itertools.combinations(outcomes, 2):
        if isinstance(one, Failed) or isinstance(other, Failed):
            values.append(0.0)
        else:
            values.append(float(pairwise_agreement(np.stack([one.test, other.test])).mcc[0, 1]))
    return float(np.mean(values)) if values else np.nan


def rotated(problem: Problem) -> dict[str, float]:
    """What true sources score that are merely rotated, mean over rotations."""
    s, u = problem.test.s, problem.test.u
    if s is None:
        return {}
    found = {"mcc": random_rotation_baseline(s)[0], "affine_r2": 1.0}
    if are_codes(u):
        found["mcc_within"] = random_rotation_baseline(s, u=u)[0]
    return found
