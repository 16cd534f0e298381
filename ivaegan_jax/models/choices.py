"""The values that every named choice of a model may take."""

from collections.abc import Collection

from ivaegan_jax.models.blocks import ENCODERS, GENERATORS
from ivaegan_jax.models.families import PRIOR_FAMILIES
from ivaegan_jax.models.layers import ACTIVATIONS
from ivaegan_jax.models.likelihoods import LIKELIHOODS
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.models.terms.losses import ADVERSARIAL_LOSSES

CHOICES: dict[str, Collection[str]] = {
    "prior": ("", "standard", "conditional"),
    "prior_family": PRIOR_FAMILIES,
    "modulation": ("both", "variance", "mean"),
    "posterior": ("", "x", "x,u", "product", "mixture"),
    "likelihood": LIKELIHOODS,
    "noise": ("", "none", "fixed", "one", "column"),
    "decoder_variance": ("fixed", "learned"),
    "kl": ("closed_form", "decomposed"),
    "critic_input": ("", "x", "x,u", "x,z", "x,z,u"),
    "fakes": ("", "prior", "recon", "prior,recon"),
    "critic_conditioning": ("concatenate", "projection"),
    "critic_norm": ("none", "spectral"),
    "adversarial": ADVERSARIAL_LOSSES,
    "balance": ("fixed", "gradient_norm"),
    "encoder": ENCODERS,
    "generator": GENERATORS,
    "activation": ACTIVATIONS,
    "critic_activation": ACTIVATIONS,
}
"""The values each named choice may take. Empty means what the preset's row says."""

LEFT_OPEN = ("prior_family", "likelihood", "activation")
"""Choices that may be left empty too: a study makes them by the model's row or by its own rows."""


COMBINATIONS: dict[str, tuple[str, ...]] = {
    "regularisers": ("r1", "r2", "gp"),
    "extra_terms": ("feat", "flow_likelihood", "infonce"),
}
"""What may be named, any number at a time and comma-separated; empty names none."""


def combinable(name: str) -> tuple[str, ...]:
    """The members of a combination, and every loss term that was registered from outside."""
    return (*COMBINATIONS[name], *TERMS.origins)
