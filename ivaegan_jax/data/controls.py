"""Negative controls: rows in which what identifies the latents is destroyed on purpose."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Num

from ivaegan_jax.data.dependence.nulls import Kind
from ivaegan_jax.data.prepare import Prepared
from ivaegan_jax.data.series import moved_u, reach_of, series_of, structure_as
from ivaegan_jax.metrics import conditional_mean, levels_or_cells

Rows: TypeAlias = tuple[Float[np.ndarray, "rows dim_x"], Num[np.ndarray, "rows ..."]]
Spoil: TypeAlias = Callable[[np.ndarray, np.ndarray, np.random.Generator], Rows]
Control: TypeAlias = Callable[[Prepared, Sequence[int], Sequence[int], Kind], Prepared]

SPOILING, OTHERS = 1, 1
"""Set the draws of these controls apart from others of a data seed, and those of rows without u."""

CELLS = 100
"""At most so many pieces of a continuous u within which rows count as having the same one."""

SHIFTED = "shifted_u"
"""The control that is trained by default where rows depend on each other."""


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


def spoilt(make: Spoil) -> Control:
    """A control whose training rows alone are spoilt, as a function of the data seed alone."""

    def control(
        data: Prepared, data_seeds: Sequence[int], seeds: Sequence[int], kind: Kind
    ) -> Prepared:
        rows = [
            make(x, u, np.random.default_rng((seed, SPOILING)))
            for x, u, seed in zip(data.train.x, data.train.u, data_seeds, strict=True)
        ]
        x, u = (np.stack(each) for each in zip(*rows, strict=True))
        return data._replace(
            train=data.train._replace(x=x, u=u), unlabelled=_others(make, data, data_seeds)
        )

    return control


def _others(make: Spoil, data: Prepared, data_seeds: Sequence[int]) -> np.ndarray | None:
    """Rows without u, spoilt as if all had the same one."""
    if data.unlabelled is None:
        return None
    same = np.zeros(data.unlabelled.shape[1], np.int32)
    rngs = [np.random.default_rng((seed, SPOILING, OTHERS)) for seed in data_seeds]
    return np.stack([make(x, same, r)[0] for x, r in zip(data.unlabelled, rngs, strict=True)])


def shifted_u(
    data: Prepared, data_seeds: Sequence[int], seeds: Sequence[int], kind: Kind
) -> Prepared:
    """U moved along the rows, held-out ones too, so that it keeps its structure and nothing else.

    Every run has a move of its own: the parts hold u of all data seeds times all seeds, the model
    seed moving fastest. x may follow such a u only as far as rows that resemble each other seem
    to follow any.
    """
    moved = []
    for index, data_seed in enumerate(data_seeds):
        series = series_of(data, index)
        structure = structure_as(kind, series)
        reach = reach_of(series, structure)
        moved += [
            moved_u(series, structure, reach, np.random.default_rng((data_seed, 2, seed)))
            for seed in seeds
        ]
    parts = zip(("train", "valid", "test"), zip(*moved, strict=True), strict=True)
    return data._replace(
        **{name: getattr(data, name)._replace(u=np.stack(each)) for name, each in parts}
    )


SPOILT: Mapping[str, Spoil] = {
    "shuffled_u": shuffled_u,
    "shuffled_x": shuffled_x,
    "u_only": u_only,
}
"""Controls whose training rows alone are spoilt, whichever rows these are."""

CONTROLS: Mapping[str, Control] = {
    SHIFTED: shifted_u,
    **{name: spoilt(make) for name, make in SPOILT.items()},
}
"""`(data, data_seeds, seeds, kind of the rows' structure) -> data` as a control sees it."""


def as_control(
    data: Prepared,
    control: str,
    data_seeds: Sequence[int],
    seeds: Sequence[int],
    kind: Kind = "shifts",
) -> Prepared:
    """The rows of every data seed under a control; as they are where it is empty.

    Args:
      data: as it is.
      control: one of `CONTROLS`.
      data_seeds: in the order of `data`.
      seeds: model seeds, which have a u of their own where it is shifted.
      kind: how u can be moved along the rows (`nulls.Structure`).
    """
    return CONTROLS[control](data, data_seeds, seeds, kind) if control else data
