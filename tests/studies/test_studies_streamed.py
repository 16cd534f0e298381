"""A study whose table is read in blocks: equal from memory and disk, and after a stop."""

import dataclasses
import functools

import jax
import numpy as np
import pytest

from ivaegan_jax.data.datasets import load_dataset
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import sources
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.sources import is_beyond_memory, load_datasets
from ivaegan_jax.studies.streamed import UNSHIFTED, Stream, with_blocks
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.devices import make_seeds_mesh
from ivaegan_jax.training.loop import Schedule, train_runs
from ivaegan_jax.types import InputError, Interrupted

ROWS, BLOCK, BATCH = 4000, 480, 48
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One table as a file that is read whole, and as one that stays on the disk."""
    folder, rng = tmp_path_factory.mktemp("table"), np.random.default_rng(3)
    u = np.arange(ROWS) % 8
    x = rng.standard_normal((ROWS, 3)).astype(np.float32) * rng.uniform(0.2, 3, (8, 3))[u]
    x = x.astype(np.float32)
    np.savez(folder / "x.npz", x=x, u=u)
    np.save(folder / "x.npy", x)
    np.save(folder / "u.npy", u)
    return {end: str(folder / f"x.{end}") for end in ("npz", "npy")}


@functools.cache
def study_of(data, *presets, seeds=(1, 2), data_seeds=(1,), split="random", **train):
    train = TrainConfig(**{"batch": BATCH, "block_rows": BLOCK} | train)
    model = ModelConfig(width=8, critic_width=8, dim_z=2)
    config = Config(model=model, train=train)
    config = dataclasses.replace(config, data=dataclasses.replace(config.data, split=split))
    return Study(Experiment(data, presets or ("ivae",), seeds, data_seeds, 30, config))


@pytest.fixture(scope="module")
def one():
    return make_seeds_mesh(jax.devices()[:1])


@pytest.fixture(scope="module")
def train(one):
    """`train(study, folder, chunk, stop_after)`: states, and the chunks of the log."""

    def train(study, folder, chunk=7, stop_after=None):
        job, chunks = study.jobs[0], []
        schedule, feed = Schedule(30, chunk, 1), study.in_blocks(job) or study.train_data(job)

        class Stop:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

            def __call__(self):
                return stop_after is not None and chunks[-1].step >= stop_after

        with Checkpoints(folder) as kept:
            states = train_runs(job.trainer, study.runs, feed, schedule, kept, one, stop=Stop(),
                                on_start=lambda step: None, on_chunk=chunks.append)  # fmt: skip
        return states, chunks

    return train


@pytest.fixture(scope="module")
def from_disk(files, train, tmp_path_factory):
    return train(study_of(files["npy"]), tmp_path_factory.mktemp("disk"))


def test_training_is_the_same_from_memory_and_from_the_disk(
    files, train, from_disk, same, tmp_path
):
    study = study_of(files["npz"])
    assert study.in_blocks(study.jobs[0]).steps == BLOCK // BATCH
    assert same(train(study, tmp_path)[0], from_disk[0])


def test_training_goes_on_within_a_block_as_if_it_had_never_stopped(
    files, train, from_disk, same, tmp_path
):
    with pytest.raises(Interrupted):
        train(study_of(files["npy"]), tmp_path, stop_after=14)
    states, chunks = train(study_of(files["npy"]), tmp_path)
    assert chunks[0].step == 21
    assert same(states, from_disk[0])
    last, whole = chunks[-1], from_disk[1][-1]
    assert same(last.log, whole.log)


def test_chunks_of_another_length_change_no_state_and_logs_are_means_over_steps(
    files, train, from_disk, same, tmp_path
):
    states, chunks = train(study_of(files["npy"]), tmp_path, chunk=30)
    assert same(states, from_disk[0])
    spans = [
        (c.step - before, c.log) for c, before in zip(from_disk[1], (0, 7, 14, 21, 28), strict=True)
    ]
    for name, values in chunks[0].log.items():
        mean = sum(n * log[name] for n, log in spans) / 30
        np.testing.assert_allclose(values, mean, rtol=1e-4, atol=1e-6)


def test_a_block_has_training_rows_alone_standardised_as_held_out_rows_are(files, monkeypatch):
    monkeypatch.setattr("ivaegan_jax.data.streams.sample.MOST", 1000)
    study = study_of(files["npy"], data_seeds=(1, 2), split="random")
    raw = np.load(files["npy"])
    assert study.data.split.rows == 1000
    drawn = load_datasets(study.experiment)[0].whole.drawn
    for index in (0, 1):
        held = drawn[np.concatenate([study.data.valid.row[index], study.data.test.row[index]])]
        fitted = study.data.preprocessing[index]
        seen = np.concatenate([study.stream.part(i).row[index] for i in range(7)])
        assert not np.isin(seen, held).any()
        assert len(np.unique(seen)) == 7 * BLOCK  # of one pass
        part = study.stream.part(4)
        np.testing.assert_array_equal(part.x[index], fitted.transform_x(raw[part.row[index]]))
        np.testing.assert_array_equal(part.u[index], part.row[index] % 8)
    assert study.dims.rows == study.stream.all_rows == 3800


def test_controls_are_spoilt_block_by_block_and_shifted_u_is_refused(files):
    study = study_of(files["npz"], "ivae", "ivae+shuffled_u")
    own, spoilt = (study.in_blocks(job).read(3) for job in study.jobs)
    np.testing.assert_array_equal(own.x, spoilt.x)
    assert (own.u != spoilt.u).any()
    np.testing.assert_array_equal(np.sort(own.u), np.sort(spoilt.u))
    with pytest.raises(InputError, match=r"cannot be shifted .*--controls=shuffled_u,shuffled_x"):
        study_of(files["npz"], "ivae+shifted_u")


def test_dependent_rows_in_blocks_have_no_shifted_control_and_are_said_to(tmp_path):
    walk = np.cumsum(np.random.default_rng(4).standard_normal((ROWS, 3)), axis=0)
    u = np.repeat(np.arange(40) % 8, ROWS // 40)
    np.save(tmp_path / "x.npy", walk.astype(np.float32))
    np.save(tmp_path / "u.npy", u)

    def study_of_file(end, block_rows):
        plain = study_of.__wrapped__(str(tmp_path / f"x.{end}"), block_rows=block_rows).experiment
        return Study(plain, controls=True)

    study = study_of_file("npy", BLOCK)
    assert study.experiment.presets == ("ivae",)
    assert UNSHIFTED in study.notes
    np.savez(tmp_path / "x.npz", x=walk.astype(np.float32), u=u)
    whole = study_of_file("npz", 0)
    assert whole.experiment.presets == ("ivae", "ivae+shifted_u")
    assert UNSHIFTED not in whole.notes


def test_balanced_blocks_have_their_rows_by_level(files):
    study = study_of(files["npz"], balanced=True)
    found = study.in_blocks(study.jobs[0]).read(1)
    assert (np.diff(found.u) >= 0).all()


def test_settings_and_the_split_say_how_rows_are_read(files):
    study = study_of(files["npz"])
    assert study.settings()["stream"] == {"rows": BLOCK, "together": BLOCK // 64}
    said = " ".join(study.split_record()["sentences"])
    assert "read in blocks of 480 of 3,200 training rows" in said
    assert "rows together" not in said
    assert "stream" not in study_of(files["npz"], block_rows=0).settings()


def test_a_block_that_holds_no_batch_is_refused(files):
    with pytest.raises(InputError, match="block of 20 rows holds no batch of 48"):
        study_of(files["npz"], block_rows=20)


def test_a_table_beyond_memory_is_read_in_blocks_by_itself(files, monkeypatch):
    size = 12 * ROWS
    asked = {end: study_of(files[end], block_rows=0).experiment for end in files}
    monkeypatch.setattr(sources, "free_bytes", lambda: int(3 * size / 0.75) + 1)
    assert not is_beyond_memory(size)
    assert load_datasets(asked["npy"])[0].whole is None
    monkeypatch.setattr(sources, "free_bytes", lambda: int(3 * size / 0.75) - 4)
    assert is_beyond_memory(size)
    assert not is_beyond_memory(0)
    study = Study(asked["npy"])
    assert study.experiment.config.train.block_rows == 2**17
    assert study.in_blocks(study.jobs[0]) is not None
    assert load_datasets(asked["npz"])[0].whole is None  # has to be read whole


def test_benchmarks_come_in_blocks_where_it_is_asked():
    experiment = Experiment(
        "b1", ("ivae",), (1,), (3, 4), 10, Config(train=TrainConfig(block_rows=2000))
    )
    study = Study(experiment)
    part = study.stream.part(2)
    assert part.x.shape == (2, 2000, 5)
    raw = load_dataset("b1", 4)
    fitted = study.data.preprocessing[1]
    np.testing.assert_array_equal(part.x[1], fitted.transform_x(raw.x[part.row[1]]))
    datasets = load_datasets(experiment)
    assert with_blocks(experiment, datasets[0]) == experiment
    again = Stream(experiment, datasets, study.data).part(2)
    np.testing.assert_array_equal(again.x, part.x)
