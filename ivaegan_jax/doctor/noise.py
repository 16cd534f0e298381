"""How much of x is noise, before anything is trained, and which observation model fits it.

Of real numbers: what is left of a neighbourhood of rows once the directions are taken out in which
as many latents can move it. Of counts: what their variances have beyond what columns share.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Real

from ivaegan_jax.doctor.counts import Counted, are_counts, look_at_counts
from ivaegan_jax.doctor.finding import Finding, counted, named
from ivaegan_jax.doctor.local import NEIGHBOURS, Local, least_within, local_noise
from ivaegan_jax.metrics import levels_or_cells
from ivaegan_jax.models import LIKELIHOODS, ModelConfig
from ivaegan_jax.types import Dataset

MOST_ROWS, MOST_COLUMNS = 20_000, 100
"""Rows and columns that are looked at."""

FEWEST_VALUES = 20
"""Distinct values of a column that is taken for real numbers."""

FEWEST_ROWS = 10 * NEIGHBOURS
"""Rows for neighbourhoods."""

CELLS = 20
"""Of a continuous u."""

LITTLE = 0.2
"""Of a column's standard deviation: below it neighbourhoods bend by as much as noise moves them."""

HEAVY = 0.1
"""Excess kurtosis of what is left from which noise has heavier tails than a Gaussian law: what is
left of a column mixes the noise of several, so that Laplace noise has .2 there, Gaussian -.2."""


def check_noise(dataset: Dataset, dim_z: int, config: ModelConfig) -> Finding:
    """Finding `noise`, with the flags of the observation model that fits.

    Args:
      dataset: the table as the user has it.
      dim_z: number of latents.
      config: of the model.
    """
    columns = some_columns(dataset.x)
    row = np.sort(np.random.default_rng(0).permutation(len(dataset.x))[:MOST_ROWS])
    x = dataset.x[np.ix_(row, np.array(columns, int))].astype(float)
    if are_counts(x):
        return of_counts(look_at_counts(x), dim_z, config)
    if not x.size or np.median([len(np.unique(column)) for column in x.T]) < FEWEST_VALUES:
        return untold("columns of x have few values")
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-300)
    if x.shape[1] >= 2 * dim_z and len(x) >= FEWEST_ROWS:
        return of_numbers(local_noise(x, dim_z), dim_z, config, named(columns, dataset.columns))
    return of_few_columns(least_within(x, levels_or_cells(dataset.u[row], CELLS)), dim_z)


def some_columns(x: Real[np.ndarray, "rows dim_x"]) -> list[int]:
    """Some columns that vary, evenly spread."""
    columns = np.flatnonzero(x.min(axis=0) < x.max(axis=0)).tolist()
    return columns[:: max(1, -(-len(columns) // MOST_COLUMNS))]


def reach(ratios: Float[np.ndarray, " columns"], dim_z: int) -> float:
    """MCC of a linear mixing whose latents are alike, by signal over noise of the columns."""
    total = float(ratios.sum()) / dim_z
    return float(np.sqrt(total / (1 + total)))


def untold(why: str) -> Finding:
    """Words where nothing can be told."""
    sentence = f"How much of x is noise cannot be told before training: {why}."
    return Finding("noise", "fine", sentence, values={"at_most": None})


def expected(best: float, dim_z: int) -> str:
    """What models can reach, as the end of a sentence."""
    return (
        f"with {counted(dim_z, 'latent')} no more than an MCC of about {best:.2f} can be expected, "
        "less where the mixing is bent."
    )


def of_few_columns(most: float, dim_z: int) -> Finding:
    """Words where noise passes for directions, as few columns lie beside the latents."""
    needed = f"takes {2 * dim_z} columns and {FEWEST_ROWS:,} rows"
    if not np.isfinite(most):
        return untold(f"that {needed}")
    sentence = (
        f"Noise is at most about {most:.2f} of a column's standard deviation, the smallest spread "
        f"within a level of u; to tell more {needed}."
    )
    return Finding("noise", "fine", sentence, values={"at_most": most})


def of_numbers(found: Local, dim_z: int, config: ModelConfig, names: Sequence[Any]) -> Finding:
    """Words about noise of real numbers."""
    typical, most = float(np.median(found.std)), int(np.argmax(found.std))
    values = {"kind": "numbers", "std": [round(float(each), 4) for each in found.std]}
    values |= {"median": typical, "kurtosis": found.kurtosis}
    if typical < LITTLE:
        sentence = (
            f"Noise is at most about {max(typical, 0.01):.2f} of a column's standard deviation, as "
            f"small as neighbourhoods can tell from a bent mixing."
        )
        return Finding("noise", "fine", sentence, values=values)
    best = reach((1 - found.std**2) / np.maximum(found.std, LITTLE) ** 2, dim_z)
    values["reach"] = best
    sentence = (
        f"Noise is about {typical:.2f} of a column's standard deviation (up to "
        f"{found.std[most]:.2f}, in column {names[most]}): {expected(best, dim_z)}"
    )
    return advised(sentence, values, config, "student_t" if found.kurtosis > HEAVY else "gaussian")


def of_counts(found: Counted, dim_z: int, config: ModelConfig) -> Finding:
    """Words about counts; where columns are few, or rows, nothing is said of what they share."""
    values = {"kind": "counts", "zeros": found.zeros, "mean": found.mean}
    sentence = f"x holds counts, {found.mean:.3g} on average and {found.zeros:.0%} of them 0"
    if not found.sure:
        return advised(f"{sentence}.", values, config, "poisson")
    best = reach(found.ratios, dim_z)
    values |= {"reach": best, "dispersion": found.dispersion}
    spread = (
        f"their variance has about {found.dispersion:.2f} of the squared mean beyond a Poisson law"
        if found.over_dispersed
        else "their variance is about that of a Poisson law"
    )
    law = "negative_binomial" if found.over_dispersed else "poisson"
    return advised(f"{sentence}; {spread}: {expected(best, dim_z)}", values, config, law)


def advised(sentence: str, values: dict[str, Any], config: ModelConfig, likelihood: str) -> Finding:
    """The finding with the observation model that fits, where the model has another one."""
    values["likelihood"] = likelihood
    flags = []
    if config.likelihood != likelihood:
        flags.append(f"--config.model.likelihood={likelihood}")
    if "none" in (LIKELIHOODS[likelihood].noise, config.noise) and config.noise in ("", "none"):
        flags.append("--config.model.noise=column")
    if not flags:
        return Finding("noise", "fine", sentence, values=values)
    advice = f"Take the observation model that fits: {' '.join(flags)}."
    return Finding("noise", "warn", sentence, advice, values)
