"""Encodes a table with a trained model: posterior means and standard deviations of every seed.

  ivaegan encode --workdir=runs/mine --data=my_table.npz --out=z.npz

The file holds `z` and `z_std`, each [seeds, rows, dim_z], rows in the table's order, `seeds`, and
`chosen`, the model seed to use, which is chosen without the true sources. --seed takes another one,
and no more. `split` says how the study split its rows, and of its own table `part` says which
rows were for training (`train`, `valid`, `test`, or `none` in a gap). u is needed only where the
encoder reads it. Rows that are far from those the model was trained on (other units, another order
of columns) are encoded, and one warning says so.
"""

from pathlib import Path

import numpy as np
from absl import flags

from ivaegan_jax.cli import _program
from ivaegan_jax.data import DATASETS, load_dataset, load_table
from ivaegan_jax.files import write_npz
from ivaegan_jax.studies import Workdir, encode, load_named, of_seed, restore
from ivaegan_jax.types import InputError


def define_flags() -> None:
    """Defines the program's flags."""
    _program.define_common_flags()
    flags.DEFINE_string(
        "workdir", "", "A work directory of train or compare, or a folder of its models/."
    )
    flags.DEFINE_string("data", "", "An .npz file with x, or the study's own data by name.")
    flags.DEFINE_string("out", "", "The .npz file to write.")
    flags.DEFINE_string("preset", "", "Which model, where the work directory has several.")
    flags.DEFINE_integer("data_seed", None, "Which data seed, where there are several.")
    flags.DEFINE_integer("seed", None, "One model seed alone, in place of the chosen one.")


def main() -> None:
    """Loads the model, encodes the table, writes the latents."""
    _program.require("workdir", "data", "out")
    out = Path(flags.FLAGS.out)
    if out.suffix != ".npz" or not out.absolute().parent.is_dir():
        raise InputError(f"--out={out} must name an .npz file in a folder that exists")
    fitted = restore(Workdir(Path(flags.FLAGS.workdir)), flags.FLAGS.preset, flags.FLAGS.data_seed)
    if flags.FLAGS.seed is not None:
        fitted = of_seed(fitted, flags.FLAGS.seed)
    if flags.FLAGS.data not in DATASETS:  # all rows of the file, those without a u too
        columns = fitted.preprocessing.columns or fitted.dims.dim_x
        dataset = load_table(flags.FLAGS.data, new_rows_of=columns)
    elif flags.FLAGS.data == fitted.data:  # as the study itself drew it
        dataset = load_named(fitted.data, fitted.data_config, fitted.data_seed)
    else:
        dataset = load_dataset(flags.FLAGS.data, fitted.data_seed)
    z, z_std = encode(fitted, dataset)
    found = {"z": z, "z_std": z_std, "seeds": fitted.seeds, "split": np.array(fitted.split)}
    if flags.FLAGS.data == fitted.data and len(fitted.part) == len(dataset.x):
        found["part"] = fitted.part
    if fitted.chosen:  # nothing was scored yet in a study that was stopped
        found["chosen"] = np.array(fitted.chosen.seed)
        print(f"chosen: model seed {fitted.chosen.seed}, {fitted.chosen.reason}")
    write_npz(out, found)
    print(f"{out}: z and z_std, {' x '.join(map(str, z.shape))} (seeds x rows x latents)")
