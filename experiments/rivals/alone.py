"""One method on one draw of a data set, in a process of its own: its scores, time and memory."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, NamedTuple

import jax

from experiments.rivals.methods import METHODS
from experiments.rivals.problem import DATA, Failed, Method, Problem, problem_of
from experiments.rivals.scoring import OTHERS, SCORES, agreement_of, checked, scores_of
from ivaegan_jax.training import set_numerics, used_bytes
from ivaegan_jax.types import InputError


class Request(NamedTuple):
    """What is measured.

    Attributes:
      method: its name.
      data: the data set's.
      data_seed: of its draw.
      seeds: model seeds.
      steps: of those whose number of steps is not their own.
      cache: where compiled programs are kept; empty for nowhere.
    """

    method: str
    data: str
    data_seed: int
    seeds: tuple[int, ...]
    steps: int
    cache: str = ""


def measured(request: Request) -> list[dict[str, Any]]:
    """A record for each run; a process that dies is a failure of all of them."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            return pool.submit(in_this_process, request).result()
        except BrokenProcessPool:
            lost = {"failed": "the process died", **dict.fromkeys([*SCORES, *OTHERS], 0.0)}
            return [{**_about(request, seed), **lost} for seed in request.seeds]


def in_this_process(request: Request) -> list[dict[str, Any]]:
    """The same, in the process that calls it."""
    set_numerics("float32")
    if request.cache:
        jax.config.update("jax_compilation_cache_dir", request.cache)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    problem = problem_of(request.data, DATA[request.data], request.data_seed)
    return records_of(request, METHODS[request.method], problem)


def records_of(request: Request, method: Method, problem: Problem) -> list[dict[str, Any]]:
    """Fits all runs and scores them; seconds are those of all runs over their number."""
    wall, cpu = time.monotonic(), time.process_time()
    outcomes = [checked(each) for each in _outcomes(request, method, problem)]
    count = len(outcomes)
    taken = {"wall_s": (time.monotonic() - wall) / count, "gib": used_bytes()[1] / 2**30,
             "cpu_s": (time.process_time() - cpu) / count}  # fmt: skip
    agreement = agreement_of(outcomes)
    return [
        {**_about(request, seed), "failed": each.why if isinstance(each, Failed) else "",
         **scores_of(each, problem), "agreement": agreement, **taken}
        for seed, each in zip(request.seeds, outcomes, strict=True)
    ]  # fmt: skip


def _outcomes(request: Request, method: Method, problem: Problem) -> Sequence[Any]:
    try:
        return method(problem, request.seeds, request.steps)
    except InputError:  # a library that is missing is no result
        raise
    except Exception as error:
        return [Failed(f"{type(error).__name__}: {error}")] * len(request.seeds)


def _about(request: Request, seed: int) -> dict[str, Any]:
    about = {"data": request.data, "data_seed": request.data_seed, "method": request.method}
    return {**about, "seed": seed, "steps": request.steps}
