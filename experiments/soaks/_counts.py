"""What a fault did: how often it was tried, and what of the undisturbed study was missing then."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np

from experiments.soaks._study import Soak
from ivaegan_jax.files import read_rows
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.studies.experiment import experiment_from
from ivaegan_jax.studies.jobs import make_job, make_runs
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.types import Row


@dataclasses.dataclass
class Counts:
    """The sums of one fault.

    Attributes:
      tried: times that the fault was made.
      survived: times that the program then did what it should.
      lost_rows: rows of the undisturbed study that are missing.
      wrong_numbers: rows, parameters, arrays and summaries that differ from it in any bit.
      leftovers: half-written files that were not removed.
      notes: what else is worth knowing.
      failures: what went wrong, in words.
    """

    tried: int = 0
    survived: int = 0
    lost_rows: int = 0
    wrong_numbers: int = 0
    leftovers: int = 0
    notes: Counter[str] = dataclasses.field(default_factory=Counter)
    failures: list[str] = dataclasses.field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether nothing was lost and nothing was wrong."""
        wrong = self.lost_rows + self.wrong_numbers + self.leftovers
        return self.survived == self.tried and not wrong and not self.failures

    def attempt(self, held: bool, otherwise: str, note: str = "") -> None:
        """One more fault, after which what should be did hold, or not."""
        self.tried += 1
        self.survived += held
        if note:
            self.notes[note] += 1
        if not held:
            self.failures.append(otherwise)

    def compare(self, workdir: Path, reference: Path) -> None:
        """Adds what a finished work directory lacks of the undisturbed one."""
        for name in ("metrics", "train"):
            lost, wrong = _rows_apart(*(path / f"{name}.jsonl" for path in (workdir, reference)))
            self.lost_rows, self.wrong_numbers = self.lost_rows + lost, self.wrong_numbers + wrong
        self.wrong_numbers += sum(_numbers_apart(workdir, reference))
        self.leftovers += sum("tmp" in path.name for path in workdir.rglob("*"))


Fault = Callable[[Soak], Counts]
"""Makes one kind of fault and counts what came of it."""


def _rows_apart(found: Path, expected: Path) -> tuple[int, int]:
    rows, reference = (Counter(map(_identity, read_rows(path))) for path in (found, expected))
    lost = (reference - rows).total()
    lines = (Counter(path.read_text().splitlines()) for path in (found, expected))
    return lost, (next(lines) - next(lines)).total()


def _identity(row: Row) -> str:
    """All of a row but its numbers."""
    return json.dumps({key: value for key, value in row.items() if not isinstance(value, float)})


def _numbers_apart(found: Path, expected: Path) -> Iterator[bool]:
    for name in ("summary.json", "summary.md"):
        yield (found / name).read_bytes() != (expected / name).read_bytes()
    for path in sorted((expected / "arrays").glob("*.npz")):
        yield from leaves_apart(_arrays(found / "arrays" / path.name), _arrays(path))
    yield from leaves_apart(final_states(found), final_states(expected))


def leaves_apart(found: Any, expected: Any) -> Iterator[bool]:
    """Of every array of two trees, numbers or words: whether they differ in any bit or in form."""
    pairs = zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True)
    return (_form_and_bits(one) != _form_and_bits(other) for one, other in pairs)


def _form_and_bits(leaf: Any) -> tuple[Any, ...]:
    array = np.asarray(leaf)
    return array.shape, array.dtype, array.tobytes()


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def final_states(path: Path) -> dict[str, Any]:
    """The newest checkpoint of every model."""
    workdir = Workdir(path)
    stored = json.loads(workdir.config.read_text())
    experiment, dims = experiment_from(stored), Dims(**stored["sizes"])
    runs = make_runs(experiment)
    found = {}
    for label in experiment.presets:
        template = jax.eval_shape(jax.vmap(make_job(experiment, dims, label).trainer.init), runs)
        with Checkpoints(workdir.checkpoints(label), read_only=True) as checkpoints:
            found[label] = checkpoints.restore(template)
    return found
