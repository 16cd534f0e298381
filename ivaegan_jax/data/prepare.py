"""From tables to the stacked arrays that programs run on: split, standardised, coded."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.fits import fit_as
from ivaegan_jax.data.preprocessing import Preprocessing
from ivaegan_jax.data.sentinels import notes_on_codes
from ivaegan_jax.data.splits.all_seeds import fractions_of, split_all
from ivaegan_jax.data.splits.draw import Split, check_sizes
from ivaegan_jax.data.splits.note import SplitNote
from ivaegan_jax.data.splits.order import group_of, place_of
from ivaegan_jax.data.unlabelled import (
    TRAIN,
    notes_with_unlabelled,
    seen_unlabelled,
    with_unlabelled,
)
from ivaegan_jax.types import Dataset, Kind, Known


class Part(NamedTuple):
    """The rows of one part of the split, group by group in the order of time.

    All arrays are stacked over data seeds.

    Attributes:
      x: standardised, float32 `[data_seeds, rows, dim_x]`.
      u: level codes `[data_seeds, rows]` or standardised features `[data_seeds, rows, dim_u]`.
      s: true sources `[data_seeds, rows, dim_s]` as they were given, or None.
      row: each row's number in the table `[data_seeds, rows]`.
      place: its place in the table put in order, group by group and by time: rows of one group
        whose places differ by 1 are neighbours in time `[data_seeds, rows]`.
      group: its recording, session or subject, int32 `[data_seeds, rows]`; 0 where there are none.
      clean: of test rows of a benchmark with noise: x without it, standardised as x is.
    """

    x: np.ndarray
    u: np.ndarray
    s: np.ndarray | None
    row: np.ndarray
    place: np.ndarray
    group: np.ndarray
    clean: np.ndarray | None = None

    def by_level(self) -> "Part":
        """Rows ordered by a discrete u, as packs of rows of one level are drawn from."""
        order = np.argsort(self.u, axis=1, kind="stable")

        def ordered(rows: np.ndarray) -> np.ndarray:
            return np.stack([each[o] for each, o in zip(rows, order, strict=True)])

        held = {name: each for name, each in self._asdict().items() if each is not None}
        return self._replace(**{name: ordered(each) for name, each in held.items()})


class Prepared(NamedTuple):
    """All that training and scoring need of the data, one entry per data seed.

    Attributes:
      train: rows to fit.
      valid: held-out rows for choosing between runs.
      test: held-out rows for scoring.
      preprocessing: how to bring new rows into the same form.
      dim_u: features of u as the networks see it: levels, or columns.
      image_shape: (height, width) where rows are images.
      notes: how the table was read where that was not plain.
      split: how rows were split, why, and what was left out.
      sha256: of the raw arrays of every data seed, in order.
      truths: of every data seed of a benchmark with noise, how its test rows came about.
      unlabelled: rows whose u is missing, in no part, standardised `[data_seeds, others, dim_x]`;
        None where there are none, or they train nothing.
    """

    train: Part
    valid: Part
    test: Part
    preprocessing: tuple[Preprocessing, ...]
    dim_u: int
    image_shape: tuple[int, int] | None
    notes: tuple[str, ...]
    split: SplitNote
    sha256: str
    truths: tuple[Known, ...] = ()
    unlabelled: np.ndarray | None = None

    @property
    def is_categorical(self) -> bool:
        """Whether u is one column of categories, which programs see as codes."""
        return self.preprocessing[0].is_categorical

    @property
    def dim_x(self) -> int:
        """Columns of x."""
        return self.train.x.shape[-1]

    @property
    def dim_s(self) -> int:
        """Number of true sources; 0 where they are unknown."""
        return 0 if self.train.s is None else self.train.s.shape[-1]


def prepare(
    datasets: Sequence[Dataset],
    data_seeds: Sequence[int],
    config: DataConfig,
    batch: int,
    values: str = "standardised",
) -> Prepared:
    """Splits and transforms one table per data seed.

    Args:
      datasets: one per data seed, all of the same shape.
      data_seeds: they draw the splits.
      config: fractions, scale and codes, and what becomes of rows without u.
      batch: rows per update, which the training part must hold.
      values: what x holds, of `fits.FITS`, as the likelihood takes it.

    Raises:
      InputError: for anything wrong with the data.
    """
    datasets, splits, note = split_all(datasets, data_seeds, config)
    check_sizes(splits[0], fractions_of(config), batch)
    taken = config.unlabelled == TRAIN and datasets[0].unlabelled is not None
    to_fit = [(d, split.train) for d, split in zip(datasets, splits, strict=True)]
    to_fit = [with_unlabelled(*each) for each in to_fit] if taken else to_fit
    fitted = tuple(fit_as(values, *each, config) for each in to_fit)
    parts = {name: _stack(datasets, splits, fitted, name) for name in Split._fields}
    return Prepared(
        **parts,
        preprocessing=fitted,
        dim_u=fitted[0].dim_u,
        image_shape=datasets[0].image_shape,
        notes=(
            *filter(None, [datasets[0].credit]),
            *(notes_with_unlabelled(datasets[0]) if taken else datasets[0].notes),
            *notes_on_codes(datasets[0]),
        ),
        split=note,
        sha256=_fingerprint(datasets, taken),
        truths=tuple(
            d.truth.at(split.test)
            for d, split in zip(datasets, splits, strict=True)
            if d.truth is not None and d.truth.is_noisy
        ),
        unlabelled=seen_unlabelled(datasets, fitted) if taken else None,
    )


def _stack(
    datasets: Sequence[Dataset],
    splits: Sequence[Split],
    fitted: Sequence[Preprocessing],
    name: str,
) -> Part:
    rows = [getattr(split, name) for split in splits]
    each = list(zip(datasets, rows, fitted, strict=True))
    x = np.empty((len(each), len(rows[0]), fitted[0].dim_x), np.float32)
    for i, (dataset, chosen, preprocessing) in enumerate(each):
        x[i] = preprocessing.transform_rows(dataset.x, chosen)
    clean = (
        [fit.transform_rows(d.clean, r) for d, r, fit in each if d.clean is not None]
        if name == "test"
        else []
    )
    s = [dataset.s[chosen] for dataset, chosen, _ in each if dataset.s is not None]
    u = np.stack([fit.encode_u(dataset.u[chosen]) for dataset, chosen, fit in each])
    groups = [group_of(d)[r] for d, r in zip(datasets, rows, strict=True)]
    place = [place_of(d)[r] for d, r in zip(datasets, rows, strict=True)]
    row, place, group = map(np.stack, (rows, place, groups))
    known, bare = (np.stack(each) if each else None for each in (s, clean))
    return Part(x, u, known, row, place, group, bare)


def _fingerprint(datasets: Sequence[Dataset], unlabelled: bool) -> str:
    digest = hashlib.sha256()
    for dataset in datasets:
        others = dataset.unlabelled if unlabelled else None
        for array in (dataset.x, dataset.u.own(), dataset.s, dataset.groups, dataset.time, others):
            if array is not None:
                digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        for each in dataset.u.columns:
            if each.kind in (Kind.CIRCULAR, Kind.ORDERED):
                levels = np.asarray(each.levels).tolist()
                digest.update(f"{each.kind.value} {each.period} {levels}".encode())
    return digest.hexdigest()


def preprocessing_arrays(fitted: Sequence[Preprocessing]) -> dict[str, np.ndarray]:
    """The preprocessing of every data seed under `index/field`, for an `.npz` file."""
    return {
        f"{i}/{name}": array
        for i, each in enumerate(fitted)
        for name, array in each.to_arrays().items()
    }


def split_arrays(data: Prepared) -> dict[str, np.ndarray]:
    """The split, and under `index/part` every row's part for each data seed, for an `.npz` file."""
    found: dict[str, np.ndarray] = {"split": np.array(data.split.split)}
    for i in range(len(data.preprocessing)):
        part = np.full(data.split.rows, "none", "<U5")
        for name in Split._fields:
            part[getattr(data, name).row[i]] = name
        found[f"{i}/part"] = part
    return found


def preprocessing_from(stored: Mapping[str, np.ndarray], index: int) -> Preprocessing:
    """That of one data seed; undoes `preprocessing_arrays`."""
    prefix = f"{index}/"
    own = {name.removeprefix(prefix): stored[name] for name in stored if name.startswith(prefix)}
    return Preprocessing.from_arrays(own)
