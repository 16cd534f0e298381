"""Latents of several runs as one array, once nothing speaks against looking at them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from ivaegan_jax.types import InputError

SAME = 1 - 1e-9
"""Correlation from which on two columns of one run are the same."""

COPY = 1e-9
"""Difference of standardised latents up to which two runs are one."""

FEWEST_ROWS = 20


def as_runs(
    latents: Sequence[Float[np.ndarray, "_rows _columns"]], names: Sequence[str], rows: int
) -> Float[np.ndarray, "runs rows dim_z"]:
    """All runs, every column at mean 0 and standard deviation 1.

    Args:
      latents: of each run, finite.
      names: of the runs, for messages.
      rows: of x.

    Raises:
      InputError: for runs of other rows or columns, and for constant or repeated columns.
    """
    if not latents:
        raise InputError("there are no latents to judge; give those of one run or more")
    first = latents[0].shape[1]
    for z, name in zip(latents, names, strict=True):
        if len(z) != rows:
            raise InputError(f"{name} has {len(z):,} rows and x has {rows:,} with a known u; give "
                             "latents of these rows, in the same order")  # fmt: skip
        if z.shape[1] != first:
            raise InputError(f"{name} has {z.shape[1]} columns and {names[0]} has {first}; judge "
                             "runs of one number of latents together")  # fmt: skip
    if rows < FEWEST_ROWS:
        raise InputError(f"x has {rows} rows; at least {FEWEST_ROWS} are needed")
    return np.stack([_standardised(z, name) for z, name in zip(latents, names, strict=True)])


def without_copies(
    runs: Float[np.ndarray, "runs rows dim_z"], names: Sequence[str]
) -> tuple[list[int], tuple[str, ...]]:
    """Which runs are no copies of one before, and a sentence on each that is.

    Args:
      runs: every column at mean 0 and standard deviation 1.
      names: of the runs.
    """
    kept: list[int] = []
    sentences = []
    for i, run in enumerate(runs):
        of = next((j for j in kept if np.abs(run - runs[j]).max() <= COPY), None)
        if of is None:
            kept.append(i)
        else:
            sentences.append(f"{names[i]} is the same latents as {names[of]} and is not counted.")
    return kept, tuple(sentences)


def _standardised(z: Float[np.ndarray, "rows dim_z"], name: str) -> Float[np.ndarray, "rows dim_z"]:
    z = z - z.mean(axis=0)
    scale = z.std(axis=0)
    if (flat := np.flatnonzero(scale <= 1e-9 * np.abs(z).max(initial=1e-300))).size:
        raise InputError(f"{name}: column {flat[0]} (counting from 0) is constant; leave it out of "
                         "every run")  # fmt: skip
    z = z / scale
    alike = np.triu(np.abs(z.T @ z / len(z)), 1)
    if (repeated := np.argwhere(alike > SAME)).size:
        one, other = repeated[0]
        raise InputError(f"{name}: columns {one} and {other} (counting from 0) are the same up to "
                         "scale; leave one out of every run")  # fmt: skip
    return z
