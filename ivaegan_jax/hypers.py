"""Traced numbers: whatever may differ between runs of one compiled program."""

import dataclasses

import jax
import numpy as np


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Hypers:
    """Learning rates and weights; floats in a config, arrays inside a program.

    A term `t` enters its player's loss as `t_weight * t`; a term without a weight here counts
    once. Every leaf may carry a leading axis of runs, so that a grid of values trains in one
    program.

    Attributes:
      vae_rate: Adam's peak learning rate for the player that owns the encoder.
      generator_rate: the same for a player that owns the generator alone.
      gan_rate: the same for the critic.
      vae_beta1: Adam's first-moment decay of the VAE player.
      generator_beta1: the same for a player that owns the generator alone.
      gan_beta1: the same for the critic.
      beta2: Adam's second-moment decay of all players.
      final_rate: learning rate at the last step over the peak; the decay is a cosine.
      max_grad_norm: a player's gradient is scaled down to this global norm.
      decoder_variance: variance of the Gaussian likelihood, in squared units of the standardised
        x; the starting value where it is learned.
      label_scale: u is multiplied by this before the critic sees it.
      nll_weight: reconstruction, `-log p(x|z)`.
      kl_weight: `KL(q(z|x) || p(z|u))`.
      mi_weight: index-code mutual information of the decomposed KL.
      tc_weight: total correlation of the decomposed KL.
      dim_kl_weight: dimension-wise KL of the decomposed KL.
      feat_weight: reconstruction in the critic's features.
      adv_g_weight: the adversarial loss of the generating side.
      cycle_weight: latent cycle, `z -> x -> z`.
      r1_weight: gamma of `gamma/2 E|grad D(real)|^2`.
      r2_weight: gamma of `gamma/2 E|grad D(fake)|^2`.
    """

    vae_rate: float = 0.01
    generator_rate: float = 0.003
    gan_rate: float = 0.003
    vae_beta1: float = 0.9
    generator_beta1: float = 0.5
    gan_beta1: float = 0.0
    beta2: float = 0.999
    final_rate: float = 0.0
    max_grad_norm: float = 1e9
    decoder_variance: float = 0.001
    label_scale: float = 2.0
    nll_weight: float = 0.01
    kl_weight: float = 0.01
    mi_weight: float = 0.0
    tc_weight: float = 0.0
    dim_kl_weight: float = 0.0
    feat_weight: float = 1.0
    adv_g_weight: float = 30.0
    cycle_weight: float = 3.0
    r1_weight: float = 0.01
    r2_weight: float = 0.01


def stack_hypers(hypers: Hypers, runs: int) -> Hypers:
    """Gives every leaf a leading axis of `runs` equal float32 values (host arrays)."""
    return jax.tree.map(lambda value: np.full(runs, value, np.float32), hypers)
