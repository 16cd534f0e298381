"""Agreement between runs: coverage of its interval, verdicts on runs that are rotations."""

import functools
from collections.abc import Iterator

import numpy as np
from scipy.stats import ortho_group

from experiments.calibrations._case import (
    AT_MOST,
    COVERAGE,
    FALSE_ALARMS,
    INTERVALS,
    POWER,
    Case,
    covers,
)
from ivaegan_jax.evaluation import USABLE, Agreement, Consensus, Verdict
from ivaegan_jax.evaluation.verdict.rows import ROTATED_ROWS, ROTATIONS
from ivaegan_jax.metrics import agreement_of_rotations
from ivaegan_jax.metrics.agreement import pairwise_mcc
from ivaegan_jax.metrics.statistics import agreement_interval
from ivaegan_jax.report import estimates
from ivaegan_jax.report.evidence import SUPPORTED, Evidence, verdict_of

QUALITY = 0.8
UNSEEN = "few failures are seen, or none"
OPEN = "runs that agree at .90 are left open, since wrong ones do too"


def agreement_of_runs(
    runs: int, rng: np.random.Generator, failures: float = 0.0, scale: float = 1.0
) -> np.ndarray:
    """Agreement `[runs, runs]`: the product of both qualities, and noise; a failed run has none."""
    quality = scale * rng.beta(10 * QUALITY, 10 * (1 - QUALITY), size=runs)
    quality = quality * (rng.random(runs) >= failures)
    noise = np.triu(0.03 * rng.normal(size=(runs, runs)), 1)
    return np.outer(quality, quality) + noise + noise.T


def agreement_covers(runs: int, failures: float, rng: np.random.Generator) -> bool:
    """Runs of one data seed."""
    truth = (QUALITY * (1 - failures)) ** 2
    return covers(agreement_interval(agreement_of_runs(runs, rng, failures)), truth)


def agreement_of_data_seeds_covers(shape: tuple[int, int], rng: np.random.Generator) -> bool:
    """Several data seeds, on some of which all runs are better; the truth is that of these."""
    data_seeds, runs = shape
    scales = rng.uniform(0.6, 1.0, size=data_seeds)
    matrices = [agreement_of_runs(runs, rng, scale=scale) for scale in scales]
    found = estimates.agreement([pair for d, m in enumerate(matrices) for pair in pairs_of(m, d)])
    assert found is not None
    return covers(found, float(np.mean((QUALITY * scales) ** 2)))


def pairs_of(pairwise: np.ndarray, data_seed: int) -> list[Agreement]:
    """The recorded agreement of all pairs of runs on one data seed."""
    return [
        Agreement(label="one", metric="agreement_mcc", data_seed=data_seed, seed=int(i),
                  other_seed=int(j), value=float(pairwise[i, j]))
        for i, j in zip(*np.triu_indices(len(pairwise), 1), strict=True)
    ]  # fmt: skip


def supported(
    dim_z: int, shape: tuple[int, int], noise: float | None, rng: np.random.Generator
) -> bool:
    """Usable runs that are rotations of one solution, or the solution itself with some noise."""
    pairs, found = [], []
    for data_seed in range(shape[0]):
        z = rng.normal(size=(ROTATED_ROWS, dim_z))
        if noise is None:
            turned = ortho_group.rvs(dim_z, size=shape[1], random_state=rng)
            latents = z @ turned
        else:
            latents = z + noise * rng.normal(size=(shape[1], *z.shape))
        pairs += pairs_of(pairwise_mcc(latents), data_seed)
        rotation = agreement_of_rotations(latents[0], shape[1], ROTATIONS)
        found.append(Consensus(label="one", medoid=0, groups=(), rotation=rotation[0],
                               rotation_p95=rotation[1]))  # fmt: skip
    evidence = Evidence(
        runs=[Verdict(label="one", verdict=USABLE)] * (shape[0] * shape[1]),
        consensus=found,
        agreement=estimates.agreement(pairs),
        rotation_p95=float(np.mean([each.rotation_p95 for each in found])),
        controls=(),
    )
    return verdict_of(evidence) == SUPPORTED


def cases() -> Iterator[Case]:
    """All of them."""
    make = functools.partial(Case, INTERVALS, band=COVERAGE, nominal=0.95)
    for failures in (0.0, 0.1, 0.25):
        for runs in (4, 10, 30):
            setting = f"{runs} runs, {failures:.0%} fail".replace("%", " %")
            happens = functools.partial(agreement_covers, runs, failures)
            unseen = failures * runs and (1 - failures) ** runs > 0.1
            yield make("agreement", setting, happens, repeats=3000, limit=UNSEEN * bool(unseen))
    for shape in ((3, 10), (10, 3), (10, 10)):
        happens = functools.partial(agreement_of_data_seeds_covers, shape)
        yield make("agreement", f"{shape[0]} data seeds x {shape[1]}", happens, repeats=1000)
    for dim_z, shape in [
        (5, (1, 3)),
        (5, (1, 5)),
        (5, (1, 10)),
        (2, (1, 3)),
        (2, (1, 5)),
        (5, (4, 2)),
    ]:
        setting = f"{dim_z} latents rotated, {shape[0]} x {shape[1]} runs"
        happens = functools.partial(supported, dim_z, shape, None)
        yield Case(FALSE_ALARMS, "agree", setting, happens, AT_MOST, 200, 0.05)
    for correlation, limit in ((0.98, ""), (0.95, OPEN)):
        for shape in ((1, 3), (1, 5), (1, 10)):
            words = f"{correlation:.2f}".lstrip("0")
            setting = f"5 latents, correlation {words} with the truth, {shape[1]} runs"
            happens = functools.partial(supported, 5, shape, np.sqrt(correlation**-2 - 1))
            yield Case(POWER, "agree", setting, happens, (0.9, 1.0), 100, limit=limit)
