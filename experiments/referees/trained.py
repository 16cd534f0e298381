"""Trained methods: three runs of each on a draw, kept in a folder once they are there.

What users bring: latents of rows that a method learned from, and of rows that it never saw.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Bool, Float, Int

from experiments.rivals.methods import CEBRA, METHODS
from experiments.rivals.plan import RECORDED
from experiments.rivals.problem import DATA, Latents, Problem, problem_of
from ivaegan_jax.files import read_npz, write_npz

TRAINED_ON = tuple(name for name in DATA if name not in RECORDED)
"""Data sets whose sources are known."""

SEEDS = (1, 2, 3)
ROWS = 2000
"""Held-out rows that are judged at most, and as many training rows."""

STEPS, CEBRA_STEPS = 5_000, 2_000
"""Fewer than a user would take, so that latents between right and wrong occur."""


class Kept(NamedTuple):
    """Runs of one method on one draw.

    Attributes:
      runs: latents of each run that came to an end.
      s: true sources.
      x: standardised columns.
      u: level codes.
      test: rows that the method never saw.
    """

    runs: Float[np.ndarray, "runs rows dim_z"]
    s: Float[np.ndarray, "rows dim_s"]
    x: Float[np.ndarray, "rows dim_x"]
    u: np.ndarray
    test: Bool[np.ndarray, " rows"]


def trained(data: str, method: str, data_seed: int, folder: Path) -> Kept:
    """The runs of a method, read from the folder or trained and written there."""
    path = folder / f"{data}-{data_seed}-{method}.npz"
    if not path.is_file():
        made = train(problem_of(data, DATA[data], data_seed), method)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_npz(path, made._asdict())
        jax.clear_caches()  # other methods have programs of their own
    return Kept(**read_npz(path))


def train(problem: Problem, method: str) -> Kept:
    """Trains all runs; those that fail are left out."""
    steps = CEBRA_STEPS if method in CEBRA else STEPS
    found = METHODS[method](problem, SEEDS, steps)
    rng = np.random.default_rng(problem.data_seed)
    learned, unseen = (some_of(rng, len(part.x)) for part in (problem.train, problem.test))
    runs = [np.concatenate([z.train[learned], z.test[unseen]]) for z in found
            if isinstance(z, Latents)]  # fmt: skip
    parts: Mapping[str, np.ndarray] = {
        name: np.concatenate(
            [getattr(problem.train, name)[learned], getattr(problem.test, name)[unseen]]
        )
        for name in ("s", "x", "u")
    }
    test = np.arange(len(learned) + len(unseen)) >= len(learned)
    latents = np.stack(runs) if runs else np.zeros((0, len(test), problem.latents))
    return Kept(latents.astype(np.float32), **parts, test=test)


def some_of(rng: np.random.Generator, count: int) -> Int[np.ndarray, " rows"]:
    """Rows of a part that are judged, in their order."""
    return np.sort(rng.permutation(count)[:ROWS])
