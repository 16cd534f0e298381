"""A linear map of the latents behind a trained model, as one more block of its parameters.

The block holds B, its inverse, and a prior of `z' = B z` that takes the place of the trained one.
Encoder, generator and critic stay as they are, whatever network they are: they go on in `z`, and
`decode(encode(x))` is unchanged to rounding. A model without the block is unchanged to the bit.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.types import Params

UNMIXED = "unmixed"
"""The block; no player owns it."""

SPREAD = "spread"
"""A second encoder, whose variances take the place of the first one's; no player owns it."""

MATRIX, INVERSE, PRIOR = "matrix", "inverse", "prior"
"""What it holds."""


def to_unmixed(
    params: Params, posterior: tuple[Float[Array, "rows dim"], Float[Array, "rows dim"]]
) -> tuple[Float[Array, "rows dim"], Float[Array, "rows dim"]]:
    """The posterior `(mu, log_var)` of `z' = B z`: mapped means, and precisions.

    Of all factorised Gaussians it is the nearest one to the mapped posterior `N(B mu, B V B^T)` in
    the divergence of the bound, KL(q' || .): its precisions are the diagonal of the mapped one's,
    `B^-T V^-1 B^-1`. A latent's standard deviation is therefore the one where all others are known.
    """
    if UNMIXED not in params:
        return posterior
    mu, log_var = posterior
    block = params[UNMIXED]
    precision = _times(jnp.exp(-log_var), jnp.square(block[INVERSE]).T)
    return _times(mu, block[MATRIX]), -jnp.log(precision)


def from_unmixed(params: Params, z: Float[Array, "rows dim"]) -> Float[Array, "rows dim"]:
    """The z of the trained networks that stands behind `z' = B z`."""
    return _times(z, params[UNMIXED][INVERSE]) if UNMIXED in params else z


def prior_of(params: Params) -> Params:
    """The parameters of p(z'|u), or of p(z|u) where there is no map."""
    return params[UNMIXED][PRIOR] if UNMIXED in params else params["prior"]


def without_map(params: Params) -> Params:
    """The parameters as they were trained."""
    return {name: block for name, block in params.items() if name not in (UNMIXED, SPREAD)}


def _times(z: Float[Array, "rows dim"], matrix: Float[Array, "dim dim"]) -> jax.Array:
    return jnp.matmul(z, matrix.T, precision="highest")
