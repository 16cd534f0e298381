"""What terms need of u, by the blocks that they call and what those are shown."""

from collections.abc import Mapping

from ivaegan_jax.models.config import ModelConfig

BOUND = ("encoder", "prior")
GAME = (*BOUND, "critic")

CALLED: Mapping[str, tuple[str, ...]] = {
    "nll": ("encoder",),
    "nll_mean": ("encoder",),
    **dict.fromkeys(
        ("kl", "mi", "tc", "dim_kl", "flow_likelihood", "latent_reconstruction"), BOUND
    ),
    **dict.fromkeys(("feat", "adv_d", "adv_g", "r1", "r2", "gp"), GAME),
}
"""Blocks by whose inputs alone a term depends on u. Terms that are not here need more than x: u
itself, rows of one u, or true sources; of those from outside the package it is not known."""


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
        term for term, blocks in CALLED.items() if not any(shown[block] for block in blocks)
    )
