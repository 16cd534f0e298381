"""All sets of latents that are judged, and the referee's verdict on each."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.referees.methods import METHODS
from experiments.referees.nulls import NULLS
from experiments.referees.trained import SEEDS, TRAINED_ON, trained
from ivaegan_jax.data import load_dataset
from ivaegan_jax.evaluation import Judged, judge
from ivaegan_jax.metrics import mcc

BENCHMARKS = ("b1", "b2", "b3_tcl", "b3_imca", "b4")
ROWS = 2000
"""Rows of a benchmark, drawn from its first 20 segments."""

NULL = "null"


class Wanted(NamedTuple):
    """What is judged.

    Attributes:
      seeds: data seeds of the benchmarks for cheap methods.
      nulls: draws of every null.
      methods: names of methods to train.
      trained_seeds: data seeds of the benchmarks for these.
    """

    seeds: Sequence[int]
    nulls: int
    methods: Sequence[str] = ()
    trained_seeds: Sequence[int] = ()


class Case(NamedTuple):
    """One set: a method on a benchmark, or a null, and the seed that draws it.

    Attributes:
      data: name of the benchmark, or `NULL`.
      name: of the method or the null.
      seed: of the draw.
      trained: whether the method is to be trained.
    """

    data: str
    name: str
    seed: int
    trained: bool = False


class Judgement(NamedTuple):
    """What became of it.

    Attributes:
      case: the set.
      true: mean MCC of the runs with the true sources; NaN of a null, where there is nothing true.
      verdict: of the referee.
      score: of the referee, to rank by.
      codes: of the reasons that do not speak for support.
    """

    case: Case
    true: float
    verdict: str
    score: float
    codes: tuple[str, ...]


def all_sets(wanted: Wanted) -> list[Case]:
    """Every method on every benchmark with its data seeds, and the draws of every null."""
    seeds = wanted.seeds
    methods = [Case(data, name, seed) for data in BENCHMARKS for seed in seeds for name in METHODS]
    nulls = [Case(NULL, name, seed) for name in NULLS for seed in range(wanted.nulls)]
    trained = [
        Case(data, name, seed, trained=True)
        for data in TRAINED_ON
        for seed in wanted.trained_seeds
        for name in wanted.methods
    ]
    return trained + methods + nulls  # the longest first


def judge_case(case: Case, folder: Path) -> Judgement:
    """Makes the set, and has it judged.

    Args:
      case: the set.
      folder: where latents of trained methods are kept.
    """
    make = _null if case.data == NULL else _trained if case.trained else _cheap
    return make(case, folder)


def _judgement(case: Case, judged: Judged, true: float) -> Judgement:
    codes = tuple(reason.code for reason in judged.reasons if reason.speaks != "for")
    return Judgement(case, true, judged.verdict, judged.found.score, codes)


def _null(case: Case, folder: Path) -> Judgement:
    made = NULLS[case.name](np.random.default_rng((case.seed, _number(case.name))))
    return _judgement(case, judge(made.runs, made.x, made.u, **made.more), np.nan)


def _cheap(case: Case, folder: Path) -> Judgement:
    s, x, u = rows_of(case.data, case.seed)
    rng = np.random.default_rng((case.seed, _number(case.name)))
    runs = METHODS[case.name](s, x, u, rng)
    return _judgement(case, judge(runs, x, u), float(np.mean([mcc(z, s) for z in runs])))


def _trained(case: Case, folder: Path) -> Judgement:
    """A run that failed has an MCC of 0; with fewer than two others nothing is judged."""
    kept = trained(case.data, case.name, case.seed, folder)
    true = sum(mcc(z[kept.test], kept.s[kept.test]) for z in kept.runs) / len(SEEDS)
    if len(kept.runs) < 2:
        return Judgement(case, true, "failed", np.nan, ("failed",))
    return _judgement(case, judge(kept.runs, kept.x, kept.u, test=kept.test), true)


def rows_of(data: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources at variance 1, x and level of u of some rows of a benchmark."""
    table = load_dataset(data, seed)
    code = table.u.codes
    of_level = np.flatnonzero(code < 20)
    row = np.random.default_rng(seed).permutation(of_level)[:ROWS]
    s = table.s[row].astype(float) if table.s is not None else np.zeros((0, 0))
    return (s - s.mean(axis=0)) / s.std(axis=0), table.x[row].astype(float), code[row]


def _number(name: str) -> int:
    return [*METHODS, *NULLS].index(name)


def of_half(found: Sequence[Judgement], shown: bool) -> Iterator[Judgement]:
    """Sets of methods whose data seeds are odd, on which a threshold is chosen, or even."""
    return (each for each in found if each.case.data != NULL and each.case.seed % 2 != shown)
