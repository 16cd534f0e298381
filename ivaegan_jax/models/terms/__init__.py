"""The loss terms, each one function of a forward pass, listed at the end of its module.

All are minimised, averaged over the batch and summed over dimensions, in nats where they are
likelihoods, and unweighted; weights are in hypers.py.
"""

from ivaegan_jax.models.terms import adversary, bound, encoding, evidence
from ivaegan_jax.models.terms.forward import Pass, Term
from ivaegan_jax.types import Registry, Terms, a_function

__all__ = ["TERMS", "Pass", "evaluate_terms"]

TERMS = Registry[Term](
    "loss term", a_function, bound.TERMS | evidence.TERMS | encoding.TERMS | adversary.TERMS
)


def evaluate_terms(run: Pass, names: tuple[str, ...]) -> Terms:
    """The named terms of one pass."""
    return {name: TERMS[name](run) for name in names}
