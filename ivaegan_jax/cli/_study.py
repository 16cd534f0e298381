"""From flags to a finished work directory: what `train` and `compare` share."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from absl import flags

from ivaegan_jax.cli import _flags
from ivaegan_jax.cli._flags import command_line, read_config
from ivaegan_jax.cli._stop import STOP
from ivaegan_jax.cli._words import closing_words, opening
from ivaegan_jax.data import CONTROLS, is_synthetic
from ivaegan_jax.files import write_text
from ivaegan_jax.report import ConsoleReporter, stages_of
from ivaegan_jax.studies import (
    Experiment,
    Running,
    Workdir,
    listed,
    load_of_study,
    parse_seeds,
    recorded,
    study_of,
    tables_of,
    with_controls,
)
from ivaegan_jax.training import Ahead, barrier, describe_numerics, fingerprint, leads, led
from ivaegan_jax.types import Pause

BENCHMARK_SEEDS = ("2", "6-9")
"""Model seeds and data seeds; not looked at while the defaults were chosen."""

flags.disclaim_key_flags()  # they belong to the program, whose --help lists them

AUTO, NONE = "auto", "none"
"""Values of `--controls`: those that the rows need, and none."""

UNRECORDED = ("config", *_flags.CHANGES_NOTHING)
"""Flags that the manifest leaves out: the first is in config.json, the others change nothing."""

TABLE_SEEDS = ("5", "1")
"""Without sources, agreement between model seeds is what counts, on one choice of held-out rows."""


def define_flags(data: str, steps: int) -> None:
    """Defines the flags of `run_study`, with these defaults."""
    _flags.define_study_flags(data, steps)
    define_runs_at_once()
    known = ", ".join(CONTROLS)
    flags.DEFINE_list(
        "controls", [AUTO], f"Negative controls trained beside every model: any of {known}; all; "
        "none; or auto: shifted_u beside models whose prior depends on u, where the rows of a "
        "table depend on each other.",
    )  # fmt: skip


def define_runs_at_once() -> None:
    """Defines the flag that says in how large parts runs are trained."""
    flags.DEFINE_integer(
        "runs_at_once", 0, "Runs trained at once; 0 takes as many as fit. It changes no number.",
        lower_bound=0,
    )  # fmt: skip


def experiment_from_flags(presets: Sequence[str]) -> Experiment:
    """Reads the study's flags; raises InputError for those that cannot be read."""
    values = flags.FLAGS
    seeds, data_seeds = BENCHMARK_SEEDS if is_synthetic(values.data) else TABLE_SEEDS
    return Experiment(
        data=values.data,
        presets=tuple(listed(presets)),
        seeds=parse_seeds("seeds", values.seeds or seeds),
        data_seeds=_flags.read_data_seeds(values.data_seeds or data_seeds),
        steps=values.steps,
        config=read_config(),
    )


def with_asked_controls(presets: Sequence[str]) -> list[str]:
    """The presets with the negative controls that the flags name."""
    requested = flags.FLAGS.controls
    named = {"all": list(CONTROLS), AUTO: [], NONE: []}.get(",".join(requested), requested)
    return with_controls(listed(presets), named)


def run_study(program: str, labels: Callable[[], Sequence[str]]) -> None:
    """Runs, or goes on with, the study that the flags describe, and writes its report."""
    names = "-".join(Path(name).stem for name in tables_of(flags.FLAGS.data))
    name = flags.FLAGS.workdir or f"runs/{program}-{names}"
    workdir = Workdir(Path(name))
    load_of_study(workdir.path)  # what it was begun with, by whose names labels go
    experiment = experiment_from_flags(labels())
    controls = "controls" in flags.FLAGS and flags.FLAGS.controls == [AUTO]
    study = study_of(experiment, flags.FLAGS.batch_devices, controls)
    at_once = flags.FLAGS.runs_at_once
    if complete(study, workdir, after=partial(closing_words, workdir), runs_at_once=at_once):
        return
    print(f"{workdir.path} is finished; its report is {workdir.path / 'report.html'}")


def complete(
    study: Running,
    workdir: Workdir,
    title: str = "",
    after: Callable[[Pause], None] = lambda pause: None,
    runs_at_once: int = 0,
    ahead: Ahead | None = None,
) -> bool:
    """Brings a work directory to its end.

    Args:
      study: what it is for.
      workdir: new, or made for the same and stopped.
      title: of the progress bar, before the model's name.
      after: what is left to do before the directory counts as done.
      runs_at_once: runs trained at once; 0 takes as many as fit.
      ahead: compiles what comes next; None makes one for this study.

    Returns:
      Whether there was anything left to do.
    """
    settings = study.settings()
    if leads():
        workdir.open(settings)
    with closing(workdir):
        if barrier(
            f"settings {fingerprint([settings, describe_numerics()])}",
            leads() and workdir.is_done(),
        )[0]:
            return False
        _run(study, workdir, title, runs_at_once, ahead)
        folders = [folder for _, folder in study.recorded_in(workdir)]
        led("the report was written", lambda pause: _finish(folders, after, pause), STOP)
    return True


def _finish(folders: Sequence[Workdir], after: Callable[[Pause], None], pause: Pause) -> None:
    after(pause)
    for folder in folders:
        write_text(folder.done, "")


def _run(
    study: Running, workdir: Workdir, title: str, runs_at_once: int, ahead: Ahead | None
) -> None:
    left = study.left(workdir)
    with ExitStack() as records:
        manifest, *_ = [
            records.enter_context(recorded(own, folder, command_line(), _given_flags()))
            for own, folder in study.recorded_in(workdir)
        ]
        print("\n".join(opening(study, manifest["device"])), flush=True)
        stages, runs = list(stages_of(study, left)), len(study.runs.seed)
        steps, advise = study.experiment.steps, "config" in flags.FLAGS
        with ConsoleReporter(stages, steps, runs, title, advise) as reporter:
            study.run(workdir, reporter, STOP, runs_at_once=runs_at_once, on_plan=reporter.plan,
                      ahead=ahead)  # fmt: skip
            if leads():
                manifest["stage_seconds"] = reporter.spent()
                reporter.stage("page")


def _given_flags() -> dict[str, object]:
    parsed = flags.FLAGS.flags_by_module_dict()
    programs = ("experiments", "ivaegan_jax.cli")
    own = [flag for m, found in parsed.items() if any(p in m for p in programs) for flag in found]
    return {flag.name: flag.value for flag in own if flag.name not in UNRECORDED}
