"""Work in the background: in order, some way ahead, errors left to whoever asks, compiled once."""

import threading
import time
from itertools import accumulate

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.training import ahead as module
from ivaegan_jax.training.ahead import Ahead, in_sight, threads_ahead
from ivaegan_jax.training.devices import shard_runs
from ivaegan_jax.training.programs import compile_start, start_runs
from ivaegan_jax.training.state import TrainState
from ivaegan_jax.training.trainer import Trainer


@given(st.integers(0, 12), st.integers(1, 15))
def test_every_item_comes_into_sight_once_and_not_too_early(count, most):
    turns = list(in_sight(range(count), most))
    assert [item for item, _ in turns] == list(range(count))
    assert [each for _, seen in turns for each in seen] == list(range(count))
    known = accumulate(len(seen) for _, seen in turns)
    assert all(item < n <= item + 1 + most for item, n in zip(range(count), known, strict=True))


def test_nothing_is_in_sight_where_nothing_is_done_ahead():
    assert list(in_sight("ab", 0)) == [("a", ""), ("b", "")]


def test_work_is_done_in_order_and_an_error_waits_for_whoever_asks():
    done = []
    with Ahead(most=1) as ahead:
        _, wrong, last = (ahead.begin(lambda i=i: done.append(1 / i)) for i in (1, 0, 2))
        last.result()
    assert done == [1, 0.5]
    with pytest.raises(ZeroDivisionError):
        wrong.result()


@pytest.mark.parametrize("asked", [False, True])
def test_the_end_drops_what_waits_and_outwaits_what_runs_unless_a_stop_was_asked_for(asked):
    began, goes_on, done = threading.Event(), threading.Event(), []

    def work():
        began.set()
        assert goes_on.wait(60)
        done.append("first")

    with Ahead(lambda: asked, most=1) as ahead:
        first, second = ahead.begin(work), ahead.begin(lambda: done.append("second"))
        assert began.wait(60)
        if not asked:
            threading.Timer(0.1, goes_on.set).start()
    assert done == ([] if asked else ["first"])
    assert second.cancelled()
    goes_on.set()
    first.result()


@pytest.mark.parametrize(
    ("cores", "gib", "processes", "threads"),
    [(2, 20, 1, 1), (1, 20, 1, 1), (16, 100, 1, 8), (64, 100, 1, 8), (16, 9, 1, 4), (16, 1, 1, 0),
     (16, 100, 2, 0)],
)  # fmt: skip
def test_threads_take_half_of_the_cores_and_what_memory_allows(
    monkeypatch, cores, gib, processes, threads
):
    monkeypatch.setattr(module, "cpu_count", lambda: cores)
    monkeypatch.setattr(module, "free_bytes", lambda: gib * 2**30)
    monkeypatch.setattr(jax, "process_count", lambda: processes)
    assert threads_ahead() == threads


@pytest.fixture
def slow_to_trace(run_of):
    """`run -> state`, which notes how often it is traced and takes its time."""
    traced = []

    def init(run):
        traced.append(threading.current_thread().name)
        time.sleep(0.2)
        params = {"encoder": jnp.full(3, run.seed) * run.hyperparameters.vae_rate}
        return TrainState(run.seed, run.seed, params, {}, {}, run.seed > 0)

    return Trainer(init, lambda *args: None, lambda *args: None), traced


def test_a_program_compiled_ahead_is_called_without_compiling(
    run_of, stack, mesh, slow_to_trace, compilations
):
    trainer, traced = slow_to_trace
    runs = jax.tree.map(np.asarray, stack([run_of(seed, vae_rate=0.5) for seed in range(4)]))
    with compilations() as threads:
        with Ahead(most=1) as ahead:
            ahead.begin(lambda: compile_start(trainer, runs, mesh)).result()
        assert threads == ["ahead"]
        found = start_runs(trainer, shard_runs(runs, mesh), mesh)
    assert threads == ["ahead"]
    assert len(traced) == 1
    assert np.asarray(found.params["encoder"]).tolist() == [[seed / 2] * 3 for seed in range(4)]


def test_a_call_waits_for_the_thread_that_compiles(
    run_of, stack, mesh, slow_to_trace, compilations
):
    trainer, traced = slow_to_trace
    runs = jax.tree.map(np.asarray, stack([run_of(seed, vae_rate=0.25) for seed in range(4)]))
    with compilations() as threads, Ahead(most=1) as ahead:
        begun = ahead.begin(lambda: compile_start(trainer, runs, mesh))
        while not traced:
            time.sleep(0.01)
        compile_start(trainer, runs, mesh)
        begun.result()
    assert (len(traced), len(threads)) == (1, 1)
