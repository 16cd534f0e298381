"""From findings to a verdict with its reasons in plain sentences."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ivaegan_jax.evaluation.results import Reason
from ivaegan_jax.evaluation.verdict.findings import Findings
from ivaegan_jax.metrics import LEVEL
from ivaegan_jax.models import ROTATION

USABLE = "usable"
COLLAPSED = "collapsed to the prior"
REPEATING = "collapsed to p(z|u)"
DIVERGED = "diverged"
NOT_IDENTIFIABLE = "not identifiable"
UNPROVED = "not covered by a theorem"

FLAT = 1e-3
"""Ratio of slopes below which the generator is no longer injective for any practical purpose."""


ENOUGH_POWER = 0.8
"""Chance to find what is there below which a test that finds nothing says nothing."""


class Judgement(NamedTuple):
    """One run's verdict, and its reasons, the weightiest first."""

    verdict: str
    reasons: list[Reason]


LOST = Judgement(
    DIVERGED,
    [Reason("diverged", "The latents or the generator of this run are not finite.")],
)
"""The verdict on a run that there is nothing to find in."""


def judge(found: Findings, alive: bool) -> Judgement:
    """The verdict on one run.

    The conditions are those of Khemakhem et al. (2020), theorems 1 to 3, as far as a trained model
    shows them. They are necessary, not sufficient: that runs agree with each other is the other
    half of the evidence. Nonlinear mixtures of sources whose means alone follow u, for one, may
    show variances that follow it too.
    """
    dim_z, active = len(found.active), int(found.active.sum())
    if not alive:
        lost = "The loss of this run was no longer finite; it stopped at its last finite state."
        return Judgement(DIVERGED, [Reason("diverged", lost)])
    if not active:
        gone = f"None of the {dim_z} latents moves with x: the posterior is the same everywhere."
        return Judgement(COLLAPSED, [Reason("collapsed", gone)])
    if found.repeating.sum() == active:
        text = "The latents follow u alone: where u is held fixed they do not move with x."
        return Judgement(REPEATING, [Reason("repeating", text)])
    against = [*_against_theorem(found, active), *_against(found)]
    if against:
        return Judgement(NOT_IDENTIFIABLE, [*against, *_cautions(found)])
    if not found.known.leaves:
        text = ("Nothing is proved of a prior of this family that u moves as here: whether it "
                "determines the latents is not known.")  # fmt: skip
        return Judgement(UNPROVED, [Reason("unproved", text), *_cautions(found)])
    return Judgement(USABLE, [*_cautions(found), *_in_favour(found, active)])


def _against_theorem(found: Findings, active: int) -> Iterator[Reason]:
    """Conditions of a theorem that are not met, where there is one."""
    if not found.modulated or not found.known.leaves:
        return
    if found.levels < found.needed:
        yield Reason("levels", f"u takes {found.levels} values, but {active} latents with "
                     f"{_parameters(found)} moved by u take at least {found.needed}.")  # fmt: skip
    if found.known.leaves == ROTATION:
        yield Reason("means", "Only the means of the latents follow u: with a prior of this family "
                     "and constant variance, any rotation of them fits as well.")  # fmt: skip
    elif found.means_only:  # a family that needs no variances that u moves
        return
    elif not len(found.rank.singular):
        yield Reason("rows", "Held-out rows have one value of u: nothing can be compared.")
    elif not found.rank.rank:
        yield Reason("rank", "u moves the variances of the latents no further than sampling noise "
                     "would.")  # fmt: skip
    elif found.rank.rank < active:
        yield Reason("rank", f"u moves the variances of the {active} latents in only "
                     f"{found.rank.rank} independent directions beyond sampling noise, "
                     "so that some of them stay mixed.")  # fmt: skip
    if found.power < ENOUGH_POWER and found.levels >= found.needed:
        yield Reason("power", "That may be for want of rows: with "
                     f"{found.rows_per_level} held-out rows for each value of u (the middle one), "
                     "standard deviations of latents that differ by a quarter between values of u "
                     f"are found in {found.power:.0%} of cases. Take more rows, merge values of u, "
                     "or take fewer latents (--config.model.dim_z).")  # fmt: skip


def _against(found: Findings) -> Iterator[Reason]:
    """What speaks against a run whatever its prior's family."""
    if not found.modulated:
        yield Reason("prior", "The prior of the latents does not depend on u, so that nothing "
                     "tells one latent from a mixture of several.")  # fmt: skip
        return
    if found.p_value > LEVEL:
        yield Reason("information", "On held-out rows the latents tell nothing about u that could "
                     f"be found: {found.careful:.2f} nats per row.")  # fmt: skip
    if (low := np.quantile(found.slopes, 0.05)) < FLAT:
        yield Reason("flat", "The generator is not injective: in some direction of the latents x "
                     f"moves {low:.0e} times as much as in another.")  # fmt: skip


def _cautions(found: Findings) -> Iterator[Reason]:
    dim_z = len(found.active)
    if not found.active.all():
        yield Reason("vanished", f"{dim_z - int(found.active.sum())} of {dim_z} latents have "
                     "vanished; the rest is judged without them.")  # fmt: skip
    if found.repeating.any():
        yield Reason("some_repeating", f"{int(found.repeating.sum())} of {dim_z} latents only "
                     "repeat u.")  # fmt: skip


def _in_favour(found: Findings, active: int) -> Iterator[Reason]:
    if not found.means_only:
        weakest = found.rank.singular[-1] / found.rank.noise
        yield Reason("rank_ok", f"u moves the variances of all {active} latents in independent "
                 f"directions, the weakest {weakest:.1f} times as far as sampling noise "
                 "would.")  # fmt: skip
    yield Reason("information_ok", "On held-out rows the latents tell at least "
                 f"{max(found.information, found.careful):.2f} nats about u.")  # fmt: skip
    yield Reason("slope_ok", "The generator is injective wherever it was tested: its smallest "
                 f"slope is {np.quantile(found.slopes, 0.05):.3f} of its largest.")  # fmt: skip


def _parameters(found: Findings) -> str:
    return "means and variances" if found.modulated == 2 else "one parameter each"
