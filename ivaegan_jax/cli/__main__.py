"""`python -m ivaegan_jax.cli`, the same as `ivaegan`."""

from ivaegan_jax.cli.command import main

main()
