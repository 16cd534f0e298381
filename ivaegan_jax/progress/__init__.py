"""How a study goes on, for a person who waits: what is left, a bar with ETA, lines elsewhere.

Belongs here: what a terminal or a notebook shows while a study runs. Does not: flags, starting or
stopping a study.
"""

from ivaegan_jax.progress.console import ConsoleReporter
from ivaegan_jax.progress.stages import Stage, stages_of

__all__ = [
    "ConsoleReporter",
    "Stage",
    "stages_of",
]
