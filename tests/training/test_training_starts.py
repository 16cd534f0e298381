"""Several starts of a run: the best one goes on, as its own training would have gone."""

import jax
import numpy as np
import pytest

from ivaegan_jax.models import Hyperparameters, stack_hyperparameters
from ivaegan_jax.training import (
    Checkpoints,
    Run,
    Schedule,
    Starts,
    TrainState,
    make_seeds_mesh,
    train_runs,
)
from ivaegan_jax.training.starts import Halving, Start, best_of, seeds_of_start
from ivaegan_jax.training.trainer import Trainer, make_chunk
from ivaegan_jax.types import Interrupted

STEPS, COUNT = 40, 3
SEEDS = np.array([900, 500, 1001], np.int32)


def toy_trainer(dies=lambda seed: False, term=lambda seed, step: seed % 1009):
    """One whose term `infonce` is a number of seed and step, and its state a sum of steps."""

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
        return moved, {"infonce": jax.numpy.asarray(term(state.seed, state.step), float)}

    return Trainer(init, step, make_chunk(step))


TOY = toy_trainer()
"""Compiled once where nothing else is wanted."""


def runs_of(seeds):
    return Run(seeds, 0 * seeds, np.full(len(seeds), STEPS, np.int32),
               stack_hyperparameters(Hyperparameters(), len(seeds)))  # fmt: skip


@pytest.fixture(scope="module")
def train():
    """`train(seeds, starts, folder, ...)`: final states, chunks and pieces."""
    mesh = make_seeds_mesh(jax.devices()[:1])

    def train(seeds, starts, folder, chunk=7, stop_after=None, **toy):
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
                toy_trainer(**toy) if toy else TOY, runs_of(seeds), (), schedule, kept, mesh,
                on_start=lambda step: None, on_chunk=chunks.append,
                on_piece=lambda *piece: pieces.append(piece), stop=Stop(),
            )  # fmt: skip
        return states, chunks, pieces

    return train


@pytest.fixture(scope="module")
def whole(train, tmp_path_factory):
    """Final states of a training that nothing stopped."""
    return train(SEEDS, Starts(COUNT), tmp_path_factory.mktemp("whole"))[0]


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
    np.testing.assert_array_equal(chunks[0].log["infonce"], best % 1009)
    assert [chunk.step for chunk in chunks] == [4, 8, 14, 21, 28, 35, 40]
    names = [which for which, _ in pieces]
    assert list(dict.fromkeys(names)) == [
        "start 1 of 3", "start 2 of 3", "start 3 of 3", "start 1 of 2", "start 2 of 2",
    ]  # fmt: skip
    assert pieces[-1][1].step == 8


def test_every_round_is_as_long_as_all_before_and_half_of_the_starts_go_on():
    rounds = [(0, 125, 8, 4, 0), (125, 250, 4, 2, 1000), (250, 500, 2, 1, 1500)]
    assert Starts(8).halvings(1250) == [Halving(*each) for each in rounds]
    assert Starts(8).left_behind(1250) == 7 * 125 + 3 * 125 + 250
    assert [Starts(8).left_at(step, 1250) for step in (0, 125, 200, 250, 500)] == [8, 4, 1, 2, 1]
    assert [each.kept for each in Starts(100).halvings(1250)] == [50, 25, 13, 1]
    assert Starts(100).halvings(1250)[-1].end == 1000
    assert Starts(8).halvings(9) == Starts(1).halvings(100) == []


def test_a_later_round_sees_what_an_earlier_one_could_not(train, tmp_path):
    """Of eight starts the two are compared last that were best at first, by what they show then."""
    states, _, _ = train(SEEDS, Starts(8), tmp_path / "eight", term=lambda seed, step: (
        jax.numpy.where(step < 8, 1, -1) * (seed % 1009)))  # fmt: skip
    found = np.stack([seeds_of_start(SEEDS, number) for number in range(8)])
    second = np.sort(found % 1009, axis=0)[1]
    np.testing.assert_array_equal(states.seed % 1009, second)


def test_steps_of_starts_left_behind_count_as_work(train, tmp_path):
    starts = Starts(COUNT)
    _, chunks, pieces = train(SEEDS, starts, tmp_path)
    work = [piece.step + piece.left_behind for _, piece in pieces]
    assert work == sorted(work)
    work = [chunk.step + chunk.left_behind for chunk in chunks]
    assert work == sorted(work)
    assert work[0] == COUNT * 4
    assert work[-1] == STEPS + starts.left_behind(STEPS) == STEPS + (COUNT - 1) * 4 + 4


@pytest.mark.parametrize("stop_after", [1, 5, 12, 13, 14, 18, 22, 24])
def test_a_stop_within_or_after_the_starts_changes_nothing(train, whole, tmp_path, stop_after):
    with pytest.raises(Interrupted):
        train(SEEDS, Starts(COUNT), tmp_path / "cut", stop_after=stop_after)
    goes_on, _, pieces = train(SEEDS, Starts(COUNT), tmp_path / "cut", chunk=9)
    jax.tree.map(np.testing.assert_array_equal, goes_on, whole)
    played_again = {which for which, _ in pieces}
    assert ("start 1 of 3" in played_again) == (stop_after <= 12)
    assert ("start 1 of 2" in played_again) == (stop_after < 22)


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
    def start(seed, *scores):
        seeds = np.full(len(scores), seed)
        return Start(seeds, {"infonce": np.array(scores)}, np.ones(len(scores), bool))

    best, second = best_of([start(1, 0.5, 0.5, 0.5), start(2, 0.5, 0.25, np.nan)], 2, "infonce")
    assert best.states.tolist() == [1, 2, 1]
    assert best.log["infonce"].tolist() == [0.5, 0.25, 0.5]
    assert second.states.tolist() == [2, 1, 2]


def test_few_steps_have_no_room_for_starts(train, tmp_path):
    _, _, pieces = train(SEEDS, Starts(1), tmp_path)
    assert pieces == []
