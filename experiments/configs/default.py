"""The default setting of every program."""

from ivaegan_jax.config import Config


def get_config() -> Config:
    """All values as the library has them."""
    return Config()
