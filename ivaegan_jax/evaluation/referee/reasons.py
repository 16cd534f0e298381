"""What was found as reasons, each a code, a sentence and a next step; and the verdict of all."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from ivaegan_jax.evaluation.referee.agreement import AGREED
from ivaegan_jax.evaluation.referee.found import Found
from ivaegan_jax.evaluation.referee.moved import ENOUGH_POWER
from ivaegan_jax.evaluation.referee.within import WORTH
from ivaegan_jax.evaluation.verdict.gate import Tested
from ivaegan_jax.metrics import LEVEL

SUPPORTED, NOT_SUPPORTED, UNKNOWN = "supported", "not supported", "cannot be told"

Speaks: TypeAlias = Literal["for", "against", "open"]
"""For support, against it, or neither."""

WORDS = {
    "rows": "pairings of x with u permuted over the rows",
    "labels": "pairings of x with u permuted over groups",
    "shifts": "pairings of x with u shifted in time",
    "courses": "pairings of x with u of other sequences",
    "slides": "pairings of x with u slid along each sequence",
}


class Reason(NamedTuple):
    """One reason.

    Attributes:
      code: what was looked at.
      speaks: for support, against it, or neither.
      text: a sentence.
      step: what to do next; empty where nothing needs to be done.
    """

    code: str
    speaks: Speaks
    text: str
    step: str = ""


def verdict_of(reasons: Sequence[Reason]) -> str:
    """Not supported where anything speaks against it, else open where anything is open."""
    sides = {reason.speaks for reason in reasons}
    return NOT_SUPPORTED if "against" in sides else UNKNOWN if "open" in sides else SUPPORTED


def reasons_of(found: Found) -> list[Reason]:
    """All reasons, those that decide first."""
    every = [*_of_pairings(found), *_of_agreement(found), *_of_rank(found), *_of_axes(found),
             *_of_both(found), *_of_controls(found)]  # fmt: skip
    order = ("against", "open", "for")
    return sorted(every, key=lambda reason: order.index(reason.speaks))


def _of_pairings(found: Found) -> Iterator[Reason]:
    null = WORDS[found.of_x.kind]
    step = "Check that rows of x and u belong together; else take another u, or more rows."
    yield _tested("x_and_u", found.of_x, ("x follows", "x does not follow"), null, step)
    where = "held-out rows" if found.named else "all rows, which the method may have trained on"
    step = "Take another u, or train longer; name rows that were not trained on (test)."
    words = ("The latents follow", "The latents do not follow")
    null = f"{null.replace('x', 'them', 1)}, on {where}"
    yield _tested("latents_and_u", found.of_z, words, null, step)


def _tested(code: str, test: Tested, words: tuple[str, str], null: str, step: str) -> Reason:
    numbers = f"p = {test.carries:.3f}, of their spread {test.modulates:.3f}"
    if test.passed:
        return Reason(code, "for", f"{words[0]} u beyond {null} ({numbers}).")
    if test.least > LEVEL:
        text = f"There are too few {null}: no p-value can be below {test.least:.2f}."
        return Reason(code, "open", text, "Take more groups, or a longer recording.")
    return Reason(code, "against", f"{words[1]} u beyond {null} ({numbers}).", step)


def _of_agreement(found: Found) -> Iterator[Reason]:
    agreed = found.agreed
    if agreed is None:
        step = "Train the same method with other seeds, and judge the runs together."
        yield Reason("one_run", "open", "Agreement needs two runs, and there is one.", step)
        return
    low, high = agreed.by_axis.low, agreed.by_axis.high
    interval = "" if np.isnan(low) else f" [{_2(low)}, {_2(high)}]"
    seen = (f"Runs agree axis by axis at {_2(agreed.by_axis.estimate)}{interval}, where rotations "
            f"of one solution reach {_2(agreed.rotation_p95)}")  # fmt: skip
    space = f"the best linear maps between them have R^2 {_2(agreed.by_space)}"
    if agreed.holds:
        yield Reason("agreement", "for", f"{seen}.")
    elif agreed.is_space:
        step = "Do not read single axes; take a method that fixes them by u."
        yield Reason("space", "against", f"{seen}; they agree as a space only: {space}.", step)
    else:
        step = "Train longer, or take fewer latents."
        text = f"{seen}, and {_2(AGREED)} is needed; {space}."
        yield Reason("disagreement", "against", text, step)


def _of_rank(found: Found) -> Iterator[Reason]:
    moved, dim_z = found.moved, found.dim_z
    seen = f"u moves the variances of the {dim_z} latents in {moved.rank} independent directions"
    if moved.rank == dim_z:
        times = moved.singular[-1] / moved.noise if moved.noise > 0 else np.inf
        text = f"{seen}, the weakest {times:.1f} times as far as noise would."
        yield Reason("rank", "for", text)
    elif moved.levels <= dim_z:
        text = f"u has {moved.levels} values with rows enough; {dim_z} latents take {dim_z + 1}."
        step = "Give u more values (finer segments, more conditions), or take fewer latents."
        yield Reason("levels", "open", text, step)
    elif moved.power < ENOUGH_POWER:
        text = (f"{seen} beyond noise; with {moved.rows} held-out rows at a value of u all "
                f"{dim_z} would be found in {moved.power:.0%} of cases.")  # fmt: skip
        step = "Take more rows, merge values of u, or take fewer latents."
        yield Reason("power", "open", text, step)
    else:
        text = f"{seen} beyond noise (power to find all: {moved.power:.0%})."
        step = "Take a u that changes variances in more ways, or fewer latents."
        yield Reason("rank", "against", text, step)


def _of_axes(found: Found) -> Iterator[Reason]:
    within = found.within
    if not np.isfinite(within.dependence):
        text = "No value of u has three rows: dependence of latents given u cannot be seen."
        yield Reason("few_rows", "open", text, "Take more rows, or merge values of u.")
        return
    seen = (f"correlations within values of u are {_2(within.linear)}, those of magnitudes "
            f"{_2(within.magnitudes)}")  # fmt: skip
    if within.holds:
        yield Reason("independent", "for", f"Given u the latents are nearly independent: {seen}.")
        return
    text = (f"Given u the latents depend on each other, as mixtures do: {seen}; as sources "
            f"they are worth {_2(within.worth)}, and {_2(WORTH)} is needed.")  # fmt: skip
    step = "Take a method that fixes axes by u, or fewer latents."
    if found.mended:
        step = ("Rotate the latents by joint diagonalisation: along the axes that u singles out "
                f"these are {_2(within.rest)}.")  # fmt: skip
    yield Reason("mixtures", "against", text, step)


def _of_both(found: Found) -> Iterator[Reason]:
    """Where errors of runs and dependence are small enough each, and too much together."""
    each = found.agreed and found.agreed.holds and found.within.holds
    if each and found.worth < WORTH:
        text = ("What runs disagree on and how far latents depend on each other add up: as sources "
                f"they are worth {_2(found.worth)}, and {_2(WORTH)} is needed.")  # fmt: skip
        yield Reason("both", "open", text, "Train longer, or with more rows.")


def _of_controls(found: Found) -> Iterator[Reason]:
    informed = found.informed
    if not informed.controls:
        return
    apart = informed.difference
    seen = (f"{_2(float(np.mean(informed.runs)))} nats per row, the best of "
            f"{len(informed.controls)} controls {_2(max(informed.controls))}; difference "
            f"{_2(apart.estimate)} [{_2(apart.low)}, {_2(apart.high)}]")  # fmt: skip
    if informed.holds:
        yield Reason(
            "controls", "for", f"The latents hold more information on u than controls do: {seen}."
        )
    elif np.isnan(apart.low):
        text = f"Rows are too few to hold controls against: {seen}."
        yield Reason("controls", "open", text, "Take more rows.")
    else:
        text = f"The latents hold no more information on u than controls do: {seen}."
        step = "Do not take u for what shaped these latents."
        yield Reason("controls", "against", text, step)


def _2(value: float) -> str:
    return f"{value:.2f}"
