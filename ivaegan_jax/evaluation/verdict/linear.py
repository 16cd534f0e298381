"""How far a run's latents are those of a linear unmixing of x.

Where the sources are not known, a nonlinear model stands beside what a line of linear code finds.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from ivaegan_jax.evaluation.results import Finding, Stamp
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.evaluation.verdict.precondition import Precondition
from ivaegan_jax.metrics import diagonalised_sources, fastica_sources, mcc, some_rows

FIT_ROWS = 20_000
"""Training rows that linear unmixings are fitted on, at most."""


def linear_unmixings(
    x_train: Float[np.ndarray, "train dim_x"],
    u_train: np.ndarray,
    dim_u: int,
    x: Float[np.ndarray, "rows dim_x"],
    dim_z: int,
) -> Mapping[str, Float[np.ndarray, "rows components"]]:
    """Components of rows x by FastICA and by joint diagonalisation, by the metric's name.

    Args:
      x_train: training rows.
      u_train: level codes or features of the same rows.
      dim_u: levels of a discrete u.
      x: held-out rows.
      dim_z: components, at most.
    """
    some = some_rows(u_train, dim_u, FIT_ROWS)
    return {
        "like_fastica": fastica_sources(x_train[some], x, dim_z),
        "like_joint_diagonalisation": diagonalised_sources(
            x_train[some], u_train[some], x, dim_z
        ),
    }  # fmt: skip


def linear_rows(
    trained: Trained,
    checked: Precondition,
    found: Sequence[Mapping[str, Float[np.ndarray, "rows components"]]],
    stamp: Stamp,
) -> Iterator[Finding]:
    """MCC of each run's latents with the components of its data seed; none where not finite."""
    for i, index in enumerate(trained.runs.data_index):
        if not np.isfinite(checked.mu[i]).all():
            continue
        for name, components in found[index].items():
            yield Finding(**stamp(i), metric=name, value=mcc(components, checked.mu[i]))
