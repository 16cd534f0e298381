"""What can be told before training: whether the data and the model can identify latents at all."""

from ivaegan_jax.doctor.examine import examine
from ivaegan_jax.doctor.finding import Finding, blocks

__all__ = ["Finding", "blocks", "examine"]
