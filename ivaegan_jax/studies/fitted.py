"""The runs of one model on one data seed, ready to encode new rows."""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import jax
import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import DataConfig, Preprocessing, far_off, preprocessing_from
from ivaegan_jax.evaluation import Chosen
from ivaegan_jax.files import making_sense_of
from ivaegan_jax.models import Dims, Hyperparameters, Model, ModelConfig, build
from ivaegan_jax.studies.pieces import PARTS_OF_A_MODEL, load_recorded
from ivaegan_jax.studies.saved import PREPROCESSING, load_model
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Dataset, InputError, Params, registrations

T = TypeVar("T")

ENCODED_ROWS = 65536
"""Rows encoded at once, so that memory does not grow with the table."""

LEAST_ROWS = 128
"""Rows that are encoded at once at least; fewer are filled up."""


class Fitted(NamedTuple):
    """The runs of one model on one data seed.

    Attributes:
      label: the model's.
      data: the data set's name, or the file, that it was trained on.
      data_config: how that was drawn, prepared and split.
      data_seed: the chosen one.
      config: the model's structure.
      hyperparameters: its traced numbers.
      model: its functions.
      params_by_seed: stacked over model seeds.
      preprocessing: fitted on the training rows.
      split: how rows were split, as `--split` takes it.
      part: of every row of the study's table: `train`, `valid`, `test` or `none`.
      dims: sizes.
      seeds: the model seeds, in order.
      chosen: the one to use, chosen without the truth; None before the runs were scored.
    """

    label: str
    data: str
    data_config: DataConfig
    data_seed: int
    config: ModelConfig
    hyperparameters: Hyperparameters
    model: Model
    params_by_seed: Params
    preprocessing: Preprocessing
    split: str
    part: np.ndarray
    dims: Dims
    seeds: np.ndarray
    chosen: Chosen | None

    @property
    def needs_u(self) -> bool:
        """Whether the encoder reads u."""
        return self.config.posterior in ("x,u", "product")


def open_model(folder: Path, data_seed: int | None = None) -> Fitted:
    """The runs of one data seed from a model's own folder; reads nothing else.

    Args:
      folder: such as `RUN/models/LABEL`.
      data_seed: may be None where there is only one.

    Returns:
      The runs, with all that `encode` takes.

    Raises:
      InputError: where the folder is no model or was changed, or the choice is not unique.

    Examples:
      >>> from pathlib import Path
      >>> from ivaegan_jax import open_model
      >>> fitted = open_model(Path("runs/mine/models/ivae"))
      >>> fitted.seeds.tolist(), fitted.needs_u
      ([1, 2], True)
    """
    folder = Path(folder).expanduser()
    found, params, stored = load_model(folder)
    load_recorded(found.pieces, folder, PARTS_OF_A_MODEL)
    data_seed = choose_one("data_seed", data_seed, found.data_seeds)
    index, per_data_seed = found.data_seeds.index(data_seed), len(found.seeds)
    own = slice(index * per_data_seed, (index + 1) * per_data_seed)
    with making_sense_of(folder / PREPROCESSING):
        return Fitted(
            label=found.label,
            data=found.data,
            data_config=found.data_config,
            data_seed=data_seed,
            config=found.structure,
            hyperparameters=found.hyperparameters,
            model=_model(found.structure, found.sizes, tuple(params), registrations()),
            params_by_seed=jax.tree.map(lambda leaf: leaf[own], params),
            preprocessing=preprocessing_from(stored, index),
            split=found.split,
            part=stored[f"{index}/part"],
            dims=found.sizes,
            seeds=np.array(found.seeds),
            chosen=found.chosen[index],
        )


@lru_cache(maxsize=8)  # what is compiled for it serves all that is opened of this structure
def _model(config: ModelConfig, dims: Dims, blocks: tuple[str, ...], registered: int) -> Model:
    return build(config, dims, blocks)


def of_seed(fitted: Fitted, seed: int) -> Fitted:
    """One of the runs alone, which is then the chosen one.

    Raises:
      InputError: for a model seed that there is not.
    """
    member = list(fitted.seeds).index(choose_one("seed", seed, [int(s) for s in fitted.seeds]))
    return fitted._replace(
        params_by_seed=jax.tree.map(lambda leaf: leaf[member : member + 1], fitted.params_by_seed),
        seeds=fitted.seeds[member : member + 1],
        chosen=Chosen(seed, "named by its seed"),
    )


def choose_one(name: str, choice: T | None, present: Sequence[T]) -> T:
    """The choice, or the only one there is; raises InputError where that is not unique."""
    if choice is None and len(present) == 1:
        return present[0]
    if choice is None or choice not in present:
        listed = ", ".join(map(str, present))
        raise InputError(f"choose one of this work directory's with --{name}: {listed}")
    return choice


def encode(
    fitted: Fitted, dataset: Dataset
) -> tuple[Float[np.ndarray, "seeds rows dim_z"], Float[np.ndarray, "seeds rows dim_z"]]:
    """Posterior means and standard deviations of new rows, in their order, for every seed.

    Rows that are far from the training rows are named in one warning, and encoded all the same.

    Args:
      fitted: the runs, as `open_model` and `restore` give them.
      dataset: the rows, in the units of the training rows.

    Returns:
      Means and standard deviations, each `[seeds, rows, latents]`.

    Raises:
      InputError: for another number of columns, or a u that is missing or was never seen.

    Examples:
      >>> from pathlib import Path
      >>> from ivaegan_jax import encode, load_dataset, open_model
      >>> fitted = open_model(Path("runs/mine/models/ivae"))
      >>> rows = load_dataset("b1", data_seed=6, options={"segments": 4, "per_segment": 60})
      >>> mean, std = encode(fitted, rows)
      >>> mean.shape  # model seeds, rows, latents
      (2, 240, 5)
    """
    x = fitted.preprocessing.transform_x(dataset.x)
    if fitted.needs_u and dataset.u.is_absent:
        names = ", ".join(each.name for each in fitted.preprocessing.u_kinds if each.name)
        columns = f" (columns {names})" if names else ""
        raise InputError(f"{dataset.name}: no u in it{columns}, which this encoder reads")
    check_segments(fitted, len(x))
    none = np.zeros(len(x), np.int32)
    u = fitted.preprocessing.encode_u(dataset.u) if fitted.needs_u else none
    warn_of_other_rows(fitted, dataset, fitted.needs_u)

    encode_all, params = _encoder(fitted.model, fitted.dims.dim_u), fitted.params_by_seed
    parts = [jax.device_get(encode_all(params, *some)) for some in in_chunks(x, u)]
    mu, log_var = (
        np.concatenate(arrays, axis=1)[:, : len(x)] for arrays in zip(*parts, strict=True)
    )
    return mu, np.exp(0.5 * log_var)


def check_segments(fitted: Fitted, rows: int) -> None:
    """Raises InputError for segments of time of other rows, which training has never seen."""
    names = [each.name for each in fitted.preprocessing.u_kinds]
    cut = [name for name in names if "segment(" in name or "segments(" in name]
    if fitted.needs_u and cut and rows != len(fitted.part):
        raise InputError(
            f"this encoder reads u, and segments of other rows ({cut[0]}) are none of those that "
            "it was trained on; use a model whose encoder reads x alone"
        )


def in_chunks(*rows: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Arrays of equally many rows in pieces of few sizes, so that few programs are compiled.

    The last piece is filled up with the last row. Small ones are not too small: products of a few
    rows are rounded otherwise than those of many.
    """
    count = len(rows[0])
    for start in range(0, count, ENCODED_ROWS):
        stop = min(start + ENCODED_ROWS, count)
        size = max(LEAST_ROWS, 1 << (stop - start - 1).bit_length())
        place = np.minimum(np.arange(start, start + size), count - 1)
        yield tuple(each[place] for each in rows)


@lru_cache(maxsize=8)
def _encoder(model: Model, dim_u: int) -> Callable[..., tuple[jax.Array, jax.Array]]:
    """Of every run by itself, so that each has the same numbers alone and among others."""

    def encode_rows(params: Params, x: jax.Array, u: jax.Array) -> tuple[jax.Array, jax.Array]:
        batch = as_batch(x, u, dim_u)
        return model.encode(params, batch.x, batch.u)

    return jax.jit(lambda params, x, u: jax.lax.map(lambda own: encode_rows(own, x, u), params))


def warn_of_other_rows(fitted: Fitted, dataset: Dataset, reads_u: bool) -> None:
    """Says where new rows are far from the training rows, as far as these are known.

    Args:
      fitted: the runs.
      dataset: the rows.
      reads_u: whether their u is used.
    """
    known = fitted.preprocessing
    found = [far_off(known.seen, dataset.x, "x", known.columns)] if known.seen else []
    if reads_u and known.seen_u:
        own = known.own_quantities(dataset.u)
        if own is not None and own.shape[1] == len(known.seen_u.mean):
            found.append(far_off(known.seen_u, own, "u"))
    for sentence in filter(None, found):
        logging.getLogger(__name__).warning("%s: %s", dataset.name, sentence)
