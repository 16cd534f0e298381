"""`ivaegan compare` from a checkout, as `python -m experiments.compare`."""

from ivaegan_jax.cli._program import launch
from ivaegan_jax.cli.compare import define_flags, main

if __name__ == "__main__":
    launch(main, define_flags)
