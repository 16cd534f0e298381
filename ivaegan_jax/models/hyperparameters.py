"""Hyperparameters that are traced: whatever may differ between runs of one compiled program."""

import dataclasses

import jax
import numpy as np


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Hyperparameters:
    """Learning rates and weights; floats in a config, arrays inside a program.

    A term `t` enters its player's loss as `t_weight * t`; see `game.weight_name`. Every leaf may
    carry a leading axis of runs, so that a grid of values trains in one program.

    Attributes:
      vae_rate: Adam's peak learning rate for the player that owns the encoder.
      generator_rate: the same for a player that owns the generator alone.
      gan_rate: the same for the critic.
      vae_beta1: Adam's first-moment decay of the VAE player.
      generator_beta1: the same for a player that owns the generator alone.
      gan_beta1: the same for the critic.
      beta2: Adam's second-moment decay of all players.
      vae_final_rate: the VAE player's learning rate at the last step, over its peak.
      generator_final_rate: the same for a player that owns the generator alone.
      gan_final_rate: the same for the critic.
      warmup: share of the training in which all rates rise linearly to their peaks.
      hold: share of the training at which the cosine decay begins; 1 keeps the peak to the end.
      ema_decay: per step, of the averaged parameters where they are kept.
      max_grad_norm: a player's gradient is scaled down to this global norm.
      decoder_variance: variance of the Gaussian likelihood, in squared units of the standardised
        x; the starting value where it is learned.
      label_scale: u is multiplied by this before the critic sees it.
      mixture: share of `q(z|x)` in the mixture posterior; the rest is `q(z|x) p(z|u)`, normalised.
      free_bits: nats per latent below which the closed-form KL is not pushed.
      kl_ramp: share of the training over which the weight of the KL rises from 0.
      adv_g_ramp: the same for the adversarial loss of the generating side.
      flow_likelihood_ramp: the same for the density.
      nll_weight: reconstruction, `-log p(x|z)`.
      nll_mean_weight: reconstruction of the posterior mean.
      kl_weight: `KL(q(z|x) || p(z|u))`.
      mi_weight: index-code mutual information of the decomposed KL.
      tc_weight: total correlation of the decomposed KL.
      dim_kl_weight: dimension-wise KL of the decomposed KL.
      feat_weight: reconstruction in the critic's features.
      adv_g_weight: the adversarial loss of the generating side.
      noise_weight: residuals of generated rows against those of real ones; moves the noise alone.
      latent_reconstruction_weight: latent reconstruction, `z -> x -> z`.
      flow_likelihood_weight: `-log p(x|u)` by change of variables.
      infonce_weight: classification of u by the densities `p(z|u)` at the posterior mean.
      gp_weight: lambda of `lambda E(|grad D(between)| - 1)^2`.
      r1_weight: gamma of `gamma/2 E|grad D(real)|^2`.
      r2_weight: gamma of `gamma/2 E|grad D(fake)|^2`.
      own_weight: of every loss term that was registered from outside the package.
    """

    vae_rate: float = 0.01
    generator_rate: float = 0.003
    gan_rate: float = 0.003
    vae_beta1: float = 0.9
    generator_beta1: float = 0.5
    gan_beta1: float = 0.0
    beta2: float = 0.999
    vae_final_rate: float = 0.0
    generator_final_rate: float = 0.0
    gan_final_rate: float = 0.0
    warmup: float = 0.0
    hold: float = 0.0
    ema_decay: float = 0.999
    max_grad_norm: float = 1e9
    decoder_variance: float = 0.001
    label_scale: float = 2.0
    mixture: float = 0.5
    free_bits: float = 0.0
    kl_ramp: float = 0.0
    adv_g_ramp: float = 0.0
    flow_likelihood_ramp: float = 0.0
    nll_weight: float = 0.01
    nll_mean_weight: float = 0.01
    kl_weight: float = 0.01
    mi_weight: float = 0.0
    tc_weight: float = 0.0
    dim_kl_weight: float = 0.0
    feat_weight: float = 1.0
    adv_g_weight: float = 30.0
    noise_weight: float = 1.0
    latent_reconstruction_weight: float = 3.0
    flow_likelihood_weight: float = 1.0
    infonce_weight: float = 10.0
    gp_weight: float = 10.0
    r1_weight: float = 0.01
    r2_weight: float = 0.01
    own_weight: float = 1.0


def stack_hyperparameters(hyperparameters: Hyperparameters, runs: int) -> Hyperparameters:
    """Gives every leaf a leading axis of `runs` equal float32 values (host arrays)."""
    return jax.tree.map(lambda value: np.full(runs, value, np.float32), hyperparameters)
