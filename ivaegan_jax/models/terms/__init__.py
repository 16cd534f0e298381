"""The loss terms, each one function of a forward pass: a new term is one function plus one key.

All are minimised, averaged over the batch and summed over dimensions, in nats where they are
likelihoods, and unweighted; weights are in hypers.py.
"""

from collections.abc import Callable

from ivaegan_jax.models.terms import adversary, bound, encoding, evidence
from ivaegan_jax.models.terms.forward import Pass
from ivaegan_jax.registry import Registry, a_function
from ivaegan_jax.types import Scalar, Terms

__all__ = ["TERMS", "Pass", "evaluate_terms"]

TERMS = Registry[Callable[[Pass], Scalar]]("loss term", a_function, {
    "nll": bound.nll,
    "nll_mean": bound.nll_mean,
    "kl": bound.kl,
    "divergence": bound.divergence,
    "mi": bound.mi,
    "tc": bound.tc,
    "dim_kl": bound.dim_kl,
    "mixture_nll": bound.mixture_nll,
    "mixture_kl": bound.mixture_kl,
    "iwae": evidence.iwae,
    "density": encoding.density,
    "contrast": encoding.contrast,
    "supervised": encoding.supervised,
    "feat": adversary.feat,
    "cycle": adversary.cycle,
    "adv_g": adversary.adv_g,
    "adv_d": adversary.adv_d,
    "r1": adversary.r1,
    "r2": adversary.r2,
    "gp": adversary.gp,
    "critic_accuracy": adversary.critic_accuracy,
})  # fmt: skip


def evaluate_terms(run: Pass, names: tuple[str, ...]) -> Terms:
    """The named terms of one pass."""
    return {name: TERMS[name](run) for name in names}
