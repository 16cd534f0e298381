"""Results as the report's functions take them: rows of one form, whatever the kind.

This form is the report's own. In it `preset` is what tables and figures call the line that a row
belongs to: a label, a label with its run directory, an arm, or a baseline. `kind` is "run" for
scores. Findings are of the kind of the verdict that rests on them.
"""

import dataclasses
from typing import Any

from ivaegan_jax.evaluation import (
    BOTH,
    USABLE,
    Baseline,
    Consensus,
    Finding,
    Gate,
    OfModel,
    Result,
    Score,
    Verdict,
    from_row,
)
from ivaegan_jax.types import Row


def as_row(result: Result) -> Row:
    """A result in the form of the report."""
    fields: dict[str, Any] = dataclasses.asdict(result)
    known = {name: value for name, value in fields.items() if value is not None}
    blank = {"seed": None, "data_seed": None}
    return blank | known | {"kind": _KINDS.get(type(result), result.kind)} | _named(result)


def as_result(row: Row) -> Result:
    """The result that a row was made of, under the row's name; a verdict's own row has one too."""
    kind = "floor" if row.get("kind") == Baseline.kind else row.get("kind", "run")
    return from_row(row | {"kind": kind})  # in this form names are those of schema 1


_KINDS: dict[type[Result], str] = {Score: "run", Finding: Verdict.kind}


def _named(result: Result) -> Row:
    """What each kind is called by, and its value."""
    if isinstance(result, Baseline):
        return {"preset": result.baseline, "seed": None}
    if isinstance(result, Gate):
        return {"preset": "rows", "metric": "gate", "value": float(result.passed)}
    split = None if result.split == BOTH else result.split
    return {"preset": result.label, "split": split} | _valued(result)


def _valued(result: OfModel) -> Row:
    if isinstance(result, Verdict):
        return {"metric": "verdict", "value": float(result.verdict == USABLE)}
    if isinstance(result, Consensus):
        groups = float(len(result.groups))
        return {"metric": "consensus", "value": groups, "seed": result.medoid, "status": "ok"}
    return {}
