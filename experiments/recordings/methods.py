"""Latents of all rows of a recording by methods that saw some of its people."""

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Bool, Float
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning

from ivaegan_jax import Dataset, Workdir, encode, restore
from ivaegan_jax.studies import Fitted, of_seed
from ivaegan_jax.types import InputError

Latents: TypeAlias = Float[np.ndarray, "rows latents"]


class Seen(NamedTuple):
    """What a method was fitted on.

    Attributes:
      rows: those of the people it saw.
      arm: what the study calls the model that was trained on these rows.
    """

    rows: Bool[np.ndarray, " rows"]
    arm: str


class Method(NamedTuple):
    """A way to latents.

    Attributes:
      latents: `(the study's folder, all rows, what was seen) -> latents of all rows`.
      fits: whether they depend on what was seen.
      apart: whether there are fits on people that share nobody.
    """

    latents: Callable[[Path, Dataset, Seen], Latents]
    fits: bool = True
    apart: bool = True


def raw(root: Path, data: Dataset, seen: Seen) -> Latents:
    """The columns as they are."""
    return data.x.astype(float)


def pca(root: Path, data: Dataset, seen: Seen) -> Latents:
    """All principal components."""
    return PCA(random_state=0).fit(data.x[seen.rows]).transform(data.x)


def fastica(root: Path, data: Dataset, seen: Seen) -> Latents:
    """As many independent components as there are columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = FastICA(max_iter=500, random_state=0).fit(data.x[seen.rows])
    return fitted.transform(data.x)


def trained(root: Path, data: Dataset, seen: Seen, prefix: str = "") -> Latents:
    """A model of the study: posterior means of its chosen run."""
    return chosen_run(root / f"{prefix}{seen.arm}", data)[1]


def chosen_run(folder: Path, data: Dataset) -> tuple[Fitted, Latents]:
    """The run that was chosen without the truth, and its posterior means of all rows.

    Raises:
      InputError: where the study has no such arm yet.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such arm; run `ivaegan reproduce --name=emg` first")
    several = restore(Workdir(folder))
    assert several.chosen is not None
    fitted = of_seed(several, several.chosen.seed)
    return fitted, encode(fitted, data)[0][0]


METHODS: Mapping[str, Method] = {
    "raw": Method(raw, fits=False, apart=False),
    "pca": Method(pca),
    "fastica": Method(fastica),
    "ivae": Method(partial(trained, prefix="ivae_"), apart=False),
    "ivae_gan": Method(trained),
}
