"""All that is found of the latents, before it is put in words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Structure
from ivaegan_jax.evaluation.referee.agreement import Agreed, agree
from ivaegan_jax.evaluation.referee.information import Informed, inform
from ivaegan_jax.evaluation.referee.layout import Layout
from ivaegan_jax.evaluation.referee.moved import Moved, moved_by_u
from ivaegan_jax.evaluation.referee.within import Within, is_mended, look_within
from ivaegan_jax.evaluation.verdict.gate import MOST_ROWS as MOST_TESTED
from ivaegan_jax.evaluation.verdict.gate import Tested, hold_against_null
from ivaegan_jax.metrics import evenly
from ivaegan_jax.types import are_codes

STABLE = 0.81
"""Agreement from which on an axis counts as found again."""


class Found(NamedTuple):
    """What is found; of several runs, what the middle one shows.

    Attributes:
      rows: rows looked at.
      dim_z: latents of each run.
      structure: of the rows.
      named: whether the user named held-out rows.
      levels: values of u, or cells of a continuous one.
      continuous: whether it is one.
      of_x: x against u before any latents.
      of_z: the latents of the central run against u, on held-out rows where these are named.
      agreed: how far runs agree; None for one.
      moved: of the central run.
      within: of the central run.
      mended: whether a linear map found from u would mend the same run.
      informed: of all runs and controls.
      supported: latents that are found again in all runs and moved by u, at most.
    """

    rows: int
    dim_z: int
    structure: Structure
    named: bool
    levels: int
    continuous: bool
    of_x: Tested
    of_z: Tested
    agreed: Agreed | None
    moved: Moved
    within: Within
    mended: bool
    informed: Informed
    supported: int

    @property
    def worth(self) -> float:
        """On the scale of an MCC; NaN for one run.

        What runs with errors of their own are worth that agree so, times what dependence within
        levels leaves, which runs may share: either is .9 where its own check just holds.
        """
        if self.agreed is None:
            return np.nan
        own = np.sqrt(max(self.agreed.by_axis.estimate, 0.0))
        return float(own * (1.0 if np.isnan(self.within.worth) else max(0.0, self.within.worth)))

    @property
    def score(self) -> float:
        """One number to rank by: the worth, times the share of latents that u moves.

        It is 0 where x or latents do not follow u, and NaN for one run.
        """
        follows = self.of_x.passed and self.of_z.passed
        return self.worth * self.moved.rank / self.dim_z * follows


def find(
    z: Float[np.ndarray, "runs rows dim_z"],
    controls: Sequence[tuple[np.ndarray, np.ndarray | None]],
    rows: Layout,
) -> Found:
    """Looks at everything.

    Args:
      z: latents of all runs at the rows of `rows`, at variance 1.
      controls: as `information.inform` takes them.
      rows: what is known of the same rows.
    """
    agreed = agree(z[:, rows.shown])
    moved = [moved_by_u(each, rows) for each in z]
    within = [look_within(e, rows, m.inflation) for e, m in zip(z, moved, strict=True)]
    central = agreed.medoid if agreed else 0
    stable = sum(a.estimate >= STABLE for a in agreed.axes) if agreed else z.shape[2]
    middle = _middle([each.rank for each in moved])
    mixed = _middle([each.worth for each in within])
    return Found(
        rows=len(rows.row),
        dim_z=z.shape[2],
        structure=rows.structure,
        named=rows.named,
        levels=int(rows.code.max()) + 1,
        continuous=not are_codes(rows.u),
        of_x=against_u(rows.x, rows, np.arange(len(rows.row))),
        of_z=against_u(z[central], rows, np.flatnonzero(rows.shown)),
        agreed=agreed,
        moved=moved[middle],
        within=within[mixed],
        mended=not within[mixed].holds and is_mended(z[mixed], rows),
        informed=inform(z, controls, rows),
        supported=min(int(stable), moved[middle].rank),
    )


def _middle(values: Sequence[float | int]) -> int:
    """Which one is in the middle of all, the lower one of two."""
    return int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])


def against_u(values: np.ndarray, rows: Layout, place: np.ndarray) -> Tested:
    """Some rows of x or of latents against u, by the null that the rows need."""
    some = place[evenly(len(place), MOST_TESTED)]
    structure = rows.structure.at(some)
    return hold_against_null(values[some], rows.u[some], structure)
