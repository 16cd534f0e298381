"""What identifiability requires of prior, u and x, and whether it is there.

Source: Khemakhem et al. 2020, "Variational autoencoders and nonlinear ICA", theorems 1 to 3 and
proposition 1: with n latents, each with k sufficient statistics that u moves, u needs n k + 1
distinct values whose natural parameters are linearly independent; the generator must be
injective; and k >= 2, or k = 1 with a statistic that is not monotonic, leaves nothing but order
and scale open. Of families that are not exponential: Hyvärinen, Sasaki and Turner 2019, "Nonlinear
ICA using auxiliary variables and generalized contrastive learning", theorem 1: 2 n + 1 values.
"""

import numpy as np

from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.models import (
    ORDER_AND_FUNCTION,
    ORDER_AND_SCALE,
    PRIOR_FAMILIES,
    ROTATION,
    Known,
    ModelConfig,
)

LEAVES = {
    ORDER_AND_SCALE: "their order and scale",
    ORDER_AND_FUNCTION: "their order and an invertible function of each of them",
}
"""What theorems leave open of latents that are determined, in words."""

MOVES = {"both": "mean and variance", "variance": "variance alone", "mean": "mean alone"}


def known_of(config: ModelConfig) -> Known:
    """What is proved of the prior, as its family says."""
    return getattr(PRIOR_FAMILIES[config.prior_family].theory, config.modulation)


def check_prior(config: ModelConfig) -> Finding:
    """Whether this prior can identify latents for any u; `config` has no empty choices left."""
    values = {n: getattr(config, n) for n in ("prior", "prior_family", "modulation")}
    family, moves, known = config.prior_family, MOVES[config.modulation], known_of(config)
    origin = PRIOR_FAMILIES.origins.get(family)
    if config.prior != "conditional":
        return Finding(
            "prior", "blocks",
            "The prior of this model is the same for every u, so that any rotation of its latents "
            "would do as well.",
            "Choose a model whose prior depends on u (--preset=ivae_gan); this one is a control.",
            values,
        )  # fmt: skip
    source = f" So states {origin}, which brought this family." if origin else ""
    if known.leaves == ROTATION:
        return Finding(
            "prior", "blocks",
            f"In a {family} prior with the {moves} of every latent depending on u, the latents "
            f"stay mixed by an unknown linear map (a rotation), however many values u has.{source}",
            "Let variances depend on u too: --config.model.modulation=both (or variance).",
            values,
        )  # fmt: skip
    if known.leaves in LEAVES:
        sentence = (
            f"Prior family {family}, {moves} of every latent depending on u: enough u given, "
            f"the latents are determined up to {LEAVES[known.leaves]}.{source}"
        )
        return Finding("prior", "fine", sentence, values=values)
    return Finding(
        "prior", "warn",
        f"Nothing is proved of a {family} prior with the {moves} of every latent depending on u: "
        "whether it determines the latents is not known.",
        "Take a prior that a theorem covers (--config.model.prior_family=gaussian), or rest on the "
        "evidence of a study alone: several model seeds that agree, and --controls=all.",
        values,
    )  # fmt: skip


def check_distinct_u(config: ModelConfig, dim_z: int, u: np.ndarray) -> Finding:
    """Whether training rows `u` (codes `[rows]` or `[rows, dim_u]`) have n k + 1 values."""
    k, found = known_of(config).statistics, len(np.unique(u, axis=0))
    if not k:
        sentence = (
            f"The training rows have {counted(found, 'distinct value')} of u; how many a "
            f"{config.prior_family} prior needs is not known."
        )
        advice = "Give as many as there are (finer segments, more conditions)."
        return Finding("distinct_u", "warn", sentence, advice, {"found": found, "latents": dim_z})
    needed = dim_z * k + 1
    values = {"needed": needed, "found": found, "latents": dim_z, "statistics_per_latent": k}
    sentence = (
        f"{counted(dim_z, 'latent')} with {MOVES[config.modulation]} depending on u "
        f"need{'s' * (dim_z == 1)} {needed} ({dim_z} x {k} + 1) distinct values of u; "
        f"the training rows have {found:,}."
    )
    if found >= needed:
        return Finding("distinct_u", "fine", sentence, values=values)
    advice = [f"Give u at least {needed} values (finer segments, more conditions)"]
    if most := (found - 1) // k:
        advice += [f"ask for at most {counted(most, 'latent')} (--config.model.dim_z={most})"]
    if k == 2 and dim_z < found:
        fewer = PRIOR_FAMILIES[config.prior_family].theory.variance.statistics < k
        other = "" if fewer else " --config.model.prior_family=gaussian"
        advice += [f"let variances alone depend on u (--config.model.modulation=variance{other})"]
    return Finding("distinct_u", "blocks", sentence, f"{', or '.join(advice)}.", values)


def check_dimension(dim_z: int, directions: int, is_given: bool) -> Finding:
    """Whether a generator can be injective: no more latents than directions in which x varies.

    Args:
      dim_z: number of latents.
      directions: linearly independent directions of x, or the most that were looked for.
      is_given: whether the user set the number of latents, or the true sources are known.
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
    if is_given:
        return Finding("dimension", "fine", sentence, values=values)
    advice = "That number is a default: no number was given (--config.model.dim_z)."
    return Finding("dimension", "fine", sentence, advice, values)
