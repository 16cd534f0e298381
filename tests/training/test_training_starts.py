"""Several starts of a run: the best one goes on, as its own training would have gone."""

import jax
import numpy as np
import pytest

from ivaegan_jax.models import Hypers, stack_hypers
from ivaegan_jax.training import (
    Checkpoints,
    Run,
    Schedule,
    Starts,
    TrainState,
    make_seeds_mesh,
    train_runs,
)
from ivaegan_jax.training.starts import Start, seeds_of_start
from ivaegan_jax.training.trainer import Trainer, make_chunk
from ivaegan_jax.types import Interrupted

STEPS, COUNT = 40, 3
SEEDS = np.array([900, 500, 1001], np.int32)


def toy_trainer(dies=lambda seed: False):
    """One whose term `contrast` is a number of the seed at first, and its state a sum of steps."""

    def init(run):
        zero = jax.numpy.zeros((), jax.numpy.int32)
        alive = jax.numpy.ones((), bool)
        seed = jax.numpy.asarray(run.seed, jax.numpy.int32)
        return TrainState(seed, zero, {"encoder": {"sum": 0.0 * seed}}, {}, {}, alive)

    def step(run, state, data):
        noise = jax.random.normal(jax.random.fold_in(jax.random.key(state.seed), state.step))
        params = {"encoder": {"sum": state.params["encoder"]["sum"] + noise}}
        moved = state.replace(
            params=params, step=state.step + 1, alive=jax.numpy.logical_not(dies(state.seed))
        )
        return moved, {"contrast": (state.seed % 1009).astype(float)}

    return Trainer(init, step, make_chunk(step))


def runs_of(seeds):
    return Run(seeds, 0 * seeds, np.full(len(seeds), STEPS, np.int32),
               stack_hypers(Hypers(), len(seeds)))  # fmt: skip


@pytest.fixture(scope="module")
def train():
    """`train(seeds, starts, folder, ...)`: final states, chunks and pieces."""
    mesh = make_seeds_mesh(jax.devices()[:1])

    def train(seeds, starts, folder, chunk=7, stop_after=None, dies=lambda seed: False):
        chunks, pieces = [], []

        class Stop:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

            def __call__(self):
                return stop_after is not None and len(chunks) + len(pieces) >= stop_after

        schedule = Schedule(STEPS, chunk, 1, starts)
        with Checkpoints(folder) as kept:
            states = train_runs(
                toy_trainer(dies), runs_of(seeds), (), schedule, kept, mesh,
                on_start=lambda step: None, on_chunk=chunks.append,
                on_piece=lambda *piece: pieces.append(piece), stop=Stop(),
            )  # fmt: skip
        return states, chunks, pieces

    return train


def candidates():
    return np.stack([seeds_of_start(SEEDS, number) for number in range(COUNT)])


def test_the_first_start_is_the_run_itself_and_no_two_are_alike():
    found = candidates()
    np.testing.assert_array_equal(found[0], SEEDS)
    assert len(np.unique(found)) == found.size
    assert found.dtype == np.int32
    assert np.all(found >= 0)
    alone = seeds_of_start(SEEDS[1:2], 2)
    assert alone[0] == found[2, 1]


def test_the_start_with_the_lowest_term_goes_on_as_its_seed_would_have(train, tmp_path):
    states, chunks, pieces = train(SEEDS, Starts(COUNT), tmp_path / "starts")
    found = candidates()
    best = found[np.argmin(found % 1009, axis=0), range(len(SEEDS))]
    assert len(set(best) - set(SEEDS)) > 0
    np.testing.assert_array_equal(states.seed, best)
    alone, _, _ = train(best, Starts(), tmp_path / "alone")
    jax.tree.map(np.testing.assert_array_equal, states, alone)
    np.testing.assert_array_equal(chunks[0].log["contrast"], best % 1009)
    assert [chunk.step for chunk in chunks] == [4, 7, 14, 21, 28, 35, 40]
    assert {number for number, _ in pieces} == set(range(COUNT))
    assert pieces[-1][1].step == 4


def test_rounds_of_starts_left_behind_count_as_work(train, tmp_path):
    starts = Starts(COUNT)
    _, chunks, pieces = train(SEEDS, starts, tmp_path)
    work = [piece.step + piece.left_behind for _, piece in pieces]
    work += [chunk.step + chunk.left_behind for chunk in chunks]
    assert work == sorted(work)
    assert work[-1] == STEPS + starts.left_behind(STEPS) == STEPS + (COUNT - 1) * 4


@pytest.mark.parametrize("stop_after", [1, 5, 12, 14, 16])
def test_a_stop_within_or_after_the_starts_changes_nothing(train, tmp_path, stop_after):
    whole, _, _ = train(SEEDS, Starts(COUNT), tmp_path / "whole")
    with pytest.raises(Interrupted):
        train(SEEDS, Starts(COUNT), tmp_path / "cut", stop_after=stop_after)
    goes_on, _, _ = train(SEEDS, Starts(COUNT), tmp_path / "cut", chunk=9)
    jax.tree.map(np.testing.assert_array_equal, goes_on, whole)


def test_a_start_that_diverged_goes_on_only_where_all_did(train, tmp_path):
    found = candidates()
    lowest = found[np.argmin(found % 1009, axis=0), range(len(SEEDS))]
    states, chunks, _ = train(SEEDS, Starts(COUNT), tmp_path / "one",
                              dies=lambda seed: jax.numpy.isin(seed, lowest))  # fmt: skip
    assert not set(states.seed.tolist()) & set(lowest.tolist())
    assert chunks[0].alive.all()
    states, chunks, _ = train(SEEDS, Starts(COUNT), tmp_path / "all", dies=lambda seed: seed >= 0)
    np.testing.assert_array_equal(states.seed, SEEDS)
    assert not chunks[0].alive.any()


def test_of_equal_starts_the_first_is_kept():
    def start(seed, score):
        return Start(np.array([seed]), {"contrast": np.array([score])}, np.array([True]))

    assert start(1, 0.5).or_better(start(2, 0.5), "contrast").states == [1]
    assert start(1, 0.5).or_better(start(2, 0.25), "contrast").states == [2]
    assert start(1, 0.5).or_better(start(2, np.nan), "contrast").states == [1]


def test_few_steps_have_no_room_for_starts(train, tmp_path):
    assert Starts(COUNT).steps(9) == 0
    assert Starts(1).steps(100) == 0
