"""Programs of groups that come next are compiled in the background, and no number changes."""

from contextlib import closing

import jax
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import plan as plans
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import Ahead, programs
from ivaegan_jax.training.config import TrainConfig

CONFIG = Config(DataConfig(segments=4, per_segment=60), ModelConfig(width=9, critic_width=8),
                TrainConfig(batch=16, unmix=False))  # fmt: skip


class Silent:
    """A reporter that says nothing."""

    def stage(self, kind, what=""):
        pass

    start = chunk = finish = stage


def study_of(*labels):
    return Study(Experiment("b1", labels, (1, 2), (3,), 10, CONFIG))


def run(study, path, most):
    """Runs a study with as many threads."""
    workdir = Workdir(path)
    workdir.open(study.settings())
    with closing(workdir), Ahead(most=most) as ahead:
        study.run(workdir, Silent(), ahead=ahead)
    return workdir


@pytest.fixture(scope="module")
def study():
    return study_of("vae", "vae+u_only")


@pytest.fixture(scope="module")
def alone(study, tmp_path_factory):
    return run(study, tmp_path_factory.mktemp("alone") / "0", 0)


def test_results_are_the_same_to_the_byte(study, alone, tmp_path, monkeypatch):
    ahead = run(study, tmp_path / "2", 2)
    for name in ("metrics", "train_log"):
        assert getattr(ahead, name).read_bytes() == getattr(alone, name).read_bytes()
    monkeypatch.setattr(Ahead, "begin", lambda self, work: pytest.fail("nothing is left to do"))
    run(study, tmp_path / "2", 2)


def test_what_a_compiler_says_is_raised_where_the_program_is_called_for(tmp_path, monkeypatch):
    def refuse(*args):
        raise RuntimeError("no room")

    monkeypatch.setattr(plans, "compile_chunk", refuse)
    with pytest.raises(RuntimeError, match="no room"):
        run(study_of("vae"), tmp_path / "refused", 1)


@pytest.mark.slow  # what is given up, later tests would compile again
def test_programs_that_are_given_up_change_no_number(study, alone, tmp_path, monkeypatch):
    cleared, clear = [], jax.clear_caches
    monkeypatch.setattr(jax, "clear_caches", lambda: cleared.append(clear()))
    monkeypatch.setattr(programs, "share_of_mappings", lambda: 2 * programs.CROWDED)
    again = run(study, tmp_path / "again", 1)
    assert again.metrics.read_bytes() == alone.metrics.read_bytes()
    assert len(cleared) == len(study.groups)
