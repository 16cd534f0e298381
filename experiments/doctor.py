"""`ivaegan doctor` from a checkout, as `python -m experiments.doctor`."""

from ivaegan_jax.cli._program import launch
from ivaegan_jax.cli.doctor import define_flags, main

if __name__ == "__main__":
    launch(main, define_flags)
