"""Whether rows are exchangeable, as a random split into training and held-out rows supposes."""

import numpy as np

from ivaegan_jax.data.dependence import Dependence, dependence
from ivaegan_jax.data.order import in_order
from ivaegan_jax.data.repeated import copied_rows
from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.types import Dataset


def check_rows(dataset: Dataset) -> Finding:
    """Likeness of neighbouring rows beyond what u explains, and repeated rows."""
    row = in_order(dataset)
    x, u = dataset.x[row], dataset.u[row]
    groups = None if dataset.groups is None else dataset.groups[row]
    found = dependence(x, u, groups)
    strongest = float(found.lag1[np.argmax(np.abs(found.lag1))])
    values = {"dependent": found.dependent, "length": found.length, "repeated": found.repeated}
    values |= {"lag1": strongest, "lag1_median": float(np.median(found.lag1))}
    if found.dependent:
        return Finding("rows", "warn", likeness(found, strongest), ADVICE, values)
    if found.repeated and copied_rows(x, u) is not None:
        sentence = f"{found.repeated:.1%} of the rows are copies: they occur more than once."
        advice = (
            "Leave all but one of each out: copies count one observation twice, and one of them in "
            "training tells of the other among held-out rows."
        )
        return Finding("rows", "warn", sentence, advice, values)
    repeated = f"; {found.repeated:.1%} of them occur more than once" if found.repeated else ""
    sentence = f"Neighbouring rows resemble each other no more than other rows do{repeated}."
    return Finding("rows", "fine", sentence, values=values)


ADVICE = (
    "Split them by blocks of time, --split=blocks, or by recording, --split=group:COLUMN, where "
    "the table names the recording of each row."
)


def likeness(found: Dependence, strongest: float) -> str:
    """How alike neighbouring rows are, and what follows from it."""
    return (
        "Neighbouring rows resemble each other beyond what u explains: their correlation is up to "
        f"{strongest:.2f} at lag 1 and is lost after {counted(found.length, 'row')}. Rows cannot "
        "be split at random: training rows would tell of the held-out rows between them."
    )
