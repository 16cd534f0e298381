"""`ivaegan judge` from a checkout, as `python -m experiments.judge`."""

from ivaegan_jax.cli._program import launch
from ivaegan_jax.cli.judge import define_flags, main

if __name__ == "__main__":
    launch(main, define_flags)
