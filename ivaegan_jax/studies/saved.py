"""A trained model as a folder of its own: all that encoding takes, and nothing of its study.

    models/ivae_gan/model.json          structure, sizes, data, seeds, the chosen runs
    models/ivae_gan/params.npz          block/layer/array, each [runs, ...]
    models/ivae_gan/preprocessing.npz   what x and u go through, and every row's part of the split
    models/ivae_gan/SEAL.json           checksums of the others

The folder may be moved and sent; runs of a data seed lie next to each other.
"""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from ivaegan_jax import __version__
from ivaegan_jax.data import DataConfig
from ivaegan_jax.evaluation import Chosen
from ivaegan_jax.files import (
    RESTORE,
    cannot_write,
    making_sense_of,
    read_json,
    read_npz,
    write_json,
    write_npz,
)
from ivaegan_jax.models import Dims, Hyperparameters, ModelConfig
from ivaegan_jax.studies.former import is_former, renamed
from ivaegan_jax.training import SEAL, is_whole, seal
from ivaegan_jax.types import InputError, Params

SCHEMA = 1
"""Version of the folder's form; a later one may hold what this code cannot read."""

DESCRIPTION, PARAMS, PREPROCESSING = "model.json", "params.npz", "preprocessing.npz"


@dataclasses.dataclass(frozen=True)
class Description:
    """What `model.json` says.

    Attributes:
      label: the model's, as the study calls it.
      structure: without empty choices.
      hyperparameters: its traced numbers.
      sizes: of x, u and z, and the number of training rows.
      data: a data set's name, or a file.
      data_config: how it was drawn, prepared and split.
      data_sha256: of the data of all data seeds.
      split: how rows were split, as `--split` takes it.
      data_seeds: in the order of the runs.
      seeds: model seeds, in the order of the runs of one data seed.
      chosen: for every data seed the run to use, chosen without the truth.
      steps: rounds of the game that were played.
      pieces: what of it, of its data and of its results came from outside the package, and whence.
      columns: names of the columns of x; none where they have none.
      u_columns: name, kind, and levels or period of every column of u.
    """

    label: str
    structure: ModelConfig
    hyperparameters: Hyperparameters
    sizes: Dims
    data: str
    data_config: DataConfig
    data_sha256: str
    split: str
    data_seeds: tuple[int, ...]
    seeds: tuple[int, ...]
    chosen: tuple[Chosen, ...]
    steps: int
    pieces: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    columns: tuple[str, ...] = ()
    u_columns: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        own = dataclasses.asdict(self)
        chosen = [each._asdict() for each in self.chosen]
        made_by = {"schema": SCHEMA, "version": __version__}
        return made_by | own | {"sizes": self.sizes._asdict(), "chosen": chosen}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Description":
        """Undoes `to_json`.

        Raises:
          InputError: for the form of a later version.
        """
        if stored["schema"] > SCHEMA:
            raise InputError(
                f"a model of version {stored['version']}, which this one ({__version__}) cannot "
                "read; install that version or a later one"
            )
        # those of a model from before there were any
        stored = {"pieces": {}, "columns": (), "u_columns": (), **stored}
        if is_former(stored):
            named = renamed({n: stored[n] for n in ("structure", "hypers")})
            stored = {**stored, **named}
        own = {field.name: stored[field.name] for field in dataclasses.fields(cls)}
        return cls(**own | {
            "structure": ModelConfig(**own["structure"]),
            "hyperparameters": Hyperparameters(**own["hyperparameters"]),
            "sizes": sizes_of(own["sizes"]),
            "data_config": DataConfig(**own["data_config"]),
            "data_seeds": tuple(own["data_seeds"]),
            "seeds": tuple(own["seeds"]),
            "chosen": tuple(Chosen(**each) for each in own["chosen"]),
            "columns": tuple(own["columns"]),
            "u_columns": tuple(own["u_columns"]),
        })  # fmt: skip


def sizes_of(stored: Mapping[str, Any]) -> Dims:
    """Sizes as they were stored: JSON has a list for the shape of an image, early versions none."""
    image = stored.get("image_shape")
    return Dims(**{**stored, "image_shape": tuple(image) if image else None})


def save_model(
    folder: Path, description: Description, params: Params, preprocessing: dict[str, np.ndarray]
) -> None:
    """Writes a model's folder whole, in place of one that is there.

    Args:
      folder: such as `RUN/models/LABEL`.
      description: what `model.json` says.
      params: stacked over runs.
      preprocessing: of every data seed, and the split (see `preprocessing_arrays`).

    Raises:
      InputError: where it cannot be written; StorageError on a full disk.
    """
    aside = folder.with_name(f".{folder.name}.tmp")
    flat = flatten_dict(params, sep="/")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        write_npz(aside / PARAMS, {name: np.asarray(leaf) for name, leaf in flat.items()})
        write_npz(aside / PREPROCESSING, preprocessing)
        write_json(aside / DESCRIPTION, description.to_json())
        seal(aside)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def is_model(folder: Path) -> bool:
    """Whether a folder is that of a model."""
    return (folder / DESCRIPTION).is_file()


def label_of(folder: Path) -> str:
    """The label of the model in a folder."""
    with making_sense_of(folder / DESCRIPTION):
        return str(read_json(folder / DESCRIPTION)["label"])


def load_model(folder: Path) -> tuple[Description, Params, dict[str, np.ndarray]]:
    """What `save_model` wrote.

    Raises:
      InputError: where the folder is no model, or not as it was written.
    """
    if not is_model(folder):
        raise InputError(f"{folder} is no model: it has no {DESCRIPTION}")
    if not ((folder / SEAL).exists() and is_whole(folder)):
        raise InputError(f"{folder}: a file of it was changed or is missing; {RESTORE}")
    with making_sense_of(folder / DESCRIPTION):
        description = Description.from_json(read_json(folder / DESCRIPTION))
    params = unflatten_dict(read_npz(folder / PARAMS), sep="/")
    return description, params, read_npz(folder / PREPROCESSING)
