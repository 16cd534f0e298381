"""The noise of observations as a parameter of the generator's block: who moves it, who does not."""

import jax

from ivaegan_jax.types import Params

LOG_NOISE = "log_noise"
"""The parameter: a log standard deviation, or half the log dispersion of counts."""

LEARNED = ("one", "column")
"""Choices of `ModelConfig.noise` that have it."""


def with_noise_alone(params: Params) -> Params:
    """Parameters of which all but the noise are held fixed."""
    fixed = jax.lax.stop_gradient(params)
    own = {LOG_NOISE: params["generator"][LOG_NOISE]}
    return fixed | {"generator": fixed["generator"] | own}


def without_noise(params: Params) -> Params:
    """Parameters of which the noise alone is held fixed, where it is one."""
    generator = params["generator"]
    if LOG_NOISE not in generator:
        return params
    fixed = {LOG_NOISE: jax.lax.stop_gradient(generator[LOG_NOISE])}
    return params | {"generator": generator | fixed}
