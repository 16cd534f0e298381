"""What identifiability asks of prior, u and x, and whether it is there.

Source: Khemakhem et al. 2020, "Variational autoencoders and nonlinear ICA", theorems 1 to 3 and
proposition 1: with n latents, each with k sufficient statistics that u moves, u needs n k + 1
distinct values whose natural parameters are linearly independent; the generator must be
injective; and k >= 2, or k = 1 with a statistic that is not monotonic, leaves nothing but order
and scale open.
"""

import numpy as np

from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.models import ModelConfig

MOVES = {"both": "mean and variance", "variance": "variance alone", "mean": "mean alone"}


def statistics_per_latent(config: ModelConfig) -> int:
    """k: how many sufficient statistics of each latent u moves.

    A Laplace prior whose centre moves is no exponential family: only its width counts.
    """
    return 2 if config.modulation == "both" and config.prior_family == "gaussian" else 1


def check_prior(config: ModelConfig) -> Finding:
    """Whether this prior can identify latents for any u; `config` has no empty choices left."""
    values = {n: getattr(config, n) for n in ("prior", "prior_family", "modulation")}
    family, moves = config.prior_family.capitalize(), MOVES[config.modulation]
    if config.prior != "conditional":
        return Finding(
            "prior", "blocks",
            "The prior of this model is the same for every u, so that any rotation of its latents "
            "would do as well.",
            "Choose a model whose prior depends on u (--preset=ivae_gan); this one is a control.",
            values,
        )  # fmt: skip
    if (config.prior_family, config.modulation) == ("gaussian", "mean"):
        return Finding(
            "prior", "blocks",
            "In a Gaussian prior whose means alone depend on u, the latents stay mixed by an "
            "unknown linear map (a rotation), however many values u has.",
            "Let variances depend on u too: --config.model.modulation=both (or variance).",
            values,
        )  # fmt: skip
    if config.prior_family == "laplace" and config.modulation != "variance":
        return Finding(
            "prior", "warn",
            "No theorem covers a Laplace prior whose centres depend on u; below, only its widths "
            "are counted.",
            "Use --config.model.modulation=variance, or a Gaussian prior, to be covered.",
            values,
        )  # fmt: skip
    sentence = (
        f"{family} prior, {moves} of every latent depending on u: enough u given, the latents "
        "are determined up to their order and scale."
    )
    return Finding("prior", "fine", sentence, values=values)


def check_distinct_u(config: ModelConfig, dim_z: int, u: np.ndarray) -> Finding:
    """Whether training rows `u` (codes `[rows]` or `[rows, dim_u]`) have n k + 1 values."""
    k, found = statistics_per_latent(config), len(np.unique(u, axis=0))
    needed = dim_z * k + 1
    values = {"needed": needed, "found": found, "latents": dim_z, "statistics_per_latent": k}
    sentence = (
        f"{counted(dim_z, 'latent')} with {MOVES[config.modulation]} depending on u need "
        f"{needed} ({dim_z} x {k} + 1) distinct values of u; the training rows have {found:,}."
    )
    if found >= needed:
        return Finding("distinct_u", "fine", sentence, values=values)
    advice = [f"Give u at least {needed} values (finer segments, more conditions)"]
    if most := (found - 1) // k:
        advice += [f"ask for at most {counted(most, 'latent')} (--config.model.dim_z={most})"]
    if k == 2 and dim_z < found:
        advice += ["let variances alone depend on u (--config.model.modulation=variance)"]
    return Finding("distinct_u", "blocks", sentence, f"{', or '.join(advice)}.", values)


def check_dimension(dim_z: int, directions: int, asked: bool) -> Finding:
    """Whether a generator can be injective: no more latents than directions in which x varies.

    Args:
      dim_z: number of latents.
      directions: linearly independent directions of x, or the most that were looked for.
      asked: whether the user set the number of latents, or the true sources are known.
    """
    values = {"latents": dim_z, "directions": directions}
    if dim_z > directions:
        sentence = (
            f"x varies in {counted(directions, 'independent direction')} only, too few to tell "
            f"{counted(dim_z, 'latent')} apart."
        )
        advice = f"Ask for at most {directions} (--config.model.dim_z={directions})."
        advice = advice if directions else "Give an x that varies."
        return Finding("dimension", "blocks", sentence, advice, values)
    sentence = (
        f"x varies in at least {counted(directions, 'independent direction')}, enough for "
        f"{counted(dim_z, 'latent')}."
    )
    if asked:
        return Finding("dimension", "fine", sentence, values=values)
    advice = "That number is a default: nobody said how many there are (--config.model.dim_z)."
    return Finding("dimension", "fine", sentence, advice, values)
