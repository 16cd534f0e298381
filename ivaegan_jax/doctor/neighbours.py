"""Whether rows are exchangeable, as a random split into training and held-out rows supposes."""

import numpy as np

from ivaegan_jax.data import ALIKE, Dependence, copied_rows, in_order, likeness, propose_split
from ivaegan_jax.doctor.finding import Finding, counted
from ivaegan_jax.types import Dataset, InputError


def check_rows(dataset: Dataset) -> Finding:
    """Likeness of neighbouring rows beyond what u explains, and repeated rows."""
    found = likeness(dataset)
    strongest = float(found.lag1[np.argmax(np.abs(found.lag1))])
    values = {"dependent": found.dependent, "length": found.length, "repeated": found.repeated}
    values |= {"lag1": strongest, "lag1_median": float(np.median(found.lag1))}
    row = in_order(dataset)
    copied = found.repeated and copied_rows(dataset.x[row], dataset.u[row].coded()) is not None
    copies = f"{found.repeated:.1%} of the rows are copies: they occur more than once."
    if found.dependent:
        sentence = in_words(found, strongest) + (f" {copies}" if copied else "")
        return Finding("rows", "warn", sentence, advice_on(dataset), values)
    if copied:
        sentence = copies
        advice = "Leave all but one of each out: copies count one observation twice."
        return Finding("rows", "warn", sentence, advice, values)
    repeated = f"; {found.repeated:.1%} of them occur more than once" if found.repeated else ""
    sentence = f"Neighbouring rows resemble each other no more than other rows do{repeated}."
    return Finding("rows", "fine", sentence, values=values)


def in_words(found: Dependence, strongest: float) -> str:
    """How alike neighbouring rows are, and what follows from it."""
    return (
        "Neighbouring rows resemble each other beyond what u explains: their correlation is up to "
        f"{strongest:.2f} at lag 1, and over all columns it is below {ALIKE} after "
        f"{counted(found.length, 'row')}. Rows cannot be split at random: training rows would "
        "resemble the held-out rows between them."
    )


def advice_on(dataset: Dataset) -> str:
    """The split that such rows need, as the flag takes it."""
    if dataset.independent:
        return "A named data set is split at random nevertheless, unless --split=blocks is given."
    try:
        how = propose_split(dataset).how
    except InputError:
        return "Give more rows: no blocks of these leave rows of every u in every part."
    return f"Use --split={how}, which --split=auto takes as well."
