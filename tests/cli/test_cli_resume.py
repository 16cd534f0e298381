"""A study that was stopped goes on and ends as if it never had been.

What is killed is a process of its own; all others are this one, which compiles once.
"""

import json
import re
import shutil
import signal

import jax
import numpy as np
import pytest
from damage import overwrite, truncate
from programs_forked import SMALL, SMALL_BENCHMARK, Stopping, killed_study, study

from ivaegan_jax.files import read_npz, write_npz
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.report import ConsoleReporter
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment, experiment_from
from ivaegan_jax.studies.jobs import make_job, make_runs
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training.checkpoint import Checkpoints
from ivaegan_jax.training.loop import Chunk
from ivaegan_jax.types import InputError

PRESETS = ("vae", "ivae")
CHUNKS = 6


def settings():
    """Two models of 22 steps in chunks of 4, a checkpoint every 8: the last chunk is short."""
    config = Config()
    config.data.segments, config.data.per_segment = 4, 60
    config.model.width = config.model.critic_width = 8
    config.model.depth = config.model.critic_depth = 2
    config.train.batch, config.train.chunk, config.train.checkpoint_chunks = 16, 4, 2
    config.train.unmix = False  # test_studies_unmixing.py has a study that stopped before its step
    return Experiment("b1", PRESETS, (1, 2), (7,), 22, config).settings()


def final_states(workdir):
    """The last checkpoint of every model."""
    stored = Workdir(workdir).settings()
    experiment, dims = experiment_from(stored), Dims(**stored["sizes"])
    found = {}
    for label in experiment.presets:
        job = make_job(experiment, dims, label)
        template = jax.eval_shape(jax.vmap(job.trainer.init), make_runs(experiment))
        with Checkpoints(Workdir(workdir).checkpoints(label)) as checkpoints:
            found[label] = checkpoints.restore(template)
        assert set(found[label].step.tolist()) == {experiment.steps}
    return found


def assert_same_results(one, other, files=("metrics.jsonl", "train.jsonl")):
    for name in files:
        assert (one / name).read_bytes() == (other / name).read_bytes()
    jax.tree.map(np.testing.assert_array_equal, final_states(one), final_states(other))
    for label in experiment_from(Workdir(one).settings()).presets:
        paths = (Workdir(path).arrays(label) for path in (one, other))
        first, second = (dict(np.load(path, allow_pickle=False)) for path in paths)
        jax.tree.map(np.testing.assert_array_equal, first, second)


def go(path, at=0, asked=None):
    """Runs the study, or what is left of it, to a chunk or to its end: what was begun where."""
    reporter = Stopping(at)
    study(asked or settings(), path, reporter)
    return reporter.began


@pytest.fixture(scope="module")
def kill(fork):
    """`kill(path, at)`: the study until it is killed at a chunk."""

    def kill(path, at):
        assert fork(killed_study, settings(), path, at).wait().code == -signal.SIGKILL

    return kill


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    path = tmp_path_factory.mktemp("resume") / "whole"
    assert go(path) == [("vae", 0), ("ivae", 0)]
    return path


@pytest.fixture(scope="module")
def killed(kill, tmp_path_factory):
    """Killed in the fifth chunk of the second model, after its checkpoints of steps 8 and 16."""
    path = tmp_path_factory.mktemp("resume") / "killed"
    kill(path, CHUNKS + 5)
    assert sorted(p.name for p in (path / "checkpoints/ivae").iterdir()) == ["16", "8"]
    return path


@pytest.fixture
def stopped(killed, tmp_path):
    """A copy of it."""
    return shutil.copytree(killed, tmp_path / "copy")


@pytest.mark.parametrize(
    "at",
    [1, pytest.param(4, marks=pytest.mark.slow)],
    ids=["before any checkpoint", "at a checkpoint"],
)
def test_a_stop_at_any_chunk_changes_nothing(uninterrupted, tmp_path, at):
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "run", at)
    assert len((tmp_path / "run/train.jsonl").read_text().splitlines()) == 2 * at
    go(tmp_path / "run")
    assert_same_results(tmp_path / "run", uninterrupted)


def test_a_kill_before_the_last_chunk_changes_nothing(uninterrupted, kill, tmp_path):
    kill(tmp_path / "run", CHUNKS)
    assert len((tmp_path / "run/train.jsonl").read_text().splitlines()) == 2 * CHUNKS
    go(tmp_path / "run")
    assert_same_results(tmp_path / "run", uninterrupted)


def test_training_goes_on_from_the_last_checkpoint_and_a_torn_last_line_is_repaired(
    uninterrupted, stopped
):
    with (stopped / "train.jsonl").open("a") as log:
        log.write('{"label": "ivae", "seed": 2, "st')
    assert go(stopped)[0] == ("ivae", 16)
    assert_same_results(stopped, uninterrupted)


@pytest.mark.slow
def test_a_damaged_checkpoint_falls_back_to_the_one_before(uninterrupted, stopped):
    overwrite(stopped / "checkpoints/ivae/16")
    assert go(stopped)[0] == ("ivae", 8)
    assert_same_results(stopped, uninterrupted)


def test_a_directory_without_a_readable_checkpoint_says_so(stopped):
    for step in ("8", "16"):
        truncate(stopped / "checkpoints/ivae" / step)
    with pytest.raises(InputError, match="no checkpoint in"):
        go(stopped)


def test_a_renamed_checkpoint_is_refused(stopped):
    folder = stopped / "checkpoints/ivae"
    (folder / "16").rename(folder / "12")
    with pytest.raises(InputError, match="ivae/12 was stored as step 16 of ivae; move it back"):
        go(stopped)


def test_settings_that_were_edited_are_refused_though_they_are_asked_for(stopped):
    asked = settings()
    asked["config"]["hyperparameters"]["vae_rate"] = 0.5
    stored = json.loads((stopped / "config.json").read_text())
    (stopped / "config.json").write_text(json.dumps(stored | {"config": asked["config"]}))
    before = sorted(stopped.rglob("*"))
    with pytest.raises(InputError, match=r"config\.json is not what checkpoint") as refused:
        go(stopped, asked=asked)
    assert "config.hyperparameters.vae_rate: 0.01 -> 0.5" in str(refused.value)
    assert sorted(stopped.rglob("*")) == before


@pytest.mark.slow
def test_another_preprocessing_is_replaced(uninterrupted, stopped, caplog):
    path = stopped / "preprocessing.npz"
    write_npz(path, read_npz(path) | {"0/x_mean": np.ones(9)})
    go(stopped)
    assert "preprocessing.npz is written again: it is not of this study" in caplog.text
    assert path.read_bytes() == (uninterrupted / "preprocessing.npz").read_bytes()
    assert_same_results(stopped, uninterrupted)


@pytest.mark.slow
def test_a_killed_program_goes_on_and_a_second_one_waits_its_turn(begin, run, refused, tmp_path):
    def flags(name):
        return (*SMALL, *SMALL_BENCHMARK, "--config.train.chunk=2", "--steps=60", "--preset=vae",
                "--config.train.checkpoint_chunks=5", "--data_seeds=7-7",
                f"--workdir={tmp_path / name}")  # fmt: skip

    first = begin("train", *flags("stopped"))
    first.until((tmp_path / "stopped/checkpoints/vae/10").exists)
    first.signal(signal.SIGSTOP)
    assert "in use by another process" in refused("train", *flags("stopped"))
    first.signal(signal.SIGKILL)
    assert first.wait().code == -signal.SIGKILL
    assert not (tmp_path / "stopped/metrics.jsonl").exists()

    for name in ("stopped", "whole"):
        ended = run("train", *flags(name))
        assert (ended.code, ended.err) == (0, "")
        assert ("going on from step" in ended.out) == (name == "stopped")
    assert_same_results(tmp_path / "stopped", tmp_path / "whole")


@pytest.mark.slow
def test_a_stopped_study_goes_on_with_chunks_as_short_as_the_program_advises(
    killed, uninterrupted, tmp_path, capsys
):
    reporter = ConsoleReporter([], 22, 2)
    reporter.start("ivae", 0)
    for step in (4, 8):
        reporter.chunk("ivae", Chunk(step, {}, np.ones(2, bool), 13.0 * step))
    asked = settings()
    advised = int(re.search(r"--config\.train\.chunk=(\d+)", capsys.readouterr().out)[1])
    assert advised < asked["config"]["train"]["chunk"]
    asked["config"]["train"]["chunk"] = advised
    stopped = shutil.copytree(killed, tmp_path / "copy")
    go(stopped, asked=asked)
    assert_same_results(stopped, uninterrupted, ["metrics.jsonl"])
