"""CEBRA (Schneider, Lee, Mathis 2023) with its own defaults, and with a small sweep.

Its loss is InfoNCE: latents of rows that share u are to be alike, others not. What it sees is what
the other methods see; what it chooses by is its own loss on validation rows.
"""

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from experiments.rivals.problem import Fit, Latents, Problem, Rows
from ivaegan_jax.types import InputError, are_codes

PACKAGES = ("cebra", "torch")

BATCH = 512
"""Rows per step, as its documents have it: labels do not go with its default, all rows at once."""

OWN_STEPS = 10_000
"""Its default."""

TEMPERATURES = (0.1, 0.3, 1.0)
TRIAL = 8
"""Each is tried for one of so many parts of the steps; the best one goes on with what is left."""

VALIDATED = 100
"""Batches that the loss on validation rows is a mean of."""


class Library(NamedTuple):
    """What is called of CEBRA.

    Attributes:
      model: makes an estimator from its parameters.
      loss: `(fitted, x, u, num_batches=) -> InfoNCE`.
      seed: makes what is drawn from now on a function of this number.
    """

    model: Callable[..., Any]
    loss: Callable[..., float]
    seed: Callable[[int], object]


def is_installed() -> bool:
    """Whether all that it takes is there."""
    return all(importlib.util.find_spec(name) for name in PACKAGES)


def library() -> Library:
    """CEBRA, on one thread.

    Raises:
      InputError: where it is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch, cebra = importlib.import_module("torch"), importlib.import_module("cebra")
            scores = importlib.import_module("cebra.integrations.sklearn.metrics")
    except ImportError as error:
        raise InputError(
            f"{error}: CEBRA needs pip install -e '.[peers]'; or leave it out of --methods"
        ) from error
    torch.set_num_threads(1)
    return Library(cebra.CEBRA, scores.infonce_loss, torch.manual_seed)


def label_of(rows: Rows) -> np.ndarray:
    """What CEBRA takes for u: whole numbers of a label, or continuous columns."""
    return rows.u.astype(np.int64) if are_codes(rows.u) else rows.u.astype(np.float32)


def defaults(load: Callable[[], Library] = library) -> Fit:
    """Its own defaults, with a batch that labels need: eight latents on a sphere, `OWN_STEPS`."""

    def fit(problem: Problem, seed: int, steps: int) -> Latents:
        made = load()
        made.seed(seed)
        model = made.model(batch_size=BATCH, device="cpu", max_iterations=steps)
        model.fit(problem.train.x, label_of(problem.train))
        return encoded(model, problem)

    return fit


def swept(distance: str, load: Callable[[], Library] = library) -> Fit:
    """As many latents as there are sources, the temperature chosen by its loss on validation rows.

    Args:
      distance: `cosine`, which has latents on a sphere, or `euclidean`.
      load: what is called of CEBRA.
    """

    def fit(problem: Problem, seed: int, steps: int) -> Latents:
        made, trial = load(), max(1, steps // TRIAL)
        common = {"batch_size": BATCH, "device": "cpu", "distance": distance,
                  "output_dimension": problem.latents}  # fmt: skip
        tried = {}
        for temperature in TEMPERATURES:
            made.seed(seed)
            model = made.model(**common, temperature=temperature, max_iterations=trial)
            model.partial_fit(problem.train.x, label_of(problem.train))
            tried[temperature] = model
        model = tried[chosen(made, tried, problem)]
        for _ in range(TRIAL - len(TEMPERATURES)):
            model.partial_fit(problem.train.x, label_of(problem.train))
        return encoded(model, problem)

    return fit


def chosen(made: Library, tried: Mapping[float, Any], problem: Problem) -> float:
    """The temperature whose model has the least loss on validation rows, a number among them."""
    x, u = problem.valid.x, label_of(problem.valid)
    lost = {at: made.loss(model, x, u, num_batches=VALIDATED) for at, model in tried.items()}
    return min(lost, key=lambda at: (not np.isfinite(lost[at]), lost[at]))


def encoded(model: Any, problem: Problem) -> Latents:
    """Latents of training and of test rows."""
    return Latents(*(np.asarray(model.transform(rows.x), float)
                     for rows in (problem.train, problem.test)))  # fmt: skip
