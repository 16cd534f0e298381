"""Latents of several sessions scored together: they share axes where the model says they do."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.results import Agreement, Score, Stamp
from ivaegan_jax.evaluation.scores import known
from ivaegan_jax.evaluation.scoring import Trained, agreement_rows
from ivaegan_jax.metrics import levels_or_cells, mcc, mcc_across, profile_agreement, profiles

CELLS = 20
"""Cells that a continuous u is cut into, at most."""

Means = Sequence[Float[np.ndarray, "runs _ dim_z"]]

CONVENTION = {"latent": "posterior_mean", "corr": "pearson"}


def across_rows(
    trained: Trained, mu: Means, parts: Sequence[Part], stamp: Stamp
) -> Iterator[Score | Agreement]:
    """What only all sessions together say of a part of the rows.

    `mcc` matches latents with sources on the rows of all sessions at once, `mcc_across` on one
    session for the score of another, `profile_agreement` needs no truth: it compares how each
    latent follows u. Agreement is that of runs, on the rows of all sessions at once.

    Args:
      trained: the runs.
      mu: posterior means of each session.
      parts: the rows of each session.
      stamp: says which run it is.
    """
    both = list(zip(trained.runs.data_index, trained.runs.of_u, strict=True))
    for i, (index, of_u) in enumerate(both):
        z, level = [each[i] for each in mu], _levels([part.u[of_u] for part in parts])
        s = [part.s[index] for part in parts if part.s is not None]
        found: dict[str, tuple[float, dict[str, Any]]] = {
            "profile_agreement": (
                known(lambda z=z, level=level: profile_agreement(profiles(z, level)), *z),
                CONVENTION,
            )
        }
        if len(s) == len(z):
            held_out = CONVENTION | {"assignment": "held_out"}
            together = known(lambda z=z, s=s: mcc(np.concatenate(z), np.concatenate(s)), *z)
            found["mcc"] = together, held_out
            if len(s) > 1:
                across = CONVENTION | {"assignment": "other session"}
                found["mcc_across"] = known(lambda z=z, s=s: mcc_across(z, s), *z), across
        for metric, (value, convention) in found.items():
            value = value if np.isfinite(value) else float("nan")
            yield Score(**stamp(i), **convention, metric=metric, value=value)
    yield from agreement_rows(trained, np.concatenate(mu, axis=1), stamp)


def _levels(u: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Levels of each session, or the cells of a continuous u that all sessions are cut into."""
    whole = levels_or_cells(np.concatenate(u), CELLS)
    return np.split(whole, np.cumsum([len(each) for each in u])[:-1])
