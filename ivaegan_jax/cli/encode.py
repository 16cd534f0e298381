"""Encodes a table with a trained model: posterior means and standard deviations of every seed.

  ivaegan encode --workdir=runs/mine --data=my_table.npz --out=z.npz
  ivaegan encode --workdir=runs/mine --data=new.csv --out=z.csv

The ending of --out says the format; without one it is that of --data. Formats of columns (csv,
tsv, parquet, xlsx) hold the table's own columns but x, then z1, z2, ... and z1_std, ... of the
model seed to use, which is chosen without the true sources; --seed takes another one, and no more.
An h5ad file gets them as `X_ivaegan` and `X_ivaegan_std` of its `obsm`. Formats of arrays (npz, h5,
mat) hold `z` and `z_std`, each [seeds, rows, dim_z], rows in the table's order, `seeds`, and
`chosen`. `split` says how the study split its rows, and of its own table `part` says which rows
were for training (`train`, `valid`, `test`, or `none` in a gap). Columns are found by the names
that the model was trained on, in any order; u is needed only where the encoder reads it. A file
that exists is replaced with --overwrite alone. Rows that are far from those the model was trained
on (other units, another order of columns without names) are encoded, and one warning says so.
"""

from functools import partial
from pathlib import Path

import numpy as np
from absl import flags

from ivaegan_jax.cli import _flags
from ivaegan_jax.data import (
    DATASETS,
    Latents,
    ending_of,
    endings_in_words,
    load_dataset,
    load_table,
    write_latents,
)
from ivaegan_jax.studies import Fitted, Workdir, encode, load_named, of_seed, restore, tables_of
from ivaegan_jax.types import Dataset, InputError


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string(
        "workdir", "", "A work directory of train or compare, or a folder of its models/."
    )
    flags.DEFINE_string("data", "", "A file with x, or the study's own data by name.")
    flags.DEFINE_string("out", "", f"The file to write ({endings_in_words()}).")
    flags.DEFINE_boolean("overwrite", False, "Replace --out where there is such a file.")
    flags.DEFINE_string("preset", "", "Which model, where the work directory has several.")
    _flags.define_rows_flag(None)
    flags.DEFINE_integer("data_seed", None, "Which data seed, where there are several.")
    flags.DEFINE_integer("seed", None, "One model seed alone, in place of the chosen one.")


def main() -> None:
    """Loads the model, encodes the table, writes the latents."""
    _flags.require("workdir", "data", "out")
    _check_one(flags.FLAGS.data)
    out = _out(Path(flags.FLAGS.out), Path(flags.FLAGS.data))
    fitted = restore(Workdir(Path(flags.FLAGS.workdir)), flags.FLAGS.preset, flags.FLAGS.data_seed)
    if flags.FLAGS.seed is not None:
        fitted = of_seed(fitted, flags.FLAGS.seed)
    dataset = _rows(fitted, flags.FLAGS.data)
    print(dataset.credit, end="\n" * bool(dataset.credit))
    z, z_std = encode(fitted, dataset)
    about = {"seeds": fitted.seeds, "split": np.array(fitted.split)}
    own = flags.FLAGS.data == fitted.data and flags.FLAGS.rows is None
    if own and len(fitted.part) == len(dataset.x):
        about["part"] = fitted.part
    index = None
    if fitted.chosen:  # nothing was scored yet in a study that was stopped
        about["chosen"] = np.array(fitted.chosen.seed)
        index = fitted.seeds.tolist().index(fitted.chosen.seed)
        print(f"chosen: model seed {fitted.chosen.seed}, {fitted.chosen.reason}")
    source = Path(flags.FLAGS.data) if flags.FLAGS.data not in DATASETS else None
    alias = [name for name in ("groups", "time") if getattr(fitted.data_config, name)]
    side = {name: each for name, each in dataset.side.items() if name not in alias}
    of_all = write_latents(out, Latents(z, z_std, index, side, about, source))
    held = f"z and z_std, {' x '.join(map(str, z.shape))} (seeds x rows x latents)"
    one = f"{z.shape[2]} latents of {z.shape[1]:,} rows, of model seed {about.get('chosen')}"
    print(f"{out}: {held if of_all else one}")


def _check_one(data: str) -> None:
    """Raises InputError for several files."""
    if len(names := tables_of(data)) > 1:
        raise InputError(
            f"--data names {len(names)} files, and encode takes one; run it for each, as "
            f"--data={names[0]}, and for sessions that were trained together with the folder of "
            "each as --workdir=WORKDIR/sessions/1"
        )


def _out(out: Path, data: Path) -> Path:
    """The file to write, with the ending of the table where it has none.

    Raises:
      InputError: for a file that cannot be written so.
    """
    if not out.suffix:
        out = out.with_name(out.name + (ending_of(data) or ".npz"))
    if not ending_of(out) or not out.absolute().parent.is_dir():
        raise InputError(
            f"--out={out} must name a file in a folder that exists, ending in {endings_in_words()}"
        )
    if not out.exists():
        return out
    if data.exists() and out.samefile(data):
        if ending_of(out) == ".h5ad":  # which keeps all that it holds
            return out
        raise InputError(f"--out={out} is the table itself, which would be lost; name another file")
    if not flags.FLAGS.overwrite:
        raise InputError(f"--out={out} exists; name another file, or replace it with --overwrite")
    return out


def _rows(fitted: Fitted, data: str) -> Dataset:
    """All rows of a file, those without a u too, or a named data set as the study drew it."""
    rows = {} if flags.FLAGS.rows is None else {"rows": flags.FLAGS.rows}
    if data not in DATASETS or DATASETS[data].is_table:
        load = DATASETS[data].make if data in DATASETS else partial(load_table, data)
        columns = fitted.preprocessing.columns or fitted.preprocessing.dim_given
        return load(new_rows_of=columns, **{**fitted.data_config.named_columns(), **rows})
    if rows:
        raise InputError(f"{data} has no rows to choose from: leave out --rows")
    if data == fitted.data:
        return load_named(fitted.data, fitted.data_config, fitted.data_seed)
    return load_dataset(data, fitted.data_seed)
