"""How many latents? Trains one model at several latent dimensions and recommends one.

  ivaegan latents --data=b1 --dims=2-8
  ivaegan latents --data=my_table.npz --dims=1-6,8,10 --seeds=5

Recommended are the fewest latents whose held-out log p(x|u) is within one standard error of the
best; how often runs drawn again say the same stands beside it. Numbers beyond what u and x allow
are left out, and a line says why. The report shows agreement between runs, active latents and
reconstruction at every dimension. The same command after a stop goes on where it was.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absl import flags

from ivaegan_jax import report
from ivaegan_jax.cli import _flags, _study
from ivaegan_jax.cli._arms import report_arms, run_arms
from ivaegan_jax.studies import (
    Arm,
    Config,
    Experiment,
    NamedStudy,
    load_of_study,
    most_latents,
    parse_numbers,
)
from ivaegan_jax.training import leads
from ivaegan_jax.types import InputError


def define_flags() -> None:
    """Defines the program's flags."""
    flags.DEFINE_string("preset", "ivae_gan", "The model: a row of ivaegan_jax/models/presets.py.")
    flags.DEFINE_string("dims", "2-8", "Latent dimensions: a list as 2-6,8.")
    flags.DEFINE_string("out", "", "Where tables, figures and manifest are kept as well.")
    _flags.define_study_flags(data="b1", steps=5_000)


def main() -> None:
    """Trains the preset at every dimension and says which one the data support."""
    values = flags.FLAGS
    root = Path(values.workdir or f"runs/latents-{Path(values.data).stem}")
    load_of_study(root)
    experiment = _study.experiment_from_flags([values.preset])
    study = sweep(experiment, allowed(experiment, parse_numbers("dims", values.dims)))
    run_arms(study, root)
    if not leads():
        return
    studied = report_arms("latents", study, root, Path(values.out) if values.out else None)
    print(f"\n{report.to_text(report.latents_table(studied.arms, studied.read))}")
    print(f"{report.recommended(studied.arms, studied.read)}\nreport: {root / 'report.html'}")


def allowed(experiment: Experiment, dims: Sequence[int]) -> Sequence[int]:
    """The dimensions that u and x allow; prints which are left out.

    Raises:
      InputError: for fewer than two, or one that cannot be, before and after.
    """
    _check(dims)
    number, reason, _ = most_latents(experiment, max(dims))
    kept = [dim for dim in dims if dim <= number]
    if len(kept) == len(dims):
        return dims
    most = f"{reason}, so that at most {number} latent{'s' * (number > 1)} can be told apart"
    if len(kept) < 2:
        how = f"give --dims=1-{number}" if number > 1 else "nothing is left to compare"
        raise InputError(
            f"--dims: {most}; {how}, or train that number by ivaegan compare "
            f"--config.model.dim_z={number}"
        )
    if leads():
        left = ", ".join(str(dim) for dim in sorted({*dims} - {*kept})[:3])
        more = f" and more ({len(dims) - len(kept)} in all)" if len(dims) - len(kept) > 3 else ""
        print(f"{left}{more} latents are left out: {most}.")
    return kept


def _check(dims: Sequence[int]) -> None:
    if len(dims) < 2 or min(dims) < 1 or len(set(dims)) < len(dims):
        raise InputError(f"--dims needs two or more different dimensions from 1 on: {list(dims)}")


def sweep(experiment: Experiment, dims: Sequence[int]) -> NamedStudy:
    """An arm per latent dimension, everything else as in `experiment`.

    Raises:
      InputError: for fewer than two dimensions, or one that cannot be.
    """
    _check(dims)
    settings, [preset] = changed(experiment.config), experiment.presets
    arms = [
        Arm(f"latents_{dim}", experiment.data, preset, settings | {"model.dim_z": dim},
            {report.DIM_Z: dim})
        for dim in sorted(dims)
    ]  # fmt: skip
    return NamedStudy(arms, experiment.data_seeds, experiment.seeds, experiment.steps)


def changed(config: Config) -> dict[str, Any]:
    """The settings that differ from the defaults, as an arm takes them."""
    default = dataclasses.asdict(Config())
    return {
        f"{part}.{name}": value
        for part, values in dataclasses.asdict(config).items()
        for name, value in values.items()
        if value != default[part][name]
    }
