"""Results as they are written to `metrics.jsonl` and read again.

A file of results holds one JSON object per line: the number of the schema, the kind, and the fields
of that kind that are known. A number that is not finite is null there and NaN in a result.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

from ivaegan_jax.evaluation.results import KINDS, Reason, Result
from ivaegan_jax.evaluation.version_1 import as_version_2
from ivaegan_jax.types import InputError, Row

SCHEMA = 2
"""The schema that is written. Rows of schema 1 have no field of that name."""


def to_row(result: Result) -> Row:
    """The JSON object of a result; fields that are None are left out."""
    known = {name: v for name, v in dataclasses.asdict(result).items() if v is not None}
    return {"schema": SCHEMA, "kind": result.kind} | known


def from_row(row: Row) -> Result:
    """The result of a JSON object of this schema or of schema 1.

    Raises:
      InputError: for a schema or a kind of a later version, or fields that are missing or wrong.
    """
    schema = row.get("schema", 1)
    if schema not in (1, SCHEMA):
        raise InputError(f"results of schema {schema} are of a later version; update ivaegan_jax")
    try:
        fields = as_version_2(row) if schema == 1 else row
        made = KINDS[fields["kind"]]
        names = {field.name for field in dataclasses.fields(made)}
        return made(**{name: _read(name, v) for name, v in fields.items() if name in names})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"no result of a known kind: {error}") from error


def from_rows(rows: Iterable[Row]) -> list[Result]:
    """The results of JSON objects."""
    return [from_row(row) for row in rows]


NUMBERS = ("value", "rotation", "rotation_p95", "carries", "modulates", "least")
"""Fields that are always a float."""

NAMES = ("data", "label", "baseline", "metric", "split", "verdict", "code", "text")
"""Fields that are always text."""


def _read(name: str, value: Any) -> Any:
    if name == "reasons":
        return tuple(map(_reason, value))
    if name in NAMES and not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}")
    if name in NUMBERS:
        return float(value) if isinstance(value, int | float) else float("nan")
    return _frozen(value)


def _reason(row: Row) -> Reason:
    return Reason(row["code"], row["text"])


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
