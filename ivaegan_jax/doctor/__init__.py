"""Checks of data and model before training, each a finding in words.

Belongs here: what can be known in half a minute. Does not: training beyond a timed chunk.
"""

from ivaegan_jax.doctor.cost import duration
from ivaegan_jax.doctor.examine import examine, recommend_latents
from ivaegan_jax.doctor.finding import Finding, blocks, counted

__all__ = [
    "Finding",
    "blocks",
    "counted",
    "duration",
    "examine",
    "recommend_latents",
]
