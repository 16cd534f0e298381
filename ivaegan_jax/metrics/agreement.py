"""Agreement between runs: what can be measured where the sources are not known.

`statistics.agreement_interval` gives its interval by resampling runs: pairs share runs, so they
are not independent.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Num

from ivaegan_jax.metrics.affine import affine_r2_per_column
from ivaegan_jax.metrics.mcc import assign, correlation_matrix, matched
from ivaegan_jax.metrics.rows import held_out_split


class Agreement(NamedTuple):
    """Symmetric matrices over runs with diagonal 1; held out, even rows against odd ones."""

    mcc: Float[np.ndarray, "runs runs"]
    affine_r2: Float[np.ndarray, "runs runs"]

    def where(self, known: Bool[np.ndarray, "runs runs"]) -> "Agreement":
        """The same, NaN elsewhere."""
        return Agreement(*(np.where(known, each, np.nan) for each in self))


def pairwise_agreement(latents: Num[np.ndarray, "runs rows dim_z"]) -> Agreement:
    """MCC and affine R^2 between the latents of all pairs of runs on the same rows.

    R^2 is the mean of both directions. High R^2 with low MCC: the runs agree up to a linear
    map only. A latent that is constant in one run counts 0 against every other run.

    Examples:
      >>> import numpy as np
      >>> z = np.random.default_rng(0).normal(size=(1000, 2))
      >>> found = pairwise_agreement(np.stack([z, -z[:, ::-1]]))  # two runs
      >>> f"{found.mcc[0, 1]:.3f}, {found.affine_r2[0, 1]:.3f}"
      '1.000, 1.000'
    """
    runs, rows, dim_z = latents.shape
    columns = np.moveaxis(latents, 0, 1).reshape(rows, runs * dim_z)
    return Agreement(pairwise_mcc(latents), _pairwise_affine_r2(columns, runs))


def pairwise_mcc(latents: Num[np.ndarray, "runs rows dim_z"]) -> Float[np.ndarray, "runs runs"]:
    """One correlation matrix of all columns per half, then one small assignment per pair."""
    runs, rows, dim_z = latents.shape
    columns = np.moveaxis(latents, 0, 1).reshape(rows, runs * dim_z)
    fit, score = (
        correlation_matrix(columns[half], columns[half])
        .reshape(runs, dim_z, runs, dim_z)
        .swapaxes(1, 2)
        for half in held_out_split(len(columns))
    )
    result = np.eye(runs)
    for i, j in zip(*np.triu_indices(runs, 1), strict=True):
        result[i, j] = result[j, i] = matched(fit[i, j], score[i, j]).mean()
    return result


def _pairwise_affine_r2(columns: np.ndarray, runs: int) -> Float[np.ndarray, "runs runs"]:
    """One least-squares problem per run, which predicts the latents of all runs at once."""
    by_run = np.split(columns, runs, axis=1)
    r2 = np.stack([affine_r2_per_column(z, columns).reshape(runs, -1).mean(1) for z in by_run])
    r2 = (r2 + r2.T) / 2
    np.fill_diagonal(r2, 1.0)
    return r2


def aligned(
    z: Num[np.ndarray, "rows dim_z"], reference: Num[np.ndarray, "rows dim_reference"]
) -> Num[np.ndarray, "rows dim_z"]:
    """Columns of z in the order and with the sign that best match a reference; for figures.

    Fitted on all rows. Columns without a partner follow at the end, in their old order.

    Examples:
      >>> import numpy as np
      >>> z = np.random.default_rng(0).normal(size=(1000, 2))
      >>> bool(np.allclose(aligned(-z[:, ::-1], z), z))
      True
    """
    pairs = assign(correlation_matrix(z, reference))
    rest = np.setdiff1d(np.arange(z.shape[1]), pairs.latent)
    return np.concatenate([z[:, pairs.latent] * pairs.sign, z[:, rest]], axis=1)
