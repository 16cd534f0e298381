"""Whether x carries u, and how much of x u alone explains; both on rows kept out of the fit."""

import numpy as np
from jaxtyping import Float, Int

from ivaegan_jax.data import IN_TIME
from ivaegan_jax.doctor.finding import Finding
from ivaegan_jax.doctor.guess import Guess, guess_u
from ivaegan_jax.doctor.sample import Sample
from ivaegan_jax.metrics import label_r2

LEVEL = 0.05
"""Chance of a test to find what is not there."""

REPEATED = 0.95
"""Share of x explained by u from which on latents may just repeat u."""

COMPARED = {
    "rows": "",
    "shifts": " against x shifted in time under u",
    "labels": " against u dealt out anew to whole {groups}",
    "courses": " against the course of u in other {groups}",
    "slides": " against x shifted in time under u in each of the {groups} by itself",
}
"""How the null of a p-value was made, by its kind."""

GROUPS = {"table": "groups", "copies": "sets of equal rows", "blocks": "blocks of rows"}
"""What groups are, by their origin."""


def compared(sample: Sample) -> str:
    """What a p-value of this sample is held against, as the end of a phrase."""
    return COMPARED[sample.null.kind].format(groups=GROUPS[sample.structure.origin])


def looked_at(sample: Sample, rows: int) -> str:
    """What was left out of the sample, as a sentence; empty where nothing was."""
    seen = int(np.sum(sample.u >= 0))
    if seen == rows and sample.seen == sample.levels:
        return ""
    levels = f" and {sample.seen:,} of {sample.levels:,} levels"
    return f" Looked at: {seen:,} of {rows:,} rows{levels if sample.seen < sample.levels else ''}."


def few_pairings(sample: Sample) -> Finding:
    """The finding where no p-value can be small, since there are too few ways to pair x with u."""
    if sample.null.kind == "labels":
        why = "u has one value in each group, and there are so few groups of each value"
        advice = (
            "Give more groups (subjects, sessions) of every value of u: four of each of two "
            "values are enough, three of each of three."
        )
    elif sample.structure.groups is None:
        why = "neighbouring rows resemble each other, and the table is so short"
        advice = "Give more rows: at least a few hundred in each recording."
    else:
        why = "neighbouring rows resemble each other, and groups are so few or so short"
        advice = (
            "Give more groups whose u takes courses of its own, at least five and better thirty, "
            "or at least a few hundred rows in each."
        )
    sentence = (
        f"Whether x carries u is open: {why} that there are {1 / sample.null.least:.0f} "
        f"distinct pairings of x with u and p cannot fall below {sample.null.least:.2g}, whatever "
        "the data."
    )
    return Finding("u_in_x", "warn", sentence, advice, {"least": sample.null.least})


def check_u_in_x(sample: Sample, continuous_u: bool, rows: int = 0) -> Finding:
    """Whether x carries u: without that nothing ties latents to u.

    Args:
      sample: of the table.
      continuous_u: whether its levels are cells.
      rows: of the table; 0 where all are in the sample.
    """
    if sample.null.least > LEVEL:
        return few_pairings(sample)
    found = guess_u(sample)
    what = "cell of u (a continuous u is cut into cells)" if continuous_u else "level of u"
    values = found._asdict() | {"bits": found.bits}
    numbers = (
        f"on unseen rows the {what} is guessed right from x in {found.accuracy:.1%} of rows, where "
        f"always naming the most frequent gives {found.largest:.1%}"
    )
    chance = f"(p = {found.p_value:.2g}{compared(sample)})"
    left_out = looked_at(sample, rows or len(sample.u))
    if found.p_value <= LEVEL:
        sentence = (
            f"x carries u: {numbers}; that is at least {found.bits:.2g} of {found.entropy:.2g} "
            f"bits {chance}.{left_out}"
        )
        return Finding("u_in_x", "fine", sentence, values=values)
    sentence = f"x carries nothing of u that could be found: {numbers} {chance}.{left_out}"
    return Finding("u_in_x", "blocks", sentence, nothing_found(found), values)


def nothing_found(found: Guess) -> str:
    """What to do where x is not found to carry u."""
    if found.null in IN_TIME:
        other = "The u of other sequences" if found.null == "courses" else "A u shifted in time"
        return (
            f"{other} does as well: what is seen is that neighbouring rows "
            "resemble each other, not that u changes x. Check that u changes when the recording "
            "does (events, states, stimuli in place of arbitrary windows); more changes of u and "
            "a longer recording find weaker ties."
        )
    return (
        "Check that x and u belong together row by row (a shift, a sort, a shuffle?), and that "
        "u is something that x could depend on; more rows find weaker ties."
    )


def check_x_from_u(
    x: Float[np.ndarray, "rows dim_x"],
    u: Int[np.ndarray, " rows"] | Float[np.ndarray, "rows dim_u"],
    sample: Sample,
) -> Finding:
    """How much of the variance of x the mean given u explains, columns weighted by variance."""
    rows = np.random.default_rng(0).permutation(sample.row[sample.u >= 0])
    variance = x[rows].var(axis=0, dtype=float)
    share = float(np.average(label_r2(x[rows], u[rows]), weights=variance))
    values = {"share": share}
    sentence = f"u alone explains {max(0.0, share):.0%} of the variance of x."
    if share < REPEATED:
        return Finding("x_from_u", "fine", sentence, values=values)
    advice = "Latents may merely repeat u: look at what is found within levels of u."
    return Finding("x_from_u", "warn", sentence, advice, values)
