"""What keeps a verdict from being given where rows depend on each other, and its sentences."""

from collections.abc import Sequence

from ivaegan_jax.data import SHIFTED
from ivaegan_jax.evaluation import LEVEL, Gate, Reason, Result
from ivaegan_jax.report.controls import IN_WORDS, Against
from ivaegan_jax.report.render import decimal

PAIRINGS = {
    "shifts": "a u shifted in time",
    "labels": "a u dealt out to other groups of rows",
    "courses": "the u of other sequences of rows",
    "slides": "a u shifted in time in each sequence by itself",
}
"""What x is held against, by the kind of pairing that the rows allow."""

TOO_FEW = {
    "shifts": "Rows resemble their neighbours, and the table is too short to say whether x follows "
    "u or time",
    "labels": "Groups of rows have one value of u each, and there are too few of them to say "
    "whether x follows u or the group",
}
"""Why no pairing could have shown anything."""


def gate_of(results: Sequence[Result]) -> Gate | None:
    """The result on what dependent rows show of u; None where rows are exchangeable."""
    found = [each for each in results if isinstance(each, Gate)]
    return found[-1] if found else None


def is_untestable(gate: Gate) -> bool:
    """Whether no pairing of x and u could have shown anything."""
    return gate.least > LEVEL


def against_support(gate: Gate, controls: Sequence[Against]) -> list[Reason]:
    """Why nothing can be supported; empty where the rows' dependence is no obstacle."""
    if is_untestable(gate):
        return [Reason("untestable", f"{TOO_FEW[gate.pairings]}: nothing can be supported.")]
    if not gate.passed:
        null = f"{PAIRINGS[gate.pairings]} ({_p_values(gate)})"
        text = f"x follows u no further than it follows {null}: nothing can be supported."
        return [Reason("unrelated", text)]
    shifted = [each for each in controls if each.control == SHIFTED]
    if not shifted:
        return [Reason("no_shifted", "No control with shifted u was trained: nothing can be "
                       "supported where rows depend on each other.")]  # fmt: skip
    [control] = shifted
    if control.lost:
        return []  # it holds of every control alike
    if not control.beaten:
        return [Reason("few_runs", f"Fewer than {IN_WORDS} runs ({len(control.gains)}): that all "
                       "of them beat their control with shifted u may be chance.")]  # fmt: skip
    return []


def described(gate: Gate) -> str:
    """What rows have in common, and whether x follows u beyond it."""
    alike = f"Neighbouring rows resemble each other for about {gate.length:,} rows"
    alike = alike if gate.length > 1 else "Rows are not exchangeable"
    beyond = "further than" if gate.passed else "no further than"
    null = PAIRINGS[gate.pairings]
    return f"{alike}; x follows u {beyond} it follows {null} ({_p_values(gate)})."


def _p_values(gate: Gate) -> str:
    carries, modulates = (decimal(value, 2) for value in (gate.carries, gate.modulates))
    return f"p = {carries}; of its spread and correlations alone {modulates}"
