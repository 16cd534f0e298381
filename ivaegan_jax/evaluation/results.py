"""Results: one schema per kind; `as_rows` writes and reads them."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

BOTH = "valid and test"
"""The split of what was measured on validation and test rows together."""

Stamp: TypeAlias = Callable[[int], Mapping[str, Any]]
"""The fields of `OfRun` for the i-th run of a model, and the split."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class OfData:
    """What every result belongs to.

    Attributes:
      data: name or path of the data set; empty in some files of earlier versions.
      data_seed: of the draw or the split; None in some files of earlier versions.
    """

    data: str = ""
    data_seed: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class OfModel(OfData):
    """What belongs to the runs of one model, or of its negative control, on one data seed.

    Attributes:
      label: the model, see `studies.labels`.
      step: training steps behind it.
      split: the held-out rows: "valid", "test" or `BOTH`.
      resplit: test rows over training rows where data seeds are re-splits of one table.
    """

    label: str
    step: int | None = None
    split: str = BOTH
    resplit: float | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class OfRun(OfModel):
    """What belongs to one run.

    Attributes:
      seed: of the model.
      status: "ok" or "diverged".
    """

    seed: int | None = None
    status: str = "ok"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score(OfRun):
    """One metric of one run on held-out rows.

    Attributes:
      metric: its name.
      value: NaN where there is no number.
      unit: of the value, in words.
      latent: "posterior_mean" or "posterior_sample", for metrics of latents.
      corr: "pearson" or "spearman", for metrics of correlations.
      assignment: "held_out" or "in_sample", for metrics that match latents to sources.
      sources: such as "4 of 5" where sources were left out.
      levels: such as "100 of 500" where levels of u were left out.
      runs: such as "32 of 64" where other runs of the model have no such score.
      brought_by: the module of a metric from outside this package.
    """

    kind: ClassVar[str] = "score"
    metric: str
    value: float
    unit: str | None = None
    latent: str | None = None
    corr: str | None = None
    assignment: str | None = None
    sources: str | None = None
    levels: str | None = None
    runs: str | None = None
    brought_by: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Agreement(OfRun):
    """One metric of how far two runs of a model on one data seed found the same latents.

    Attributes:
      other_seed: of the other model.
      metric: its name.
      value: NaN where one of the two has no finite latents.
      latent: as for a score, and so are `corr` and `assignment`.
      runs: such as "64 of 512" where pairs of other runs were not compared.
      rows: such as "20000 of 50000" where held-out rows were left out.
    """

    kind: ClassVar[str] = "agreement"
    other_seed: int
    metric: str
    value: float
    latent: str | None = None
    corr: str | None = None
    assignment: str | None = None
    runs: str | None = None
    rows: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding(OfRun):
    """One number that the verdict on a run rests on, or that is read beside it."""

    kind: ClassVar[str] = "finding"
    metric: str
    value: float


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why: a name by which runs are counted, and a sentence with this run's numbers."""

    code: str
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict(OfRun):
    """Whether a run identified anything, judged without the true sources.

    Attributes:
      verdict: see `verdict.judgement`.
      reasons: the weightiest first.
    """

    kind: ClassVar[str] = "verdict"
    verdict: str
    reasons: tuple[Reason, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Consensus(OfModel):
    """What the runs of a model on one data seed agree on.

    Attributes:
      medoid: seed of the run that the consensus latents are those of, up to order and scale.
      groups: seeds of runs that found the same latents, the largest group first.
      rotation: mean agreement that a random rotation of the latents reaches.
      rotation_p95: the 95th percentile of that.
      stability: agreement of the other runs on each latent, the most informative latent first.
      information: of each latent on x, nats.
      vanished: whether each latent is no longer used.
    """

    kind: ClassVar[str] = "consensus"
    medoid: int
    groups: tuple[tuple[int, ...], ...]
    rotation: float
    rotation_p95: float
    stability: tuple[float | None, ...] = ()
    information: tuple[float | None, ...] = ()
    vanished: tuple[bool, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Baseline(OfData):
    """One metric of what needs no model: see `metrics.baselines`.

    Attributes:
      baseline: its name.
      metric: its name.
      value: NaN where there is no number.
      split: the held-out rows.
      corr: as for a score, and so are `assignment` and `sources`.
      fit_rows: such as "100000 of 400000" where training rows were left out.
      rows: the same of held-out rows.
    """

    kind: ClassVar[str] = "baseline"
    baseline: str
    metric: str
    value: float
    split: str = "test"
    corr: str | None = None
    assignment: str | None = None
    sources: str | None = None
    fit_rows: str | None = None
    rows: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Gate(OfData):
    """What rows that depend on each other show of u before training: see `verdict.gate.Tested`."""

    kind: ClassVar[str] = "gate"
    passed: bool
    pairings: str
    length: int
    carries: float
    modulates: float
    least: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class LinearStep(OfRun):
    """Whether a run took a linear map of its latents after training: see `metrics.unmixing`.

    Attributes:
      code: `taken`, or the reason against it.
      text: that as a sentence with this run's numbers.
      before: correlation within levels of validation rows, beyond sampling, without the map.
      after: the same with it.
      alike: mean correlation of the axes that two halves of the levels settle.
    """

    kind: ClassVar[str] = "linear_step"
    code: str
    text: str
    before: float | None = None
    after: float | None = None
    alike: float | None = None


Result: TypeAlias = Score | Agreement | Finding | Verdict | Consensus | Baseline | Gate | LinearStep
"""One line of a file of results."""

KINDS: Mapping[str, type[Result]] = {
    each.kind: each
    for each in (Score, Agreement, Finding, Verdict, Consensus, Baseline, Gate, LinearStep)
}
