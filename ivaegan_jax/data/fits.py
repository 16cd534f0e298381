"""How preprocessing is fitted, by what the likelihood takes and the settings say."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Int

from ivaegan_jax.data.codec import fit_codec, whitening
from ivaegan_jax.data.coding import of_features
from ivaegan_jax.data.columns import moments
from ivaegan_jax.data.comparison import look_at
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.kinds import PLAIN
from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.types import Auxiliary, Dataset, InputError

Fit = Callable[[Dataset, Int[np.ndarray, " train"], float], Preprocessing]


def fit_preprocessing(
    dataset: Dataset, rows: Int[np.ndarray, " train"], scale: float = 1.0
) -> Preprocessing:
    """Fits means, standard deviations and the table of levels on the given rows.

    Pixels of images share one standard deviation: most of them hardly vary, and blowing these up
    to the size of the others would leave nothing but rare flecks.

    The codes of a discrete u equal those of the table where every level has a row among them, as
    in the training rows of `make_split`.

    Args:
      dataset: the table; u is fitted on all rows that it is coded with, where there are others.
      rows: indices of the training rows.
      scale: standard deviation that the standardised x shall have, above 0.

    Raises:
      InputError: for a scale that is not a positive finite number, and rows that are all the same.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise InputError(f"the scale of x must be a positive number, not {scale}")
    of_x = moments(dataset.x, rows)
    if not of_x.scalable(dataset.x.dtype).any():
        raise InputError(
            "x is the same in all training rows, as far as floats can tell; give observations that "
            "differ between rows"
        )
    seen = look_at(dataset.x, rows, of_x)
    if dataset.image_shape:
        shared = np.sqrt(np.mean(np.square(of_x.std)))
        of_x = of_x._replace(std=np.full_like(of_x.std, shared))
    x_mean, x_std = of_x.exact(dataset.x.dtype)
    of_all = Preprocessing(x_mean, x_std, float(scale), columns=dataset.columns, seen=seen)
    return _with_u(of_all, dataset.u[rows] if dataset.coded_as is None else dataset.coded_as)


def _with_u(of_x: Preprocessing, u: Auxiliary) -> Preprocessing:
    """The same with the levels of a discrete u, or means and deviations of any other."""
    if u.is_categorical:
        levels = u.levels[np.unique(u.codes)]
        named = (u.columns[0]._replace(levels=levels),) if u.names else ()
        return dataclasses.replace(of_x, levels=levels, u_columns=named)
    own, known = u.own_quantities(), np.arange(len(u))
    of_u = moments(own, known) if own.size else None
    look = of_u and look_at(own, known, of_u)
    u_mean, u_std = of_features(u, of_u, own.dtype)
    kinds = () if all(each == PLAIN for each in u.columns) else u.columns
    return dataclasses.replace(of_x, u_mean=u_mean, u_std=u_std, u_columns=kinds, seen_u=look)


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
