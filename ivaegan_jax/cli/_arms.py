"""From a named study to its finished arms, one report and its verdict."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from absl import flags

from ivaegan_jax import report
from ivaegan_jax.cli._flags import command_line
from ivaegan_jax.cli._stop import STOP
from ivaegan_jax.cli._study import complete
from ivaegan_jax.files import read_json, write_json, write_text
from ivaegan_jax.studies import (
    Experiment,
    NamedStudy,
    Study,
    Workdir,
    data_label,
    experiment_of,
    load_raw,
    merge,
)
from ivaegan_jax.training import Ahead, barrier, in_sight, leads


class Clock:
    """How long the arms that are left will take, judged by those that were run."""

    def __init__(self, work: Sequence[int]):
        """Takes the seed-steps of each arm that is to be run."""
        self.left, self.done, self.began = sum(work), 0, time.monotonic()

    def tick(self, work: int) -> None:
        """An arm is done."""
        self.done, self.left = self.done + work, self.left - work

    def __str__(self) -> str:
        """Such as `; about 14 min left`; empty where nothing was measured yet."""
        if not self.done:
            return ""
        seconds = (time.monotonic() - self.began) / self.done * self.left
        return f"; about {seconds / 60:.0f} min left" if seconds > 90 else f"; {seconds:.0f} s left"


class Coming:
    """The studies of the arms that come next, made in the background, and their programs."""

    def __init__(self, ahead: Ahead):
        """Takes the threads; nothing is begun."""
        self._ahead, self._begun = ahead, dict[Path, Future[Study]]()

    def begin(self, experiment: Experiment, workdir: Workdir) -> None:
        """Begins to make an arm's study, unless it is done."""
        if not workdir.is_done():
            self._begun[workdir.path] = self._ahead.begin(partial(self._make, experiment, workdir))

    def take(self, experiment: Experiment, workdir: Workdir) -> Study:
        """An arm's study, made now where that was not begun.

        Raises:
          InputError: for settings or data that cannot work.
        """
        begun = self._begun.pop(workdir.path, None)
        return _study(experiment) if begun is None or begun.cancel() else begun.result()

    def _make(self, experiment: Experiment, workdir: Workdir) -> Study:
        study = _study(experiment)
        self._ahead.begin(partial(self._compile, study, workdir))
        return study

    def _compile(self, study: Study, workdir: Workdir) -> None:
        for group in study.groups_of(study.left(workdir))[: self._ahead.most]:
            study.compile_ahead(self._ahead, group, workdir)


def _study(experiment: Experiment) -> Study:
    return Study(experiment, flags.FLAGS.batch_devices)


def run_arms(study: NamedStudy, root: Path) -> None:
    """Runs, or goes on with, every arm in a work directory of its own.

    Raises:
      InputError: before anything is run, where an arm names what there is not, or a work
        directory belongs to other settings.
    """
    plan = [(arm, experiment_of(study, arm), Workdir(root / arm.name)) for arm in study.arms]
    _check([(experiment, workdir) for _, experiment, workdir in plan])
    clock = Clock([_work(experiment) for _, experiment, workdir in plan if not workdir.is_done()])
    numbered = [(i, *each) for i, each in enumerate(plan, start=1)]
    with Ahead(STOP) as ahead:
        coming = Coming(ahead)
        for (i, arm, experiment, workdir), seen in in_sight(numbered, ahead.most):
            for *_, next_one, its_workdir in seen:
                coming.begin(next_one, its_workdir)
            title = f"arm {i}/{len(plan)} "
            if barrier(f"arm {arm.name}", leads() and workdir.is_done())[0]:
                print(f"{title}{arm.name}: done before")
                continue
            print(f"{title}{arm.name}: {arm.preset} on {data_label(study, arm)}{clock}", flush=True)
            complete(coming.take(experiment, workdir), workdir, title, ahead=ahead)
            clock.tick(_work(experiment))


def report_arms(name: str, study: NamedStudy, root: Path, out: Path | None) -> report.Studied:
    """Writes the report beside the arms, and what is to be kept to `out`."""
    arms = [
        report.Arm(root / arm.name, arm.name, arm.preset, data_label(study, arm), arm.axis)
        for arm in study.arms
    ]
    read = report.read_arms(arms)
    checked = report.check_bands(
        study.bands, [each for records in read for each in records.results]
    )
    studied = report.Studied(name, arms, read, checked)
    manifest = _manifest(study, {arm.name: arm.path for arm in arms})
    report.write_study(studied, root, manifest, kept=out)
    for folder in filter(None, (root, out)):
        write_json(folder / "manifest.json", manifest)
        write_text(folder / "bands.json", report.to_lines(report.bands_json(checked)) + "\n")
    return studied


def _check(plan: Sequence[tuple[Experiment, Workdir]]) -> None:
    """Says before the first arm's hours what would stop the last one."""
    for experiment, workdir in plan:
        stored = workdir.settings() if workdir.config.exists() else {}
        workdir.check(stored | experiment.settings())
    drawn = {(experiment.data, str(experiment.config.data)): experiment for experiment, _ in plan}
    for experiment in drawn.values():
        load_raw(experiment, experiment.data_seeds[0])


def _work(experiment: Experiment) -> int:
    runs = len(experiment.presets) * len(experiment.seeds) * len(experiment.data_seeds)
    return experiment.steps * runs


def _manifest(study: NamedStudy, paths: Mapping[str, Path]) -> dict[str, Any]:
    found = {}
    for arm in study.arms:
        stored = read_json(paths[arm.name] / "manifest.json")
        kept = {k: v for k, v in stored.items() if k not in ("command", "flags")}
        named = {"preset": arm.preset, "settings": dict(arm.settings)}
        found[arm.name] = kept | named | {"steps": arm.steps or study.steps}
    return {"command": command_line(), **merge(found)}
