"""Generated rows scored against held-out ones, for each level of u."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.evaluate import Evaluation
from ivaegan_jax.evaluation.results import Score, Stamp
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.metrics import (
    DISTANCES,
    MEASURES,
    MIN_ROWS_PER_LEVEL,
    Comparisons,
    accuracy_from_samples,
    conditional_sample_quality,
    levels_compared,
)
from ivaegan_jax.types import are_codes

ACCURACY = "samples_accuracy"
"""Of a classifier of u that learned from generated rows."""

CLASSIFIED_RUNS = 32
"""Runs of a model whose samples a classifier is trained on: it takes seconds per run."""


def quality_rows(
    trained: Trained,
    evaluations: Sequence[Evaluation],
    parts: Sequence[Part],
    stamp: Stamp,
    measures: Sequence[str] = (),
) -> Iterator[Score]:
    """Generated against held-out rows, all parts together: each level of u needs enough of them.

    The measures are those named, or else all. Where there are true sources to be scored by, the
    measures that train a classifier are left out, as they are for runs after the first
    `CLASSIFIED_RUNS`.
    """
    if sum(part.x.shape[1] for part in parts) < 2 * MIN_ROWS_PER_LEVEL:
        return
    known: dict[tuple[int, int, bool], Comparisons] = {}
    for i, (index, of_u) in enumerate(zip(trained.runs.data_index, trained.runs.of_u, strict=True)):
        classified = parts[0].s is None and trained.start + i < CLASSIFIED_RUNS
        chosen = measures or tuple(MEASURES if classified else DISTANCES)
        x = np.concatenate([part.x[index] for part in parts])
        u = np.concatenate([part.u[of_u] for part in parts])
        x_fake = np.concatenate([evaluation.x_fake[i] for evaluation in evaluations])
        is_lost = not np.isfinite(x_fake).all()
        rows = int(index), int(of_u), classified
        x_fake, before = x if is_lost else x_fake, known.get(rows)
        found = conditional_sample_quality(x, x_fake, u, measures=chosen, known=before)
        if classified and are_codes(u) and not measures:
            real = before[ACCURACY]["real"] if before and ACCURACY in before else None
            learned = accuracy_from_samples(x, x_fake, u, real=real)
            found |= {ACCURACY: learned} if learned else {}
        known[rows] = found
        yield from _scores(
            known[rows], is_lost, stamp(i), levels_compared(u) or None, trained.total
        )


def _scores(
    found: Comparisons, is_lost: bool, stamp: Mapping[str, Any], levels: str | None, runs: int
) -> Iterator[Score]:
    """What was found of one run; NaN for generated rows that are not finite."""
    for name, values in found.items():
        some = name not in DISTANCES and runs > CLASSIFIED_RUNS
        for against, value in values.items():
            yield Score(
                **stamp,
                metric=name if against == "fake" else f"{name}_{against}",
                value=float("nan" if is_lost and against != "real" else value),
                levels=levels,
                runs=f"{CLASSIFIED_RUNS} of {runs}" if some else None,
            )
