"""Flags that programs share, what they say together, and the command as it was given."""

import dataclasses
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from absl import flags
from ml_collections import config_flags

from ivaegan_jax.cli import _processes
from ivaegan_jax.data import COLUMNS, DATASETS, KINDS, ROWS, endings_in_words
from ivaegan_jax.studies import Config, parse_seeds, value_of_today
from ivaegan_jax.types import InputError

flags.disclaim_key_flags()  # they belong to the program, whose --help lists them

CONFIGS = Path(__file__).parent / "configs"


def define_common_flags() -> None:
    """Defines the flags of all programs."""
    flags.DEFINE_string(
        "compilation_cache",
        _default_cache(),
        "Folder where compiled programs are kept for the next run; empty keeps none.",
    )
    flags.DEFINE_list(
        "plugins", [], "Modules, or .py files, that bring pieces of your own (losses, networks, "
        "data sets, ...) by `register`; those of installed packages are there without it.",
    )  # fmt: skip
    flags.DEFINE_enum(
        "matmul_precision", "float32", ["float32", "tensorfloat32", "bfloat16", "default"],
        "Of matrix products on accelerators; default takes the device's own, TF32 or bfloat16.",
    )  # fmt: skip


def _default_cache() -> str:
    """Where compiled programs are kept; nowhere where there is no home."""
    try:
        return str(Path.home() / ".cache" / "ivaegan_jax")
    except RuntimeError:
        return ""


def define_study_flags(data: str, steps: int) -> None:
    """Defines the flags of the programs that train, with these defaults."""
    define_experiment_flags(data, steps)
    _processes.define_flags()
    flags.DEFINE_string("workdir", "", "Where results go; empty takes runs/PROGRAM-DATA.")


def define_experiment_flags(data: str, steps: int) -> None:
    """Defines the flags that say what is trained and on which data, with these defaults."""
    define_common_flags()
    flags.DEFINE_string(
        "data",
        data,
        f"{', '.join(DATASETS)}, or a file ({endings_in_words()}); several files with commas "
        "between them are sessions.",
    )
    define_column_flags()
    flags.DEFINE_string(
        "seeds",
        "",
        "Model seeds: a number S for 1 to S, or a list as 3,5-7; empty takes 2 for a benchmark "
        "and 5 for a table.",
    )
    flags.DEFINE_string(
        "data_seeds",
        "",
        "Draws of the benchmark, or of the held-out rows of a table: a number K for 1 to K, or a "
        "list as 101-104; empty takes 6-9 for a benchmark and 1 for a table.",
    )
    flags.DEFINE_string(
        "split",
        "",
        "Which rows are held out: random, group:COLUMN for whole groups, blocks or "
        "blocks:LENGTH,gap:GAP for blocks in time, or auto, the default: what the rows need.",
    )
    flags.DEFINE_integer("steps", steps, "Rounds of the game, each player moving once or more.")
    flags.DEFINE_bool(
        "unmix",
        None,
        "Whether a model with p(z|u) may get a linear map of its latents after training, found by "
        "u and taken where validation rows allow it; as --config.train.unmix.",
    )
    config_flags.DEFINE_config_file(
        "config",
        str(CONFIGS / "default.py"),
        "Config file; single settings as --config.model.dim_z=4 (listed below).",
    )


def define_column_flags() -> None:
    """Defines the flags that say which columns of a file are what."""
    many = "names or patterns, as neuron_*, with commas; !PATTERN leaves out"
    flags.DEFINE_string(
        "x",
        "",
        f"Columns of a file that are observations: {many}; empty takes the array x, or all columns "
        "of numbers that are nothing else.",
    )
    flags.DEFINE_string(
        "u",
        "",
        "Columns that are the auxiliary variable, with commas, each perhaps with its kind, "
        f"NAME:KIND: {', '.join(KINDS)}; empty takes u.",
    )
    flags.DEFINE_string("groups", "", "Column of recordings, sessions or subjects.")
    flags.DEFINE_string("time", "", "Column of times.")
    flags.DEFINE_string("s", "", f"Columns that are true sources, where they are known: {many}.")
    define_rows_flag("")


def define_rows_flag(default: str | None) -> None:
    """Defines the flag that says which rows of a file are taken."""
    kept = "the study's" if default is None else "all"
    flags.DEFINE_string("rows", default, f"Rows of a file, by values of its columns: {ROWS}; empty "
                        f"takes all, and without the flag {kept}.")  # fmt: skip


def read_config() -> Config:
    """The config file with its overrides; raises InputError where the file gives no Config."""
    config = flags.FLAGS["config"].value
    if not isinstance(config, Config):
        known = ", ".join(sorted(str(path) for path in CONFIGS.glob("[!_]*.py")))
        raise InputError(f"--config names no readable config file; there are {known}")
    for name in ("split", *COLUMNS):
        config = with_data(config, name, value) if (value := flags.FLAGS[name].value) else config
    if (unmix := flags.FLAGS.unmix) is not None:
        config = dataclasses.replace(config, train=dataclasses.replace(config.train, unmix=unmix))
    terms = value_of_today("extra_terms", config.model.extra_terms)
    return dataclasses.replace(config, model=dataclasses.replace(config.model, extra_terms=terms))


def with_data(config: Config, name: str, value: str) -> Config:
    """The settings with one of the data; raises InputError where they name another value."""
    own = getattr(config.data, name)
    if own not in (getattr(Config().data, name), value):
        raise InputError(
            f"--{name}={value} and --config.data.{name}={own} differ; give one of them"
        )
    return dataclasses.replace(config, data=dataclasses.replace(config.data, **{name: value}))


MANY = 100
"""Numbers from here on are names of draws more often than counts of them."""


def read_data_seeds(text: str) -> Sequence[int]:
    """Reads the value of `--data_seeds`; says what a large number alone means.

    Raises:
      InputError: for anything but a number or a list.
    """
    if text.strip().isdecimal() and int(text) >= MANY:
        number = int(text)
        print(
            f"--data_seeds={number} means the {number} draws 1 to {number}; for the one that is "
            f"called {number} give --data_seeds={number}-{number}", flush=True
        )  # fmt: skip
    return parse_seeds("data_seeds", text)


def require(*names: str) -> None:
    """Raises InputError unless all these flags were given."""
    if missing := [f"--{name}" for name in names if not flags.FLAGS[name].value]:
        raise InputError(f"{' and '.join(missing)} must be given; see --help")


CHANGES_NOTHING = ("workdir", "out", "compilation_cache", "runs_at_once", *_processes.NAMES)
"""Flags that change no number."""


def command_line() -> str:
    """The command as it was given, less where it keeps its files."""
    words, kept = iter(sys.argv[1:]), []
    for word in words:
        name, equals, _ = word.lstrip("-").partition("=")
        if name not in CHANGES_NOTHING:
            kept.append(word)
        elif not equals and not flags.FLAGS[name].boolean:
            next(words, None)
    program = sys.argv[0].split()
    if program[:1] != ["ivaegan"]:
        spec = sys.modules["__main__"].__spec__
        named = spec.name if spec and spec.name.startswith("experiments.") else ""
        program = ["python", "-m", named or f"experiments.{Path(sys.argv[0]).stem}"]
    return shlex.join([*program, *kept])
