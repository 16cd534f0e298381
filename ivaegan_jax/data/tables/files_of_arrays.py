"""Files that hold arrays by name: npz, HDF5, MATLAB, AnnData."""

import importlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from ivaegan_jax.data.splits.order import GROUPS, TIME
from ivaegan_jax.data.tables.archive import read_arrays
from ivaegan_jax.data.tables.latents import Latents
from ivaegan_jax.data.tables.objects import as_array, as_table
from ivaegan_jax.data.tables.table import KEYS, Table
from ivaegan_jax.types import InputError


def read_npz(path: Path, wanted: Sequence[str]) -> Table:
    """Reads x, u, s, image_shape, what is wanted beside, and columns `[rows]`; no pickle."""
    return read_arrays(path, (*KEYS, *wanted, GROUPS, TIME))


def read_hdf5(path: Path, wanted: Sequence[str], besides: str = "") -> Table:
    """Reads all arrays of one or two dimensions, and others that are wanted.

    Args:
      path: the file.
      wanted: names or patterns.
      besides: the name of an x that is left unread, as then are other arrays of two dimensions
        that are not wanted.
    """
    found: dict[str, np.ndarray] = {}
    with open_hdf5(path) as file:
        if file.attrs.get("encoding-type") == "anndata":
            return read_h5ad(path, wanted)
        file.visititems(lambda name, each: found.update(_arrays_of(name, each, wanted, besides)))
        if besides:
            return _as_columns(found)
        of_matlab = any("MATLAB_class" in each.attrs for each in file.values())
    if not found:
        raise InputError("no array of numbers or text in it; save x and u as data sets")
    return _as_columns({n: each.T for n, each in found.items()} if of_matlab else found)


def open_hdf5(path: Path) -> Any:
    """An open HDF5 file, to be closed; raises InputError where it is none."""
    h5py = _module("h5py", "io")
    try:
        return h5py.File(path)
    except OSError as error:
        raise InputError(f"no readable HDF5 file: {' '.join(str(error).split())}") from None


def _arrays_of(
    name: str, each: Any, wanted: Sequence[str], besides: str = ""
) -> dict[str, np.ndarray]:
    """The array of a data set, or those of its fields; none of what is no array."""
    import h5py

    if "pandas_type" in each.attrs:
        raise InputError("written by pandas, which nothing else reads; use DataFrame.to_parquet")
    is_wanted = any(fnmatchcase(name, pattern) for pattern in wanted)
    if name == besides or (besides and not is_wanted and getattr(each, "ndim", 1) > 1):
        return {}
    if not isinstance(each, h5py.Dataset) or (each.ndim > 2 and name not in KEYS and not is_wanted):
        return {}
    if each.dtype.names:
        return {f: np.asarray(each[f]) for f in each.dtype.names if each.ndim == 1}
    if h5py.check_string_dtype(each.dtype):
        return {name: np.asarray(each.asstr()[()], dtype=str)}
    return {name: np.asarray(each[()])} if each.dtype.kind in "iufbc" else {}


def read_mat(path: Path, wanted: Sequence[str]) -> Table:
    """Reads a MATLAB file of any version; rows are rows, and vectors columns."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    with path.open("rb") as file:
        if b"\x89HDF\r\n" in file.read(1024):  # of version 7.3
            return read_hdf5(path, wanted)
    try:
        held = loadmat(path)
    except (MatReadError, ValueError, TypeError, OSError) as error:
        raise InputError(f"no readable MATLAB file: {' '.join(str(error).split())}") from None
    arrays = {n: each for n, each in held.items() if not n.startswith("__")}
    return _as_columns(dict(pair for own in arrays.items() for pair in _arrays_in(*own)))


def _arrays_in(name: str, held: Any) -> Iterator[tuple[str, np.ndarray]]:
    """An array, or those in the fields of a structure, whose names follow behind `/`.

    Cells of several values, and structures in rows, are none.
    """
    if isinstance(held, np.ndarray) and held.dtype.names and held.size == 1:
        for field in held.dtype.names:
            yield from _arrays_in(f"{name}/{field}", held[field].item())
    elif hasattr(held, "toarray") or (isinstance(held, np.ndarray) and held.dtype.kind not in "OV"):
        yield name, as_array(held, name)
    elif all(np.size(cell) <= 1 and not np.asarray(cell).dtype.names for cell in np.ravel(held)):
        cells = [np.asarray(cell) for cell in np.ravel(held)]
        yield name, as_array(np.array([c.item() if c.size else "" for c in cells], object), name)


def _as_columns(arrays: dict[str, np.ndarray]) -> Table:
    """Vectors as columns, whether they lie or stand."""
    lone = {n: each.ndim == 2 and 1 in each.shape and n != "x" for n, each in arrays.items()}
    return Table({n: each.ravel() if lone[n] else each for n, each in arrays.items()})


def read_h5ad(path: Path, wanted: Sequence[str]) -> Table:
    """Reads an AnnData: X, the columns of obs, the arrays of obsm."""
    read = _module("anndata", "anndata").read_h5ad
    try:
        found = read(path)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"no readable h5ad file: {' '.join(str(error).split())}") from None
    table = as_table(found, "adata")
    assert table is not None
    return table


def _module(name: str, extra: str) -> Any:
    """A library that not everybody has."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        how = f"pip install 'ivaegan_jax[{extra}]'"
        raise InputError(f"files of this format need {name}: {how}") from None


def write_npz(path: Path, latents: Latents) -> None:
    """Writes the arrays of all seeds."""
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **latents.arrays())


def write_hdf5(path: Path, latents: Latents) -> None:
    """Writes the arrays of all seeds."""
    import h5py

    with h5py.File(path, "w") as file:
        for name, each in latents.arrays().items():
            text = each.dtype.kind == "U"
            file.create_dataset(name, data=each.astype(object) if text else each,
                                dtype=h5py.string_dtype() if text else None)  # fmt: skip


def write_mat(path: Path, latents: Latents) -> None:
    """Writes the arrays of all seeds."""
    from scipy.io import savemat

    with path.open("wb") as file:
        savemat(file, latents.arrays())


def write_h5ad(path: Path, latents: Latents) -> None:
    """Writes the AnnData that the rows came from, latents of one seed in its `obsm`."""
    anndata, (z, std) = _module("anndata", "anndata"), latents.of_one()
    source = latents.source
    if source and source.suffix == ".h5ad":
        held = anndata.read_h5ad(source)
    else:
        obs = latents.frame()[[*latents.side]]
        held = anndata.AnnData(obs=obs.set_axis(obs.index.astype(str)))
    held.obsm["X_ivaegan"], held.obsm["X_ivaegan_std"] = z, std
    held.write_h5ad(path)
