"""What keeps a verdict from being given where rows depend on each other, and what is said of it."""

from collections.abc import Sequence

from ivaegan_jax.data import SHIFTED
from ivaegan_jax.evaluation import LEVEL
from ivaegan_jax.report.controls import FEWEST_RUNS, IN_WORDS, Against
from ivaegan_jax.report.render import decimal
from ivaegan_jax.types import Row

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


def gate_of(rows: Sequence[Row]) -> Row | None:
    """The recorded row on what dependent rows show of u; None where rows are exchangeable."""
    found = [row for row in rows if row.get("kind") == "gate"]
    return found[-1] if found else None


def is_untestable(gate: Row) -> bool:
    """Whether no pairing of x and u could have shown anything."""
    return gate["least"] > LEVEL


def against_support(gate: Row, controls: Sequence[Against]) -> list[str]:
    """Why nothing can be supported; empty where the rows' dependence is no obstacle."""
    if is_untestable(gate):
        return [f"{TOO_FEW[gate['pairings']]}: nothing can be supported."]
    if not gate["value"]:
        return [f"x follows u no further than it follows {PAIRINGS[gate['pairings']]} "
                f"({_p_values(gate)}): nothing can be supported."]  # fmt: skip
    shifted = [each for each in controls if each.control == SHIFTED]
    if not shifted:
        return ["No control with shifted u was trained: nothing can be supported where rows "
                "depend on each other. --controls=auto trains it, in a new --workdir."]  # fmt: skip
    [control] = shifted
    if control.lost:
        return []  # said of every control alike
    if not control.beaten:
        return [f"Fewer than {IN_WORDS} runs ({len(control.gains)}): that all of them "
                "beat their control with shifted u may be chance. Train more (--seeds="
                f"{FEWEST_RUNS}, in a new --workdir)."]  # fmt: skip
    return []


def described(gate: Row) -> str:
    """What rows have in common, and whether x follows u beyond it."""
    alike = f"Neighbouring rows resemble each other for about {gate['length']:,} rows"
    alike = alike if gate["length"] > 1 else "Rows are not exchangeable"
    beyond = "further than" if gate["value"] else "no further than"
    null = PAIRINGS[gate["pairings"]]
    return f"{alike}; x follows u {beyond} it follows {null} ({_p_values(gate)})."


def _p_values(gate: Row) -> str:
    carries, modulates = (decimal(gate[name], 2) for name in ("carries", "modulates"))
    return f"p = {carries}; of its spread and correlations alone {modulates}"
