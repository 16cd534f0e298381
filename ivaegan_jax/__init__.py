"""Identifiable VAE-GAN models in JAX/Flax."""

from ivaegan_jax.version import __version__

__all__ = ["__version__"]
