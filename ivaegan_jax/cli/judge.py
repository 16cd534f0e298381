"""Says whether latents of any method are supported by several runs, x and u; trains nothing.

  ivaegan judge --latents=a.npz,b.npz,c.npz --data=x_u.npz
  ivaegan judge --latents=runs/cebra --data=mine.csv --x='neuron_*' --u=condition --json
  ivaegan judge --latents=a.npz,b.npz --data=x_u.npz --controls=shuffled_1.npz,shuffled_2.npz
  ivaegan judge --data=x_u.npz --write_controls=controls

A file of latents has the rows of the table in its order, in any format that a table may have, or
npy: FILE, or FILE:PATTERN with the array or the columns that are latents, as a.csv:z*, a.csv:z1,z2,
a.npz:embedding or cells.h5ad:X_pca. A folder stands for all of its files, an array [runs, rows,
columns] for all of its runs. Files of controls are of the same method trained on what
--write_controls writes; where they hold u as well, it is that which the control was trained with.
The exit status is 0 for supported, 1 for not supported, 3 where it is undecided, 2 where the
command cannot be meant.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absl import flags

from ivaegan_jax.cli import _flags
from ivaegan_jax.data import (
    COLUMNS,
    DATASETS,
    ending_of,
    endings_in_words,
    files_of,
    load_dataset,
    load_embedding,
    write_controls,
)
from ivaegan_jax.evaluation import Judged, judge
from ivaegan_jax.files import printable_lines
from ivaegan_jax.report import write_judged
from ivaegan_jax.types import Dataset, InputError


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_list("latents", [], "Files of latents, one or more for each run; see above.")
    flags.DEFINE_string("data", "", f"The table: {', '.join(DATASETS)}, or a file "
                        f"({endings_in_words()}).")  # fmt: skip
    flags.DEFINE_integer("data_seed", 1, "Draw of a benchmark.")
    _flags.define_column_flags()
    flags.DEFINE_string("test", "", "Column that marks rows which were not trained on: true, 1, "
                        "test or valid; empty splits the rows by what they are.")  # fmt: skip
    flags.DEFINE_list("controls", [], "Files of latents of the method's negative controls.")
    flags.DEFINE_string("write_controls", "", "Folder for tables that controls are trained on.")
    flags.DEFINE_boolean("json", False, "One JSON object: verdict, reasons, next, copies, numbers.")
    flags.DEFINE_string("out", "", "Folder for a page, report.html, and judged.json.")


def main() -> int:
    """Writes tables for controls, judges latents, or both."""
    values = flags.FLAGS
    _flags.require("data")
    if not (values.latents or values.write_controls):
        raise InputError("--latents names no file; give those of one run or more")
    table = _table()
    if table.credit and not values.json:
        print(table.credit)
    if values.write_controls:
        paths = write_controls(table, values.write_controls)
        if not values.json:
            print("\n".join(f"wrote {path}" for path in paths))
            print("Train the same method on each, save its latents z and the u of that file, and "
                  "give them as --controls.")  # fmt: skip
    return _judged(table) if values.latents else 0


def _judged(table: Dataset) -> int:
    values = flags.FLAGS
    runs, controls = _read(values.latents), _read(values.controls)
    judged = judge(
        [z for _, z, _ in runs], table, test=values.test, names=[name for name, _, _ in runs],
        controls=[z if u is None else (z, u) for _, z, u in controls],
    )  # fmt: skip
    print(_said(judged))
    if values.out:
        facts = {"command": _flags.command_line(), "data": values.data, "runs": str(len(runs))}
        page = write_judged(judged, values.out, values.data, facts)
        if not values.json:
            print(f"report: {page}")
    return judged.status


def _read(given: Sequence[str]) -> list[tuple[str, Any, Any]]:
    """Name, latents and own u of every run in files and folders.

    Raises:
      InputError: for a file that is named twice: what agrees with itself is no evidence.
    """
    found, texts = [], [each for one in together(given) for each in files_of(one)]
    places = [os.path.realpath(os.path.expanduser(text)) for text in texts]
    if twice := [t for i, t in enumerate(texts) if places[i] in places[:i]]:
        raise InputError(f"{twice[0]} is given twice; a run agrees with itself, give others")
    for text in texts:
        runs, u = load_embedding(text)
        several = len(runs) > 1
        found += [(f"{text}[{i}]" if several else text, z, u) for i, z in enumerate(runs)]
    return found


def together(words: Sequence[str]) -> list[str]:
    """Files with their columns: `a.csv:z1` and `z2`, cut at a comma, name two columns of one."""
    found: list[str] = []
    for word in words:
        is_file = ":" in word or ending_of(Path(word)) or Path(word).expanduser().exists()
        if found and ":" in found[-1] and not is_file:
            found[-1] += f",{word}"
        else:
            found.append(word)
    return found


def _table() -> Dataset:
    """The table, by name or file."""
    values = flags.FLAGS
    columns = {name: value for name in COLUMNS if (value := values[name].value)}
    return load_dataset(values.data, values.data_seed, columns=columns)


def _said(judged: Judged) -> str:
    if flags.FLAGS.json:
        return json.dumps(judged.to_json(), indent=2, allow_nan=False)
    return printable_lines(str(judged))
