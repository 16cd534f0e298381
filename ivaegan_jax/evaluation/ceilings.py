"""What noise allows: how well the best estimate of the sources scores, and latents of clean x."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from jax.sharding import Mesh
from jaxtyping import Int

from ivaegan_jax.data import Part, Prepared
from ivaegan_jax.evaluation.encoded import encode_runs
from ivaegan_jax.evaluation.results import Baseline, Score, Stamp
from ivaegan_jax.evaluation.scores import known, some_of
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.metrics import columns_within, distinct_columns, mcc, some_rows, within_level_mcc
from ivaegan_jax.models import LOG_NOISE
from ivaegan_jax.types import Row

CEILINGS = {"bayes": False, "bayes_u": True}
"""What no estimate goes beyond, from x alone and from x and u; and whether u is known."""

MOST_ROWS, FEWEST_DRAWS, UNSURE = 2000, 5, 0.1
"""Held-out rows of a ceiling at most; where more than this share of them rests on fewer effective
draws, it has no number."""

FOUND: dict[tuple[Any, ...], dict[str, float]] = {}
"""Ceilings by fingerprints of tables and test rows, data seed and name: the arms of a study that
have the same rows share them."""

TENTH = 0.1

CONVENTION = {"corr": "pearson", "assignment": "held_out"}


def ceiling_rows(prepared: Prepared, data_seeds: Sequence[int], data: str) -> Iterator[Baseline]:
    """Posterior means under the truth of a benchmark with noise, scored as models are."""
    test = prepared.test
    seen = prepared.sha256, hashlib.sha256(test.row.tobytes()).hexdigest()
    for i in range(len(prepared.truths)):
        rows = some_rows(test.u[i], prepared.dim_u, MOST_ROWS)
        for name in CEILINGS:
            key = (*seen, i, name)
            if key not in FOUND:
                FOUND[key] = scored(prepared, i, rows, CEILINGS[name])
            for metric, value in FOUND[key].items():
                yield Baseline(
                    **CONVENTION,
                    **some_of("rows", rows, test.u[i]),
                    data=data,
                    data_seed=data_seeds[i],
                    baseline=name,
                    metric=metric,
                    value=value,
                )


def scored(
    prepared: Prepared, index: int, rows: Int[np.ndarray, " rows"], given_u: bool
) -> dict[str, float]:
    """The metrics of a ceiling on one data seed; NaN where too few draws are behind many rows."""
    test = prepared.test
    assert test.s is not None
    mean, draws = prepared.truths[index].at(rows).posterior_means(given_u)
    s, u = test.s[index][rows], test.u[index][rows]
    found = {"mcc": mcc(mean, s)}
    if prepared.is_categorical and len(within := columns_within(s, u)):
        found["mcc_within"] = within_level_mcc(mean, s[:, within], u)
    unsure = np.mean(draws < FEWEST_DRAWS) > UNSURE
    return dict.fromkeys(found, float("nan")) if unsure else found


def clean_rows(
    trained: Trained, part: Part, dim_u: int, mesh: Mesh, stamp: Stamp
) -> Iterator[Score]:
    """MCC of the encoder on x without its noise: whether the axes are found, whatever noise hides.

    Nothing where x without its noise is not known.

    Args:
      trained: the runs.
      part: held-out rows.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
      stamp: says which run it is.
    """
    if part.clean is None or part.s is None:
        return
    means = encode_runs(trained, part.clean, part.u, dim_u, mesh)
    for i, index in enumerate(trained.runs.data_index):
        mu, s = means[i], part.s[index][:, distinct_columns(part.s[index])]
        value = known(lambda mu=mu, s=s: mcc(mu, s), mu)
        fields: Row = {**stamp(i), **CONVENTION, "latent": "posterior_mean"}
        yield Score(metric="mcc_clean", value=value, **fields)


def noise_rows(trained: Trained, part: Part, stamp: Stamp) -> Iterator[Score]:
    """Noise that runs learned for each column, over the true one.

    `noise_ratio` is the median over columns, `noise_within_tenth` the share of columns that are no
    further than a tenth from the truth. Nothing where no noise was learned, or the true one is not
    known.

    Args:
      trained: the runs, of a model of real numbers.
      part: held-out rows.
      stamp: says which run it is.
    """
    learned = trained.states.evaluated.get("generator", {}).get(LOG_NOISE)
    if part.clean is None or learned is None:
        return
    for i, index in enumerate(trained.runs.data_index):
        ratio = np.exp(learned[i]) / (part.x[index] - part.clean[index]).std(axis=0)
        yield Score(metric="noise_ratio", value=float(np.median(ratio)), **stamp(i))
        within = float(np.mean(np.abs(ratio - 1) <= TENTH))
        yield Score(metric="noise_within_tenth", value=within, **stamp(i))
