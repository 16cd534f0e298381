"""Programs of groups that come next are compiled in the background, and no number changes."""

from contextlib import closing

import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import plan as plans
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.plan import make_plan
from ivaegan_jax.studies.study import Study
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import Ahead
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.devices import pad_runs, shard_runs
from ivaegan_jax.training.loop import start_runs

CONFIG = Config(DataConfig(segments=4, per_segment=60), ModelConfig(width=9, critic_width=8),
                TrainConfig(batch=16))  # fmt: skip


class Silent:
    """A reporter that says nothing."""

    def stage(self, kind, what=""):
        pass

    start = chunk = finish = stage


@pytest.fixture
def study():
    return Study(Experiment("b1", ("vae", "vae+u_only"), (1, 2), (3,), 10, CONFIG))


@pytest.fixture
def run(study, tmp_path):
    """`run(name, most) -> Workdir`: the study run with as many threads."""

    def run(name, most):
        workdir = Workdir(tmp_path / name)
        workdir.open(study.settings())
        with closing(workdir), Ahead(most=most) as ahead:
            study.run(workdir, Silent(), ahead=ahead)
        return workdir

    return run


def test_the_foreground_compiles_nothing_that_was_compiled_ahead(study, tmp_path, compilations):
    group, workdir = study.groups[0], Workdir(tmp_path / "run")
    with compilations() as threads:
        with Ahead(most=1) as ahead:
            study.compile_ahead(ahead, group, workdir)
            ahead.begin(lambda: None).result()
        assert threads == ["ahead"] * 2
        make_plan(group, study.train_data(group.jobs[0]), study.mesh, workdir)
        runs = shard_runs(pad_runs(group.runs, study.mesh), study.mesh)
        start_runs(group.jobs[0].trainer, runs, study.mesh)
    assert threads == ["ahead"] * 2


def test_results_are_the_same_to_the_byte(run, monkeypatch):
    ahead, alone = run("ahead", 2), run("alone", 0)
    for name in ("metrics", "train_log"):
        assert getattr(ahead, name).read_bytes() == getattr(alone, name).read_bytes()
    monkeypatch.setattr(Ahead, "begin", lambda self, work: pytest.fail("nothing is left to do"))
    run("ahead", 2)


def test_what_a_compiler_says_is_raised_where_the_program_is_called_for(run, monkeypatch):
    def refuse(*args):
        raise RuntimeError("no room")

    monkeypatch.setattr(plans, "compile_chunk", refuse)
    with pytest.raises(RuntimeError, match="no room"):
        run("refused", 1)
