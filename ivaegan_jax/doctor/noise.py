"""How much of x is noise, before anything is trained, and which observation model fits it.

Of real numbers: what is left of a neighbourhood of rows once the directions are taken out in which
as many latents can move it. Of counts: what their variances have beyond what columns share.
"""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import (
    FEWEST_ROWS,
    LAW_OF_COUNTS,
    LITTLE,
    MUCH,
    Counted,
    Local,
    Observed,
    least_within,
    observe,
)
from ivaegan_jax.doctor.finding import Finding, counted, named
from ivaegan_jax.metrics import levels_or_cells
from ivaegan_jax.models import LIKELIHOODS, ModelConfig
from ivaegan_jax.types import Dataset

CELLS = 20
"""Of a continuous u."""

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
    seen = observe(dataset.x, dim_z)
    if seen.counted:
        return of_counts(seen, dim_z, config)
    if seen.few_values:
        return untold("columns of x have few values")
    if seen.local:
        return of_numbers(seen, dim_z, config, named(seen.columns, dataset.columns))
    return of_few_columns(least_within(seen.x, levels_or_cells(dataset.u[seen.row], CELLS)), dim_z)


def reach(ratios: Float[np.ndarray, " columns"], dim_z: int) -> float:
    """MCC of a linear mixing whose latents are alike, by signal over noise of the columns."""
    total = float(ratios.sum()) / dim_z
    return float(np.sqrt(total / (1 + total)))


def untold(why: str) -> Finding:
    """Words where nothing can be decided."""
    sentence = f"How much of x is noise cannot be measured before training: {why}."
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


def of_numbers(seen: Observed, dim_z: int, config: ModelConfig, names: Sequence[Any]) -> Finding:
    """Words about noise of real numbers."""
    found, typical = cast(Local, seen.local), seen.typical
    most = int(np.argmax(found.std))
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
    if typical < MUCH:
        return Finding("noise", "fine", sentence, values=values)
    law = "student_t" if found.kurtosis > HEAVY else "gaussian"
    return advised(sentence, values, config, law, seen.chosen)


def of_counts(seen: Observed, dim_z: int, config: ModelConfig) -> Finding:
    """Words about counts; where columns are few, or rows, what they share is left out."""
    found = cast(Counted, seen.counted)
    values = {"kind": "counts", "zeros": found.zeros, "mean": found.mean}
    sentence = f"x holds counts, {found.mean:.3g} on average and {found.zeros:.0%} of them 0"
    own = config.likelihood
    law = own if own and LIKELIHOODS[own].values == "counts" else LAW_OF_COUNTS
    if not found.sure:
        return advised(f"{sentence}.", values, config, law, seen.chosen)
    best = reach(found.ratios, dim_z)
    values |= {"reach": best, "dispersion": found.dispersion}
    spread = (
        f"their variance has about {found.dispersion:.2f} of the squared mean beyond a Poisson law"
        if found.over_dispersed
        else "their variance is about that of a Poisson law"
    )
    words = f"{sentence}; {spread}: {expected(best, dim_z)}"
    return advised(words, values, config, law, seen.chosen)


def advised(
    sentence: str,
    values: dict[str, Any],
    config: ModelConfig,
    likelihood: str,
    chosen: tuple[str, str],
) -> Finding:
    """The finding with the observation model that fits, where the model would have another one.

    Args:
      sentence: what was found.
      values: the same as numbers.
      config: of the model.
      likelihood: that fits.
      chosen: likelihood and noise that models take where no likelihood is set.
    """
    values["likelihood"] = likelihood
    own = config.likelihood or chosen[0]
    flags = [] if own == likelihood else [f"--config.model.likelihood={likelihood}"]
    by_itself = not config.likelihood and not flags and config.noise != "none"
    unknown = "none" in (LIKELIHOODS[likelihood].noise, config.noise)
    if unknown and not by_itself and config.noise in ("", "none"):
        flags.append("--config.model.noise=column")
    if not flags:
        noise = f" and noise={chosen[1]}" if chosen[1] else ""
        sentence += f" Models take likelihood={own}{noise} by themselves." if by_itself else ""
        return Finding("noise", "fine", sentence, values=values)
    advice = f"Take the observation model that fits: {' '.join(flags)}."
    return Finding("noise", "warn", sentence, advice, values)
