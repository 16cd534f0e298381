"""The loss terms, each one function of a forward pass, listed at the end of its module.

All are minimised, averaged over the batch and summed over dimensions, in nats where they are
likelihoods, and unweighted; weights are in hyperparameters.py.
"""

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.terms import adversary, bound, encoding, evidence
from ivaegan_jax.models.terms.forward import SEES_U_BY, Pass, Term
from ivaegan_jax.types import Registry, Terms, a_function

__all__ = ["TERMS", "Pass", "evaluate_terms", "need_no_u"]

TERMS = Registry[Term](
    "loss term", a_function, bound.TERMS | evidence.TERMS | encoding.TERMS | adversary.TERMS
)


def evaluate_terms(run: Pass, names: tuple[str, ...]) -> Terms:
    """The named terms of one pass; those that need no u are means over rows without one too."""
    terms = {name: TERMS[name](run) for name in names}
    share, others = run.batch.share, run.of_unlabelled
    if share is None or others is None:
        return terms
    free = [name for name in names if name in need_no_u(run.nets.config)]
    return terms | {n: (1.0 - share) * terms[n] + share * TERMS[n](others) for n in free}


def need_no_u(config: ModelConfig) -> frozenset[str]:
    """Terms whose value on some rows does not depend on the u of these rows.

    Args:
      config: structure without empty choices.

    Examples:
      >>> from ivaegan_jax import PRESETS, ModelConfig, resolve
      >>> config, game = resolve(PRESETS["ivae_gan"], ModelConfig())
      >>> sorted(game.terms & need_no_u(config))
      ['nll']
    """
    packed = config.packing > 1
    shown = {
        "encoder": config.posterior != "x",
        "prior": config.prior == "conditional",
        "critic": packed or "u" in config.critic_input.split(","),
    }
    return frozenset(
        name
        for name, term in TERMS.items()
        if term in SEES_U_BY and not any(shown[block] for block in SEES_U_BY[term])
    )
