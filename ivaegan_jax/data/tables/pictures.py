"""Image sets in the formats that they are published in, as tables; nothing is unpickled.

Pixels are floats from 0 to 1, row by row, the colours of a pixel together. u is the label where
there is one; factors are columns to choose from.
"""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Real, Shaped

from ivaegan_jax.data.tables.folders import read_folder
from ivaegan_jax.data.tables.table import Table, as_pictures
from ivaegan_jax.types import InputError

IDX_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
"""Types of numbers by the third byte of an idx file."""

CIFAR, CIFAR_LABELS = (3, 32, 32), {1: ("u",), 2: ("coarse", "u")}
"""Shape of a picture, and labels before it: of CIFAR-10 one byte, of CIFAR-100 two."""

DSPRITES = ("color", "shape", "scale", "orientation", "posX", "posY")
SHAPES3D = ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation")


def read_idx(path: Path) -> Table:
    """Reads images as MNIST, Fashion-MNIST, KMNIST and EMNIST have them, and labels beside them.

    Labels lie in the file whose name has `labels-idx1` in place of `images-idx3`. EMNIST's
    pictures are stored column by column, which its file names tell.
    """
    images = _idx(path)
    if images.ndim != 3:
        raise InputError(f"an idx file of {images.ndim} dimensions; name the one of the images")
    if path.name.lower().startswith("emnist"):
        images = images.swapaxes(1, 2)
    of_labels = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    labels = {"u": _idx(of_labels)} if of_labels.is_file() else {}
    found = as_pictures(images[..., None], labels)
    return found._replace(found=tuple(found.arrays), how=f"put {of_labels.name} beside it")


def _idx(path: Path) -> Real[np.ndarray, "..."]:
    """The array of an idx file, packed by gzip or not."""
    broken = InputError(f"{path.name} is damaged, or no idx file; fetch it again")
    try:
        held = path.read_bytes()
        held = gzip.decompress(held) if held[:2] == b"\x1f\x8b" else held
    except (OSError, EOFError, zlib.error):
        raise broken from None
    kind, dims = (held[2], held[3]) if len(held) > 4 and held[:2] == b"\0\0" else (0, 0)
    start = 4 + 4 * dims
    if kind not in IDX_TYPES or not dims or len(held) < start:
        raise broken
    shape, dtype = np.frombuffer(held, ">u4", dims, 4).tolist(), np.dtype(IDX_TYPES[kind])
    if len(held) - start != dtype.itemsize * int(np.prod(shape, dtype=object)):
        raise broken
    return np.frombuffer(held, dtype, offset=start).reshape(shape)


def read_cifar(path: Path) -> Table:
    """Reads the binary version of CIFAR-10 or CIFAR-100: one file, or its folder, all rows.

    Labels are names where `batches.meta.txt` or `fine_label_names.txt` lies beside them.
    """
    files = sorted(path.glob("*.bin")) if path.is_dir() else [path]
    size, held = int(np.prod(CIFAR)), [np.fromfile(each, np.uint8) for each in files]
    fits = [n for n in CIFAR_LABELS if all(len(h) and not len(h) % (n + size) for h in held)]
    if not fits:
        raise InputError("no binary CIFAR file: records are a label or two and 3,072 pixels")
    records = np.concatenate([each.reshape(-1, fits[0] + size) for each in held])
    labels = dict(zip(CIFAR_LABELS[fits[0]], records.T, strict=False))
    images = records[:, fits[0] :].reshape(-1, *CIFAR).transpose(0, 2, 3, 1)
    folder = path if path.is_dir() else path.parent
    return as_pictures(images, labels | {"u": _named(labels["u"], folder, fits[0])})


def _named(codes: np.ndarray, folder: Path, labels: int) -> Shaped[np.ndarray, " rows"]:
    path = folder / ("batches.meta.txt" if labels == 1 else "fine_label_names.txt")
    if not path.is_file():
        return codes
    names = np.array(path.read_text(errors="replace").split())
    if codes.max() >= len(names):
        raise InputError(f"label {codes.max()} has no name in {path.name}; fetch it again")
    return names[codes]


def read_dsprites(path: Path) -> Table:
    """Reads dSprites, whose factors are columns, such as `--u=shape --s=posX,posY,scale`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            images, factors = file["imgs"], file["latents_values"]
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        raise InputError("damaged, or not dSprites; fetch it again") from None
    scale = 1.0 if images.max() <= 1 else 255.0
    return as_pictures(images[..., None], _factors(factors, DSPRITES), scale)


def read_3d_shapes(path: Path) -> Table:
    """Reads 3D Shapes, whose factors are columns, such as `--u=shape --s=scale,orientation`."""
    import h5py

    with h5py.File(path) as file:
        return as_pictures(np.asarray(file["images"]), _factors(file["labels"], SHAPES3D))


def _factors(values: Any, names: tuple[str, ...]) -> Mapping[str, np.ndarray]:
    values = np.asarray(values)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise InputError(f"factors of the shape {values.shape}, and not {len(names)} columns")
    return dict(zip(names, values.T, strict=True))


def _in_npz(path: Path) -> set[str]:
    """Names of the arrays of a file; none where the reader of its ending has to say why."""
    try:
        with zipfile.ZipFile(path) as file:
            return {name.removesuffix(".npy") for name in file.namelist()}
    except (OSError, zipfile.BadZipFile):
        return set()


def _in_h5(path: Path) -> set[str]:
    try:
        import h5py

        with h5py.File(path) as file:
            return set(file)
    except (OSError, ImportError):
        return set()


class Pictures(NamedTuple):
    """A format of image sets.

    Attributes:
      name: of it.
      is_one: whether a file or folder of this path, by its name in lower case, is of the format.
      read: it, as a table.
    """

    name: str
    is_one: Callable[[Path, str], bool]
    read: Callable[[Path], Table]


PICTURES = (
    Pictures("idx", lambda _, name: name.endswith(("-ubyte", "-ubyte.gz")), read_idx),
    Pictures(
        "CIFAR", lambda path, name: name.endswith(".bin") or any(path.glob("*.bin")), read_cifar
    ),
    Pictures(
        "dSprites",
        lambda path, name: name.endswith(".npz") and {"imgs", "latents_values"} <= _in_npz(path),
        read_dsprites,
    ),
    Pictures(
        "3D Shapes",
        lambda path, name: name.endswith(".h5") and {"images", "labels"} <= _in_h5(path),
        read_3d_shapes,
    ),
    Pictures("a folder of pictures", lambda path, _: path.is_dir(), read_folder),
)
"""The first that fits reads a path; what none fits is a table."""


def read_pictures(path: Path) -> Table | None:
    """The image set of a path, or None where it is none."""
    name = path.name.lower()
    found = next((each for each in PICTURES if each.is_one(path, name)), None)
    return None if found is None else found.read(path)
