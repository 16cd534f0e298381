"""From trained states to scores and verdicts, and the choice of a run without the truth.

Belongs here: what one model's runs are worth. `verdict` answers whether identification happened.
Does not: files, tables, words of a report.
"""

from ivaegan_jax.evaluation.selection import (
    CRITERIA,
    PREFERRED,
    REASONS,
    Candidates,
    Chosen,
    candidates,
    choose,
)
from ivaegan_jax.evaluation.verdict.gate import MOST_ROWS, hold_against_null
from ivaegan_jax.evaluation.verdict.judgement import USABLE
from ivaegan_jax.metrics import LEVEL

__all__ = [
    "CRITERIA",
    "LEVEL",
    "MOST_ROWS",
    "PREFERRED",
    "REASONS",
    "USABLE",
    "Candidates",
    "Chosen",
    "candidates",
    "choose",
    "hold_against_null",
]
