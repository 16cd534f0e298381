"""How the preprocessing of x is fitted, by what the likelihood takes and the settings say."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.codec import fit_codec, whitening
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.preprocessing import Preprocessing, fit_preprocessing
from ivaegan_jax.types import Dataset, InputError

Fit = Callable[[Dataset, Int[np.ndarray, " train"], float], Preprocessing]


def fit_as(
    values: str, dataset: Dataset, rows: Int[np.ndarray, " train"], config: DataConfig
) -> Preprocessing:
    """The preprocessing of a table.

    Args:
      values: what x holds, of `FITS`, as the likelihood takes it.
      dataset: the table.
      rows: its training rows.
      config: its `scale`, and its `codes` or `whiten` where x is to be coded; `auto` codes nothing.

    Raises:
      InputError: for an x that the likelihood does not take, or that cannot be coded.
    """
    fitted = FITS[values](dataset, rows, config.scale)
    whitened = config.whiten == "yes"
    if not (config.codes or whitened):
        return fitted
    setting = "codes" if config.codes else "whiten"
    if values != "standardised":
        raise InputError(
            f"config.data.{setting} makes real numbers of x; use "
            "--config.model.likelihood=gaussian with it"
        )
    if config.codes and whitened:
        raise InputError("codes are whitened as they are; use --config.data.whiten=no with them")
    if config.codes >= (columns := dataset.x.shape[1]):
        what = f"config.data.codes={config.codes} must be fewer than the {columns} columns of x"
        raise InputError(f"{what}; use fewer")
    x = fitted.transform_rows(dataset.x, rows)
    codec = fit_codec(x, config.codes) if config.codes else whitening(x)
    return dataclasses.replace(fitted, codec=codec)


def _in_unit(dataset: Dataset, rows: Int[np.ndarray, " train"], scale: float) -> Preprocessing:
    low, high = dataset.x.min(), dataset.x.max()
    if low < 0 or high > 1:
        raise InputError(
            f"a Bernoulli likelihood needs x between 0 and 1, but {dataset.name} holds values from "
            f"{low:g} to {high:g}; use `x = (x - x.min()) / (x.max() - x.min())`, or use "
            "--config.model.likelihood=gaussian"
        )
    return _as_it_is(fit_preprocessing(dataset, rows, scale))


def _counts(dataset: Dataset, rows: Int[np.ndarray, " train"], scale: float) -> Preprocessing:
    if not is_counts(dataset.x):
        raise InputError(
            f"a likelihood of counts needs whole numbers from 0 up, but {dataset.name} holds "
            "others; use --config.model.likelihood=gaussian"
        )
    fitted = _as_it_is(fit_preprocessing(dataset, rows, scale))
    return dataclasses.replace(fitted, counts=True)


def is_counts(x: np.ndarray) -> bool:
    """Whether all are whole numbers from 0 up."""
    return bool(np.all(x >= 0) and np.all(x == np.floor(x)))


def _as_it_is(fitted: Preprocessing) -> Preprocessing:
    zeros = np.zeros_like(fitted.x_mean)
    return dataclasses.replace(fitted, x_mean=zeros, x_std=zeros + 1, scale=1.0)


FITS: Mapping[str, Fit] = {"standardised": fit_preprocessing, "unit": _in_unit, "counts": _counts}
"""How the preprocessing of each kind of values is fitted."""
