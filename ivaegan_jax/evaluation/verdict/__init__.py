"""Whether identification happened, answered after training and without the truth.

Device part: `precondition`. Numbers of one run: `findings`. Words: `judgement`. Rows: `judge_runs`.
"""

from ivaegan_jax.evaluation.verdict.findings import Findings, find
from ivaegan_jax.evaluation.verdict.held_out import HeldOut, held_out_rows, hold_out, looked_at
from ivaegan_jax.evaluation.verdict.judgement import USABLE, Judgement, judge
from ivaegan_jax.evaluation.verdict.linear import linear_rows, linear_unmixings
from ivaegan_jax.evaluation.verdict.precondition import Precondition, make_precondition
from ivaegan_jax.evaluation.verdict.rows import (
    consensus_arrays,
    consensus_of_runs,
    consensus_rows,
    judge_runs,
    precondition_call,
    precondition_of_runs,
)

__all__ = [
    "USABLE",
    "Findings",
    "HeldOut",
    "Judgement",
    "Precondition",
    "consensus_arrays",
    "consensus_of_runs",
    "consensus_rows",
    "find",
    "held_out_rows",
    "hold_out",
    "judge",
    "judge_runs",
    "linear_rows",
    "linear_unmixings",
    "looked_at",
    "make_precondition",
    "precondition_call",
    "precondition_of_runs",
]
