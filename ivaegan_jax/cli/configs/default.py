"""The default setting of every program."""

from ivaegan_jax.studies import Config


def get_config() -> Config:
    """All values as the library has them."""
    return Config()
