"""From trained states to scores and verdicts, and the choice of a run without the truth.

Belongs here: what one model's runs are worth. `results` has the schema of every kind of result,
`verdict` answers whether identification happened, and `referee` whether latents of any method are
supported. Does not: files, tables, words of a report.
"""

from ivaegan_jax.evaluation.across import across_rows
from ivaegan_jax.evaluation.as_rows import SCHEMA, from_row, from_rows, to_row
from ivaegan_jax.evaluation.baselines import baseline_rows
from ivaegan_jax.evaluation.ceilings import CEILINGS, ceiling_rows, clean_rows, noise_rows
from ivaegan_jax.evaluation.encoded import encode_runs, encoding_call
from ivaegan_jax.evaluation.evaluate import Evaluation, evaluation_key, make_evaluate
from ivaegan_jax.evaluation.own_metrics import METRICS, HeldOutRun
from ivaegan_jax.evaluation.plotted import arrays_for_figures, joined_arrays
from ivaegan_jax.evaluation.referee import Judged, judge
from ivaegan_jax.evaluation.referee.reasons import NOT_SUPPORTED, SUPPORTED, UNKNOWN
from ivaegan_jax.evaluation.results import (
    BOTH,
    Agreement,
    Baseline,
    Consensus,
    Finding,
    Gate,
    LinearStep,
    OfModel,
    OfRun,
    Reason,
    Result,
    Score,
    Stamp,
    Verdict,
)
from ivaegan_jax.evaluation.samples import quality_rows
from ivaegan_jax.evaluation.selection import (
    CRITERIA,
    PREFERRED,
    REASONS,
    Candidates,
    Chosen,
    candidates,
    choose,
    choose_together,
)
from ivaegan_jax.evaluation.verdict.gate import MOST_ROWS, Tested, hold_against_null
from ivaegan_jax.evaluation.verdict.judgement import USABLE
from ivaegan_jax.metrics import LEVEL

__all__ = [
    "BOTH",
    "CEILINGS",
    "CRITERIA",
    "LEVEL",
    "METRICS",
    "MOST_ROWS",
    "NOT_SUPPORTED",
    "PREFERRED",
    "REASONS",
    "SCHEMA",
    "SUPPORTED",
    "UNKNOWN",
    "USABLE",
    "Agreement",
    "Baseline",
    "Candidates",
    "Chosen",
    "Consensus",
    "Evaluation",
    "Finding",
    "Gate",
    "HeldOutRun",
    "Judged",
    "LinearStep",
    "OfModel",
    "OfRun",
    "Reason",
    "Result",
    "Score",
    "Stamp",
    "Tested",
    "Verdict",
    "across_rows",
    "arrays_for_figures",
    "baseline_rows",
    "candidates",
    "ceiling_rows",
    "choose",
    "choose_together",
    "clean_rows",
    "encode_runs",
    "encoding_call",
    "evaluation_key",
    "from_row",
    "from_rows",
    "hold_against_null",
    "joined_arrays",
    "judge",
    "make_evaluate",
    "noise_rows",
    "quality_rows",
    "to_row",
]
