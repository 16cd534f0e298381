"""A user's own table: an `.npz` file with x, u and perhaps s, checked before it is used."""

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ivaegan_jax.data.splits.order import ordered_by
from ivaegan_jax.data.tables.archive import HOW_TO_SAVE, SPARSE, read_arrays
from ivaegan_jax.data.tables.auxiliary import read_auxiliary, read_new
from ivaegan_jax.data.tables.matrices import as_matrix
from ivaegan_jax.types import Dataset, InputError

KEYS = ("x", "u", "s", "image_shape")
BY_ROW = ("x", "u", "s")
"""Arrays that must have an entry for each row."""

SHOWN = 3
"""How many spellings of a missing u a note names."""


def load_table(path: str | Path, require_u: bool = True, columns: int | None = None) -> Dataset:
    """Loads and checks an `.npz` file.

    Arrays of the file: `x [rows, dim_x]` numbers, or a sparse matrix as `scipy.sparse.save_npz`
    stores it; `u` as `read_auxiliary` takes it; optionally the true sources `s [rows, dim_s]`;
    where a row of x is an image, `image_shape` (height, width), the pixels lying row by row and
    the colours of one together. Any other array `[rows]` is a side column; `groups` and `time` say
    which rows belong together and when they were taken. Nothing is ever unpickled, and numbers
    stay as precise as they are.

    Args:
      path: the file.
      require_u: whether u must be there and vary, as training needs; rows without a u are then
        left out, which `notes` says. Without it all rows are kept, and u may be absent.
      columns: how many columns of x the model has that the rows are for, where there is one.

    Raises:
      InputError: one line naming the file, what is wrong with it, and the remedy.
    """
    path = Path(path).expanduser()
    arrays, found = read_arrays(path, KEYS)
    try:
        _check_keys(found, ("x", "u") if require_u else ("x",))
        names = [name for name in arrays if name != "image_shape"]
        _check_lengths({name: arrays[name].shape for name in names if name in BY_ROW})
        x = as_matrix(arrays["x"], "x", names, columns)
        s = as_matrix(arrays["s"], "s", names) if "s" in arrays else None
        s = None if s is None else s.astype(np.result_type(s.dtype, np.float32), copy=False)
        shape = _image_shape(arrays.get("image_shape"), x.shape[1])
        side = {name: array for name, array in arrays.items() if name not in KEYS}
        if not require_u:
            u = read_new(arrays.get("u"), len(x))
            new = Dataset(str(path), x, u, s, shape, side=side)
            return dataclasses.replace(new, **ordered_by(side))
        u, notes = read_auxiliary(arrays["u"], names)
        return _with_u(Dataset(str(path), x, u, s, shape, side=side, notes=notes), arrays["u"])
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _check_keys(found: list[str], needed: tuple[str, ...]) -> None:
    missing = [key for key in needed if key not in found]
    if missing:
        how = HOW_TO_SAVE
        if "x" in found and set(found) >= SPARSE:
            how = "put it beside the sparse matrix, `np.savez(path, u=u, **np.load(path))`"
        names = ", ".join(found) or "nothing"
        raise InputError(f"no array {' and '.join(missing)} in it (found {names}); {how}")


def _check_lengths(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises InputError for arrays of other lengths than x, and says which to transpose."""
    if not all(math.prod(shape) and shape for shape in shapes.values()):
        return  # empty or a lone number, which is said elsewhere
    rows = {name: shape[0] for name, shape in shapes.items()}
    other = next((name for name in rows if rows[name] != rows["x"]), None)
    if other is None:
        return
    common = set.intersection(*map(set, shapes.values()))
    turned = [name for name in rows if rows[name] not in common]
    if len(common) == 1 and all(len(shapes[name]) == 2 for name in turned):
        which, verb = " and ".join(turned), "is" if len(turned) == 1 else "are"
        how = f"save `{', '.join(turned)} = {', '.join(f'{name}.T' for name in turned)}`"
        counts = f"x has {rows['x']} rows and {other} {rows[other]}"
        raise InputError(f"{counts}: {verb} {which} transposed? {how}")
    counts = f"x has {rows['x']} rows, {other} has {rows[other]}"
    raise InputError(f"{counts}; they must belong to each other row by row")


def _with_u(table: Dataset, u: np.ndarray) -> Dataset:
    """The rows that have a u, and what is to be said of it.

    Raises:
      InputError: for a u that does not vary.
    """
    missing = table.u.missing
    if missing is not None and missing.all():
        raise InputError("u is missing in all rows; give one value for each row of x")
    if missing is not None and missing.any():
        kept, notes = ~missing, (_missing_note(u, missing), *table.notes)
        s = None if table.s is None else table.s[kept]
        side = {name: column[kept] for name, column in table.side.items()}
        table = dataclasses.replace(table, x=table.x[kept], s=s, side=side, notes=notes)
    table = dataclasses.replace(table, u=table.u.known())
    if not table.u.varies():
        raise InputError("u has one value in all rows; save a u of two or more values")
    if len(table.x) > 1 and (table.x == table.x[0]).all():
        raise InputError("x is the same in all rows; save observations that differ between rows")
    return dataclasses.replace(table, **ordered_by(table.side))


def _missing_note(u: np.ndarray, missing: np.ndarray) -> str:
    """How many rows have no u, and how that was spelt."""
    spelt = ["nan"] * int(missing.sum()) if u.dtype.kind == "f" else u.ravel()[missing].tolist()
    counts = Counter(value if isinstance(value, str) else str(value) for value in spelt)
    most = ", ".join(f"{value!r} {count:,}" for value, count in counts.most_common(SHOWN))
    more = f" and {len(counts) - SHOWN} other spellings" if len(counts) > SHOWN else ""
    return (
        f"u is missing in {missing.sum():,} of {len(missing):,} rows ({most}{more}); these rows "
        "are left out."
    )


def _image_shape(array: np.ndarray | None, columns: int) -> tuple[int, int] | None:
    """Height and width of an image, which all columns together are."""
    if array is None:
        return None
    if array.shape != (2,) or array.dtype.kind not in "iu" or array.min() < 1:
        raise InputError("image_shape must be two whole numbers from 1 on: height and width")
    height, width = map(int, array)
    if columns % (height * width):
        needed = f"takes a multiple of {height * width} columns of x"
        raise InputError(f"image_shape {height} x {width} {needed}, and there are {columns}")
    return height, width
