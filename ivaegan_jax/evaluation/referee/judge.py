"""From latents, x and u to the verdict."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data import as_dataset, as_embedding
from ivaegan_jax.evaluation.referee.found import find
from ivaegan_jax.evaluation.referee.judged import Judged
from ivaegan_jax.evaluation.referee.layout import Layout, as_mask, lay_out
from ivaegan_jax.evaluation.referee.reasons import reasons_of, verdict_of
from ivaegan_jax.evaluation.referee.runs import as_runs, without_copies
from ivaegan_jax.metrics import levels_or_cells
from ivaegan_jax.types import Dataset, InputError


def judge(
    latents: Any,
    x: Any,
    u: Any = None,
    *,
    groups: Any = None,
    time: Any = None,
    test: Any = None,
    controls: Sequence[Any] = (),
    names: Sequence[str] = (),
) -> Judged:
    """Whether latents of any method are supported by several runs, x and u; nothing is trained.

    Args:
      latents: a list with those of each run, arrays or frames `[rows, columns]`, runs of one method
        that differ in their seed (copies are counted once); or an array `[runs, rows, columns]`,
        or `[rows, columns]` of one.
      x: observations of the same rows, as `as_dataset` takes them, or a table that was loaded.
      u: the auxiliary variable.
      groups: the recording, session or subject of every row.
      time: when every row was taken; rows stand in order of time without it.
      test: rows that the method was not trained on, a mask `[rows]` or the name of a column that
        is one; without it every second row, block or group plays held-out rows where variances
        are learned.
      controls: latents of the same method trained with u shuffled or shifted, each `[rows,
        columns]`, or a pair of them and the u that was trained with.
      names: of the runs, for messages.

    Returns:
      Verdict, reasons, next steps and every number.

    Raises:
      InputError: one line that says what is wrong and what to do.

    Examples:
      >>> import numpy as np
      >>> import ivaegan_jax
      >>> rng, u = np.random.default_rng(0), np.arange(2000) % 8
      >>> s = rng.normal(size=(2000, 2)) * rng.uniform(0.3, 3, size=(8, 2))[u]
      >>> x = s @ np.array([[1.0, 0.5], [0.4, 1.0]])
      >>> ivaegan_jax.judge([s, -s[:, ::-1]], x, u).verdict
      'supported'
    """
    table = x if isinstance(x, Dataset) else as_dataset(x, u, groups=groups, time=time)
    latents = [latents] if len(getattr(latents, "shape", ())) == 2 else latents  # one run
    names = tuple(names) or tuple(f"run {i + 1}" for i in range(len(latents)))
    if len(names) != len(latents):
        raise InputError(f"there are {len(latents)} runs and {len(names)} names; give one for each")
    found = [as_embedding(z, name) for z, name in zip(latents, names, strict=True)]
    runs = as_runs(found, names, len(table.x))
    kept, copies = without_copies(runs, names)
    runs, names = runs[kept], tuple(names[i] for i in kept)
    rows = lay_out(table, runs.shape[2], as_mask(test, table))
    held = [_control(each, f"control {i + 1}", table, rows) for i, each in enumerate(controls)]
    seen = find(runs[:, rows.row], held, rows)
    reasons = reasons_of(seen)
    return Judged(verdict_of(reasons), tuple(reasons), seen, names, copies)


def _control(
    given: Any, name: str, table: Dataset, rows: Layout
) -> tuple[np.ndarray, np.ndarray | None]:
    """Latents of a control at the rows looked at, and the level of its own u."""
    z, u = given if isinstance(given, tuple) else (given, None)
    run = as_runs([as_embedding(z, name)], [name], len(table.x))[0]
    if u is None:
        return run[rows.row], None
    own = as_dataset(run, u, name=name).u
    if len(own) != len(run):
        raise InputError(f"{name}: u is missing in some rows; leave it out")
    code = levels_or_cells(own[rows.row], 4 * run.shape[1] + 2)
    return run[rows.row], np.unique(code, return_inverse=True)[1]
