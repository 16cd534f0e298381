"""Which Flax module is the encoder, and which the generator; own ones join by their name."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
from jaxtyping import Array, Float

from ivaegan_jax.models.convolutions import make_pixels
from ivaegan_jax.models.layers import Inputs, as_array
from ivaegan_jax.models.modules import Encoder, Generator
from ivaegan_jax.types import InputError, Registry, a_function


class OwnEncoder(nn.Module):
    """An encoder from outside: `inner(x, u) -> (mu, log_var)`, u as features."""

    inner: nn.Module
    dim_z: int

    @nn.compact
    def __call__(
        self, x: Float[Array, "batch dim_x"], u: Inputs
    ) -> tuple[Float[Array, "batch dim_z"], Float[Array, "batch dim_z"]]:
        """Returns `(mu, log_var)`; u has no columns if it is unseen."""
        found = self.inner(x, as_array(u))
        _check(self.inner, "(mu, log_var)", found, [(len(x), self.dim_z)] * 2)
        return found


class OwnGenerator(nn.Module):
    """A generator from outside: `inner(z) -> x_logit`, with the likelihood's log variance."""

    inner: nn.Module
    dim_x: int

    @nn.compact
    def __call__(
        self, z: Float[Array, "batch dim_z"]
    ) -> tuple[Float[Array, "batch dim_x"], Float[Array, ""]]:
        """Returns `(x_logit, log_var_ratio)`, the ratio to the configured variance, in logs."""
        ratio = self.param("log_var_ratio", nn.initializers.zeros, ())
        x_logit = self.inner(z)
        _check(self.inner, "x_logit", x_logit, [(len(z), self.dim_x)])
        return x_logit, ratio


def _check(module: nn.Module, what: str, found: Any, shapes: list[tuple[int, int]]) -> None:
    """Raises InputError for other arrays than those of the shapes."""
    arrays = found if isinstance(found, tuple) else (found,)
    given = [jax.numpy.shape(each) for each in arrays]
    if given != shapes:
        raise InputError(
            f"{type(module).__name__} must return {what} of shape {shapes[0]}, rows x columns; it "
            f"returns {', '.join(map(str, given))}"
        )


Makes = Callable[[Any, Any], nn.Module]
"""`(ModelConfig, Dims) -> module`; of a module class these are its first two fields."""


def standard_encoder(config: Any, dims: Any) -> nn.Module:
    """Dense layers, after convolutions where there are some."""
    pixels = make_pixels(dims.image_shape, config.convolutions, config.channels)
    return Encoder(dims.dim_z, config.width, config.depth, config.activation, pixels)


def standard_generator(config: Any, dims: Any) -> nn.Module:
    """Dense layers, before transposed convolutions where there are some."""
    pixels = make_pixels(dims.image_shape, config.convolutions, config.channels)
    return Generator(dims.dim_x, config.width, config.depth, config.activation, pixels)


def as_encoder(piece: Any) -> Makes:
    """Makes an encoder of a module class from outside."""
    make = a_function(piece)
    return lambda config, dims: OwnEncoder(make(config, dims), dims.dim_z)


def as_generator(piece: Any) -> Makes:
    """Makes a generator of a module class from outside."""
    make = a_function(piece)
    return lambda config, dims: OwnGenerator(make(config, dims), dims.dim_x)


ENCODERS = Registry[Makes]("encoder", as_encoder, {"standard": standard_encoder})
GENERATORS = Registry[Makes]("generator", as_generator, {"standard": standard_generator})
