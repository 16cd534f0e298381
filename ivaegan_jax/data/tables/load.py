"""A user's own file, of any format, checked before it is used."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ivaegan_jax.data.tables.build import build
from ivaegan_jax.data.tables.choose import Choice, choose, names_in
from ivaegan_jax.data.tables.formats import read_table
from ivaegan_jax.data.tables.rows import parse_rows, some_rows
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import Dataset, InputError


def load_table(
    path: str | Path,
    new_rows_of: int | Sequence[str] | None = None,
    *,
    x: str | Sequence[str] = "",
    u: str | Sequence[str] = "",
    groups: str = "",
    time: str = "",
    s: str | Sequence[str] = "",
    rows: str = "",
) -> Dataset:
    """Loads and checks a file: npz, csv, tsv, parquet, h5, mat, h5ad or xlsx, by its ending.

    Image sets are read as they are published: idx files (MNIST and the like), the binary CIFAR,
    dSprites, 3D Shapes, and a folder of PNG or JPEG files with a csv file of labels.

    In a file of arrays, x `[rows, dim_x]` is observations, u the auxiliary variable, s the true
    sources, groups and time which rows belong together and when they were taken; where a row of x
    is an image, `image_shape` is (height, width), the pixels lying row by row and the colours of
    one together. Any other array `[rows]` is a side column. A sparse matrix as
    `scipy.sparse.save_npz` stores it is x. In a file of columns, and wherever names differ, the
    arguments name columns; each takes a list with commas:

        load_table("s.csv", x="neuron_*", u="direction,position:circular", groups="trial")

    Nothing is ever unpickled, and numbers stay as precise as they are.

    Args:
      path: the file.
      new_rows_of: rows for a model instead of rows to train on: the names of its columns of x, or
        how many it has. All rows are kept then, and u may be absent; of a table to train on, rows
        without a u are left out, which `notes` says.
      x: names or patterns (`*`, `?`), `!PATTERN` leaves out; empty takes the array x, or all
        columns of numbers that are nothing else.
      u: names, each perhaps with a kind, as `as_dataset` takes them; empty takes u.
      groups: the column of recordings, sessions or subjects; empty takes groups, if there is one.
      time: the column of times; empty takes time, if there is one.
      s: names or patterns of true sources; empty takes the array s, if there is one.
      rows: which rows, by the values of columns, as `person=p0,p1` or `person!=p4;task!=rest`;
        empty takes all.

    Returns:
      The table.

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
    path, choice = Path(path).expanduser(), Choice(x, u, groups, time, s)
    return from_table(partial(read_table, path), str(path), choice, rows, new_rows_of)


def from_table(
    read: Callable[[Sequence[str]], Table],
    name: str,
    choice: Choice,
    rows: str = "",
    new_rows_of: int | Sequence[str] | None = None,
) -> Dataset:
    """Checks a table that something reads and makes a data set of it.

    Args:
      read: makes the table, given names and patterns of what is wanted of it.
      name: of the table, for messages.
      choice: its columns.
      rows: which of its rows, as `load_table` takes them.
      new_rows_of: as `load_table` takes it.

    Raises:
      InputError: one line with the name, what is wrong, and the remedy.
    """
    model = () if isinstance(new_rows_of, int | None) else tuple(new_rows_of)
    count = new_rows_of if isinstance(new_rows_of, int) else len(model) or None
    try:
        named = [*names_in(choice), *(each.column for each in parse_rows(rows))]
        table = some_rows(read(named), rows)
        pieces = choose(table, choice, new_rows_of is None, model)
        return build(pieces, name, new_rows_of is None, count)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
