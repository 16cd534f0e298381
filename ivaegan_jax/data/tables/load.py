"""A user's own table: an `.npz` file with x, u and perhaps s, checked before it is used."""

from collections.abc import Sequence
from pathlib import Path

from ivaegan_jax.data.tables.archive import HOW_TO_SAVE, SPARSE, read_arrays
from ivaegan_jax.data.tables.build import Pieces, build
from ivaegan_jax.types import Dataset, InputError

KEYS = ("x", "u", "s", "image_shape")


def load_table(path: str | Path, new_rows_of: int | Sequence[str] | None = None) -> Dataset:
    """Loads and checks an `.npz` file.

    Arrays of the file: `x [rows, dim_x]` numbers, or a sparse matrix as `scipy.sparse.save_npz`
    stores it; `u` as `read_auxiliary` takes it; optionally the true sources `s [rows, dim_s]`;
    where a row of x is an image, `image_shape` (height, width), the pixels lying row by row and
    the colours of one together. Any other array `[rows]` is a side column; `groups` and `time` say
    which rows belong together and when they were taken. Nothing is ever unpickled, and numbers
    stay as precise as they are.

    Args:
      path: the file.
      new_rows_of: rows for a model instead of rows to train on: the names of its columns of x, or
        how many it has. All rows are kept then, and u may be absent; of a table to train on, rows
        without a u are left out, which `notes` says.

    Raises:
      InputError: one line naming the file, what is wrong with it, and the remedy.

    Examples:
      >>> import numpy as np
      >>> from ivaegan_jax import load_table
      >>> x = np.random.default_rng(0).normal(size=(200, 3))
      >>> np.savez("mine.npz", x=x, u=["rest", "walk"] * 100)
      >>> load_table("mine.npz").u.levels.tolist()
      ['rest', 'walk']
    """
    path = Path(path).expanduser()
    arrays, found = read_arrays(path, KEYS)
    try:
        _check_keys(found, ("x", "u") if new_rows_of is None else ("x",))
        side = {name: array for name, array in arrays.items() if name not in KEYS}
        pieces = Pieces(
            arrays["x"], arrays.get("u"), arrays.get("s"), arrays.get("image_shape"), side
        )
        count = new_rows_of if isinstance(new_rows_of, int | None) else len(new_rows_of) or None
        return build(pieces, str(path), new_rows_of is None, count)
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
