"""pi-VAE (Zhou and Wei 2020) with its published networks and rates, on this package's bound.

Its generator is a volume-preserving flow (GIN), its encoder has two networks, its posterior is
q(z|x) p(z|u), its prior a table of means and variances. Counts are seen through their square root,
as by every model of this package; the last update is taken, where the authors take the pass with
the least loss on validation rows.

Source: Zhou and Wei, "Learning identifiable and interpretable latent models of high-dimensional
neural activity using pi-VAE", NeurIPS 2020; sizes, rates and numbers of updates are those of its
authors' examples.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments.rivals.ours import model
from experiments.rivals.problem import Outcome, Problem
from ivaegan_jax import register
from ivaegan_jax.data.noise.counts import are_counts
from ivaegan_jax.models.modules import bounded_log_var

ENCODER_WIDTH, FLOW_WIDTH, BLOCKS = 60, 30, 2
"""Units of the encoder's hidden layers, least units of the flow's, and blocks of two couplings."""

OWN_STEPS = 24_000
"""Updates: 600 passes over 40 batches of 200 rows."""

SETTINGS: dict[str, Any] = {
    "data.whiten": "no",
    "model.encoder": "pi_vae",
    "model.generator": "pi_vae",
    "model.posterior": "product",
    "hyperparameters.nll_weight": 1.0,
    "hyperparameters.kl_weight": 1.0,
    "hyperparameters.nll_mean_weight": 0.0,
    "hyperparameters.decoder_variance": 1.0,
    "hyperparameters.vae_rate": 5e-4,
    "hyperparameters.vae_final_rate": 1.0,
    "train.batch": 200,
    "train.unmix": False,
}
"""The bound itself, no weights, at a constant rate; on the columns of x."""

LAWS = {
    True: {"model.likelihood": "poisson", "model.noise": "none"},
    False: {"model.likelihood": "gaussian", "model.noise": "column", "model.noise_start": 1.0},
}
"""Of counts, and of real numbers: one variance per column, which is learned."""


class Stack(nn.Module):
    """Two hidden layers of one width, and a linear one."""

    width: int
    outputs: int
    activation: Any

    @nn.compact
    def __call__(self, x: Float[Array, "batch inputs"]) -> Float[Array, "batch outputs"]:
        """Returns the last layer's outputs."""
        for _ in range(2):
            x = self.activation(nn.Dense(self.width)(x))
        return nn.Dense(self.outputs)(x)


class Coupling(nn.Module):
    """Half of the columns scale and move the others; the logarithms of the scales add up to 0."""

    width: int

    @nn.compact
    def __call__(self, x: Float[Array, "batch dim"]) -> Float[Array, "batch dim"]:
        """Returns the columns that were moved, then those that moved them."""
        kept, moved = jnp.split(x, [x.shape[-1] // 2], axis=-1)
        free = moved.shape[-1] - 1
        raw = Stack(self.width, 2 * free + 1, nn.relu)(kept)
        scale, shift = 0.1 * jnp.tanh(raw[:, :free]), raw[:, free:]
        scale = jnp.concatenate([scale, -scale.sum(axis=-1, keepdims=True)], axis=-1)
        return jnp.concatenate([moved * jnp.exp(scale) + shift, kept], axis=-1)


@register.generator("pi_vae")
class VolumePreserving(nn.Module):
    """Latents and a function of them side by side, then blocks of permutation and couplings."""

    config: Any
    dims: Any

    @nn.compact
    def __call__(self, z: Float[Array, "batch dim_z"]) -> Float[Array, "batch dim_x"]:
        """Returns the raw location of x."""
        width = max(FLOW_WIDTH, self.dims.dim_x // 4)
        more = self.dims.dim_x - z.shape[-1]
        x = jnp.concatenate([z, Stack(width, more, nn.relu)(z)], axis=-1) if more else z
        for block in range(BLOCKS):
            x = x[:, np.random.default_rng(block).permutation(self.dims.dim_x)]
            x = Coupling(width)(Coupling(width)(x))
        return x


@register.encoder("pi_vae")
class TwoNetworks(nn.Module):
    """Mean and log variance of q(z|x), each by a network of its own."""

    config: Any
    dims: Any

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch dim_x"], u: Float[Array, "batch features"]
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Returns `(mu, log_var)`; u enters by the posterior's product alone."""
        mu, raw = (Stack(ENCODER_WIDTH, self.dims.dim_z, nn.tanh)(x) for _ in range(2))
        return mu, bounded_log_var(raw)


def pi_vae(problem: Problem, seeds: Sequence[int], steps: int) -> Sequence[Outcome]:
    """All runs at once, with the law that suits x."""
    own = LAWS[are_counts(problem.table.x)]
    return model("ivae", SETTINGS | own)(problem, seeds, steps)
