"""What a latent does: how far it moves every column of x, and which condition raises it."""

import numpy as np
from jaxtyping import Float, Shaped

from ivaegan_jax.studies import Fitted, decode

ROWS = 2_000
"""Rows over which effects are averaged, evenly spread."""


def columns_moved(
    fitted: Fitted, z: Float[np.ndarray, "rows latents"]
) -> Float[np.ndarray, "latents columns"]:
    """Mean size of the change of every column per standard deviation of every latent.

    A central difference of half a standard deviation to both sides, in the unit of the column.

    Args:
      fitted: one run.
      z: its latents.
    """
    some = z[:: max(1, len(z) // ROWS)].astype(np.float32)
    steps = np.diag(z.std(axis=0) / 2).astype(np.float32)
    changes = [(decode(fitted, (some + s)[None]) - decode(fitted, (some - s)[None])) for s in steps]
    return np.stack([np.abs(change[0]).mean(axis=0) for change in changes])


def raised(
    z: Float[np.ndarray, "rows latents"],
    condition: Shaped[np.ndarray, " rows"],
    person: Shaped[np.ndarray, " rows"],
) -> tuple[Shaped[np.ndarray, " conditions"], Float[np.ndarray, "people latents conditions"]]:
    """How far a condition raises the spread of a latent in every person, in doublings.

    Returns:
      The conditions, and the logarithm to base 2 of a latent's standard deviation in each, less its
      mean over the conditions.
    """
    conditions = np.unique(condition)
    spread = np.stack([
        [z[(person == who) & (condition == what)].std(axis=0) for what in conditions]
        for who in np.unique(person)
    ])  # fmt: skip
    doublings = np.log2(spread).transpose(0, 2, 1)
    return conditions, doublings - doublings.mean(axis=2, keepdims=True)
