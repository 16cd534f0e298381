"""Negative controls: training rows in which what identifies the latents is destroyed on purpose."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.data.prepare import Part
from ivaegan_jax.metrics.baselines import conditional_mean
from ivaegan_jax.metrics.modulation import levels_or_cells

Rows: TypeAlias = tuple[Float[np.ndarray, "rows dim_x"], Num[np.ndarray, "rows ..."]]

CELLS = 100
"""At most so many pieces of a continuous u within which rows count as having the same one."""


def shuffled_u(x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Rows:
    """U permuted over the rows, so that it says nothing about x."""
    return x, rng.permutation(u)


def shuffled_x(x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Rows:
    """Every column of x permuted by itself among rows of one u.

    What a column alone has to do with u stays; how columns go together is lost.
    """
    code = levels_or_cells(u, CELLS)
    place = np.argsort(code, kind="stable")
    shuffled = np.empty_like(x)
    for column in range(x.shape[1]):
        shuffled[place, column] = x[np.lexsort((rng.random(len(x)), code)), column]
    return shuffled, u


def u_only(x: np.ndarray, u: np.ndarray, rng: np.random.Generator) -> Rows:
    """The mean of x for each u, and independent noise as large as what is left of each column.

    Nothing but the mean of x then follows u.
    """
    mean = conditional_mean(u, x, u)
    noise = (x - mean).std(axis=0) * rng.normal(size=x.shape)
    return (mean + noise).astype(x.dtype), u


CONTROLS: Mapping[str, Callable[[np.ndarray, np.ndarray, np.random.Generator], Rows]] = {
    "shuffled_u": shuffled_u,
    "shuffled_x": shuffled_x,
    "u_only": u_only,
}
"""`(x, u, rng) -> (x, u)` of one data seed's training rows."""


def as_control(train: Part, control: str, data_seeds: Sequence[int]) -> Part:
    """The training rows of every data seed under a control, a function of the data seed alone."""
    make = CONTROLS[control]
    rows = [
        make(x, u, np.random.default_rng((seed, 1)))
        for x, u, seed in zip(train.x, train.u, data_seeds, strict=True)
    ]
    x, u = (np.stack(each) for each in zip(*rows, strict=True))
    return train._replace(x=x, u=u)
