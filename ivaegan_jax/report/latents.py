"""How many latents a sweep over their number supports, without the true sources."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.evaluation import Result, Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.evidence import gather, verdict_of
from ivaegan_jax.report.inputs import Arm, Records
from ivaegan_jax.report.render import Table, decimal

DIM_Z = "latents"
"""The axis of an arm that says its latent dimension."""

CRITERION = "log_likelihood"
RESAMPLES = 1000

SHOWN = {CRITERION: "log p(x|u)", "elbo": "ELBO", "recon_r2": "recon R²", "active_units": "active",
         "mcc": "MCC [95 %]"}  # fmt: skip
COLUMNS = {DIM_Z: "latents", "runs": "runs", **SHOWN, "agreement": "agreement [95 %]",
           "verdict": "verdict", "chosen": "recommended in"}  # fmt: skip
NOTES = (
    "Means over runs on held-out rows; log p(x|u) and ELBO in nats per row. recommended in: share "
    f"of {RESAMPLES} resamples of the runs in which the rule says so.",
    "Rule: the fewest latents whose log p(x|u) of validation rows is within one standard error of "
    "the best (Breiman et al. 1984), the differences taken run by run. A number of latents with a "
    "run that has no such number is out of the question.",
)


class Recommendation(NamedTuple):
    """The number of latents, and how often resampled runs say the same.

    Attributes:
      dim: latents recommended.
      shares: share of resamples by number of latents.
    """

    dim: int
    shares: Mapping[int, float]

    def __str__(self) -> str:
        """Such as `5 latents are recommended (in 97 % of resampled runs; 6 in 3 %)`."""
        others = [(dim, share) for dim, share in self.shares.items() if dim != self.dim and share]
        rest = "".join(f"; {dim} in {share:.0%}" for dim, share in others)
        own = self.shares.get(self.dim, 0.0)
        return f"{self.dim} latents are recommended (in {own:.0%} of resampled runs{rest})."


def recommend(values: Mapping[int, Float[np.ndarray, " runs"]], seed: int = 0) -> Recommendation:
    """Applies the one-standard-error rule to `values[dim]`, log p(x|u) of the same runs each.

    Args:
      values: by number of latents.
      seed: of the resamples.
    """
    dims = sorted(values)
    table = np.stack([values[dim] for dim in dims])
    rng, runs = np.random.default_rng(seed), table.shape[1]
    drawn = rng.integers(runs, size=(RESAMPLES, runs))
    chosen = Counter(dims[_fewest(table[:, each])] for each in drawn)
    shares = {dim: chosen[dim] / RESAMPLES for dim in dims if chosen[dim]}
    return Recommendation(dims[_fewest(table)], shares)


def _fewest(table: Float[np.ndarray, "dims runs"]) -> int:
    behind = table[np.argmax(table.mean(axis=1))] - table
    error = behind.std(axis=1, ddof=min(1, table.shape[1] - 1)) / np.sqrt(table.shape[1])
    return int(np.argmax(behind.mean(axis=1) <= error))


def recommended(arms: Sequence[Arm], read: Sequence[Records]) -> str:
    """The recommendation in words, with what the runs at that dimension say; empty without one."""
    found = _recommendation(arms, read)
    if found is None:
        return ""
    [(arm, results)] = [(a, r.results) for a, r in along(arms, read) if a.axis[DIM_Z] == found.dim]
    evidence = gather(results, arm.name)
    if evidence.agreement is None:
        return f"{found} Train three model seeds or more to see whether runs agree."
    agreement = decimal(float(evidence.agreement.estimate), 2)
    return f"{found} There runs agree at {agreement}: {verdict_of(evidence)}."


def latents_table(arms: Sequence[Arm], read: Sequence[Records]) -> Table:
    """One line per number of latents; no lines where the arms do not differ in it."""
    found = _recommendation(arms, read)
    shares = found.shares if found else {}
    records = [_record(arm, each.results, shares) for arm, each in along(arms, read)]
    table = Table("How many latents", COLUMNS, records, (), NOTES, {"chosen": 2, "active_units": 1})
    return table.without_empty_columns()


def along(arms: Sequence[Arm], read: Sequence[Records]) -> list[tuple[Arm, Records]]:
    """Arms with their records, where they differ in their number of latents alone; else none."""
    presets = {arm.preset for arm in arms}
    if len(presets) > 1 or not all(DIM_Z in arm.axis for arm in arms):
        return []
    return list(zip(arms, read, strict=True))


def _recommendation(arms: Sequence[Arm], read: Sequence[Records]) -> Recommendation | None:
    found = {int(a.axis[DIM_Z]): _by_run(r.results, a.name) for a, r in along(arms, read)}
    by_dim = {dim: of for dim, of in found.items() if np.isfinite(list(of.values())).all()}
    shared = set.intersection(*map(set, by_dim.values())) if by_dim else set()
    if len(by_dim) < 2 or not shared:
        return None
    runs = sorted(shared)
    return recommend({dim: np.array([of[run] for run in runs]) for dim, of in by_dim.items()})


def _by_run(results: Sequence[Result], name: str) -> dict[tuple[Any, Any], float]:
    found = recorded.select(results, Score, name, CRITERION, "valid")
    values = [np.nan if recorded.is_diverged(r) else recorded.number(r.value) for r in found]
    return {(r.data_seed, r.seed): v for r, v in zip(found, values, strict=True)}


def _record(arm: Arm, results: Sequence[Result], shares: Mapping[int, float]) -> dict[str, Any]:
    evidence, dim = gather(results, arm.name), int(arm.axis[DIM_Z])
    means = {metric: interval(results, metric, arm.name) for metric in SHOWN}
    return {
        DIM_Z: dim,
        "runs": len(evidence.runs),
        **{m: v if m == "mcc" or v is None else float(v.estimate) for m, v in means.items()},
        "agreement": evidence.agreement,
        "verdict": verdict_of(evidence) if evidence.runs else None,
        "chosen": float(shares.get(dim, 0.0)),
    }
