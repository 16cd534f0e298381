"""All sets of latents that are judged, and the referee's verdict on each."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from experiments.referees.methods import METHODS
from experiments.referees.nulls import NULLS
from ivaegan_jax.data import load_dataset
from ivaegan_jax.evaluation import judge
from ivaegan_jax.metrics import mcc

BENCHMARKS = ("b1", "b2", "b3_tcl", "b3_imca", "b4")
ROWS = 2000
"""Rows of a benchmark, drawn from its first 20 segments."""

NULL = "null"


class Case(NamedTuple):
    """One set: a method on a benchmark, or a null, and the seed that draws it."""

    data: str
    name: str
    seed: int


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


def all_sets(seeds: Sequence[int], nulls: int) -> list[Case]:
    """Every method on every benchmark with these data seeds, and so many draws of every null."""
    methods = [Case(data, name, seed) for data in BENCHMARKS for seed in seeds for name in METHODS]
    return methods + [Case(NULL, name, seed) for name in NULLS for seed in range(nulls)]


def judge_case(case: Case) -> Judgement:
    """Makes the set, and has it judged."""
    if case.data == NULL:
        made = NULLS[case.name](np.random.default_rng((case.seed, _number(case.name))))
        runs, x, u, more, true = made.runs, made.x, made.u, dict(made.more), np.nan
    else:
        s, x, u = rows_of(case.data, case.seed)
        rng = np.random.default_rng((case.seed, _number(case.name)))
        runs, more = METHODS[case.name](s, x, u, rng), {}
        true = float(np.mean([mcc(z, s) for z in runs]))
    judged = judge(runs, x, u, **more)
    codes = tuple(reason.code for reason in judged.reasons if reason.speaks != "for")
    return Judgement(case, true, judged.verdict, judged.found.score, codes)


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
