"""Rows of results as versions up to 0.1.0 wrote them, brought into today's form.

They name no schema. `preset` held the label of a model, the name of a baseline, or a word; `kind`
could be missing; a verdict and the numbers behind it were of one kind.
"""

from ivaegan_jax.types import Row

BOTH = "valid and test"


def as_version_2(row: Row) -> Row:
    """The same result with the names of its fields and its kind as today."""
    kind = row.get("kind") or "run"
    fields = {name: value for name, value in row.items() if value is not None}
    fields["value"] = row.get("value")
    named = MADE[kind](fields) | {"kind": TODAY.get(kind, kind)}
    if kind == "verdict" and row["metric"] != "verdict":
        named["kind"] = "finding"
    return named


def _of_model(row: Row) -> Row:
    whole = {"split": BOTH} if "split" not in row else {}
    rows = {"rows": None} if row.get("rows") == BOTH else {}
    return row | {"label": row["preset"]} | whole | rows


def _of_consensus(row: Row) -> Row:
    return _of_model(row) | {"medoid": row["seed"]}


def _of_baseline(row: Row) -> Row:
    return row | {"baseline": row["preset"]}


def _of_gate(row: Row) -> Row:
    return row | {"passed": bool(row["value"])}


TODAY = {"run": "score", "floor": "baseline"}
"""Kinds that have another name now."""

MADE = {
    "run": _of_model,
    "agreement": _of_model,
    "verdict": _of_model,
    "consensus": _of_consensus,
    "floor": _of_baseline,
    "gate": _of_gate,
}
"""The fields that changed, by kind."""
