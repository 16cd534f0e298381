"""What all methods are given: the same rows of the same table, split once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.studies import Experiment, Study, config_of, load_raw
from ivaegan_jax.types import Coded, Dataset, InputError

DATA: Mapping[str, Mapping[str, Any]] = {
    "b1": {},
    "b2": {},
    "counts": {},
    "noisy": {"data.noise": 0.562},
    "b3_tcl": {"data.layers": 4, "data.per_segment": 500},
    "emg": {},
    "vowels": {},
}
"""How each data set is drawn, as its named study draws it."""

PLAIN = {"data.whiten": "no", "model.likelihood": "gaussian", "model.noise": "none"}
"""With these rows are standardised columns and no more."""


class Rows(NamedTuple):
    """Rows of one part of the split.

    Attributes:
      x: standardised columns.
      u: level codes, or features.
      s: true sources; None where they are not known.
      row: their numbers in the table.
    """

    x: Float[np.ndarray, "rows dim_x"]
    u: Coded
    s: Float[np.ndarray, "rows dim_s"] | None
    row: Int[np.ndarray, " rows"]


class Problem(NamedTuple):
    """One draw of a data set, split.

    Attributes:
      data: its name.
      settings: how it is drawn.
      data_seed: of the draw and the split.
      table: all rows.
      train: rows to fit.
      valid: rows to choose by.
      test: rows to score.
      latents: how many are wanted.
    """

    data: str
    settings: Mapping[str, Any]
    data_seed: int
    table: Dataset
    train: Rows
    valid: Rows
    test: Rows
    latents: int


class Latents(NamedTuple):
    """What one run says of training and of test rows."""

    train: Float[np.ndarray, "train dim_z"]
    test: Float[np.ndarray, "test dim_z"]


class Failed(NamedTuple):
    """A run that came to no latents, and why."""

    why: str


Outcome: TypeAlias = Latents | Failed

Fit: TypeAlias = Callable[[Problem, int, int], Latents]
"""`(problem, model seed, steps) -> latents of this one run`."""

Method: TypeAlias = Callable[[Problem, Sequence[int], int], Sequence[Outcome]]
"""`(problem, model seeds, steps) -> an outcome for each seed`."""


def problem_of(data: str, settings: Mapping[str, Any], data_seed: int) -> Problem:
    """Draws and splits a data set as every study of this package does.

    Args:
      data: its name.
      settings: how it is drawn.
      data_seed: of the draw and the split.
    """
    config = config_of({**settings, **PLAIN})
    experiment = Experiment(data, ("ivae_gan",), (1,), (data_seed,), 1, config)
    study = Study(experiment)
    parts = (study.data.train, study.data.valid, study.data.test)
    train, valid, test = (
        Rows(p.x[0], p.u[0], None if p.s is None else p.s[0].astype(float), p.row[0]) for p in parts
    )
    table = load_raw(experiment, data_seed)
    return Problem(data, settings, data_seed, table, train, valid, test, study.dims.dim_z)


def one_by_one(fit: Fit) -> Method:
    """The method that fits its runs one after another; one that breaks leaves the others."""

    def fit_all(problem: Problem, seeds: Sequence[int], steps: int) -> Sequence[Outcome]:
        found: list[Outcome] = []
        for seed in seeds:
            try:
                found.append(fit(problem, seed, steps))
            except InputError:  # a library that is missing is none
                raise
            except Exception as error:  # whatever breaks in others' code is a result
                found.append(Failed(f"{type(error).__name__}: {error}"))
        return found

    return fit_all
