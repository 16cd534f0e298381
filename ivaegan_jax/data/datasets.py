"""Data sets by name or path, their splits and their preprocessing. numpy only, on the host."""

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.data.benchmarks.continuous import continuous_u
from ivaegan_jax.data.benchmarks.coupled import b5_quadratic, b5_sine, b5_two_circles, b6
from ivaegan_jax.data.benchmarks.levels import few_levels
from ivaegan_jax.data.benchmarks.noise import add_noise
from ivaegan_jax.data.benchmarks.observed import counts, laws, noisy
from ivaegan_jax.data.benchmarks.real import digits
from ivaegan_jax.data.benchmarks.sessions import sessions
from ivaegan_jax.data.benchmarks.sprites import sprites
from ivaegan_jax.data.benchmarks.synthetic import b1, b2, b3_imca, b3_tcl, b4
from ivaegan_jax.data.recordings.packaged import PACKAGED
from ivaegan_jax.data.recordings.shipped import RECORDINGS
from ivaegan_jax.data.tables.formats import ending_of
from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import Dataset, InputError, Registry


class DatasetEntry(NamedTuple):
    """A named data set.

    Attributes:
      make: draws or loads it: `make(data_seed, **options)` if synthetic, else `make(**options)`.
      synthetic: whether a data seed draws new data, or only a new split of the same rows.
      noise: what `add_noise` adds unless another is set.
      is_table: whether it is a recording, whose columns and rows are named as those of a file:
        `make(new_rows_of, **columns)`.
    """

    make: Callable[..., Dataset]
    synthetic: bool
    noise: float = 0.0
    is_table: bool = False


def as_data_set(make: Callable[..., Dataset], synthetic: bool = True) -> DatasetEntry:
    """A data set of a function from outside, whose options are its keyword-only arguments."""
    if not callable(make):
        raise ValueError("it is no function that returns a Dataset")
    signature = inspect.signature(make)

    @functools.wraps(make)
    def checked(*args: Any, **options: Any) -> Dataset:
        try:
            signature.bind(*args, **options)
        except TypeError as error:
            raise InputError(f"the data set {make.__name__}: {error}") from error
        if not isinstance(found := make(*args, **options), Dataset):
            raise InputError(f"the data set {make.__name__} must return a Dataset")
        return found

    return DatasetEntry(checked, synthetic)


DATASETS = Registry[DatasetEntry]("data set", as_data_set, {
    "b1": DatasetEntry(b1, synthetic=True),
    "b2": DatasetEntry(b2, synthetic=True),
    "b3_tcl": DatasetEntry(b3_tcl, synthetic=True),
    "b3_imca": DatasetEntry(b3_imca, synthetic=True),
    "b4": DatasetEntry(b4, synthetic=True),
    "b5_sine": DatasetEntry(b5_sine, synthetic=True),
    "b5_quadratic": DatasetEntry(b5_quadratic, synthetic=True),
    "b5_two_circles": DatasetEntry(b5_two_circles, synthetic=True),
    "b6": DatasetEntry(b6, synthetic=True),
    "continuous_u": DatasetEntry(continuous_u, synthetic=True),
    "noisy": DatasetEntry(noisy, synthetic=True, noise=0.316),
    "counts": DatasetEntry(counts, synthetic=True),
    "laws": DatasetEntry(laws, synthetic=True),
    "few_levels": DatasetEntry(few_levels, synthetic=True),
    "sprites": DatasetEntry(sprites, synthetic=True),
    "sessions": DatasetEntry(sessions, synthetic=True),
    "digits": DatasetEntry(digits, synthetic=False),
    **{name: DatasetEntry(functools.partial(each.load, name), synthetic=False, is_table=True)
       for name, each in {**RECORDINGS, **PACKAGED}.items()},
})  # fmt: skip


def load_dataset(
    name_or_path: str | Path,
    data_seed: int = 1,
    options: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Dataset:
    """Draws or loads a data set.

    Args:
      name_or_path: a key of `DATASETS`, or a file as `load_table` takes it.
      data_seed: draws a synthetic data set; others do not depend on it.
      options: keyword arguments of the named data set, such as `{"segments": 20}`; every synthetic
        one also takes `noise` and `noise_law`, see `add_noise`.
      columns: of a file or a recording, which columns are x, u, groups, time and s, and which
        rows, see `load_table`.

    Returns:
      The table; with true sources `s` where they are known.

    Raises:
      InputError: for an unknown name, unknown or unfit options, or an unfit file.

    Examples:
      >>> from ivaegan_jax import load_dataset
      >>> dataset = load_dataset("b1", data_seed=3, options={"segments": 4, "per_segment": 50})
      >>> dataset.x.shape, dataset.u.distinct(), dataset.s.shape
      ((200, 5), 4, (200, 5))
    """
    name, options, columns = str(name_or_path), dict(options or {}), dict(columns or {})
    if name in DATASETS and DATASETS[name].is_table:
        if options:
            raise InputError(
                f"{name} has no option {min(options)!r}: a recording is a table, whose columns and "
                "rows are named by --x, --u, --groups, --time and --rows"
            )
        return DATASETS[name].make(**columns)
    if name in DATASETS and columns:
        raise InputError(f"{name} has no columns to choose from: leave out --{min(columns)}")
    if is_synthetic(name):
        noise = options.pop("noise", DATASETS[name].noise)
        law = options.pop("noise_law", "gaussian")
        return add_noise(DATASETS[name].make(data_seed, **options), noise, data_seed, law)
    if name in DATASETS:
        return DATASETS[name].make(**options)
    if not name or not (ending_of(Path(name)) or Path(name).expanduser().exists()):
        raise InputError(_unknown(name))
    if options:
        raise InputError(f"{name}: a file has no options, found {', '.join(options)}; remove them")
    return load_table(name, **columns)


def is_synthetic(name_or_path: str | Path) -> bool:
    """Whether a data seed draws new data; False where it only splits the same rows anew."""
    name = str(name_or_path)
    return name in DATASETS and DATASETS[name].synthetic


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), DATASETS)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    known = ", ".join(DATASETS)
    return f"unknown data set {name!r}; {hint}known are {known}, or the path of a file"
