"""Identifiable VAE-GAN models in JAX/Flax.

Importing this touches no device and loads no other library; names load their room when they are
first used. What there is, is in `__init__.pyi`.
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
