"""Arms of a named study that come next: their studies are made in the background."""

import threading

import pytest

from ivaegan_jax.cli import _arms
from ivaegan_jax.cli._arms import Coming
from ivaegan_jax.studies import Workdir
from ivaegan_jax.training import Ahead
from ivaegan_jax.types import InputError


class Made:
    """A study of nothing, which knows what it is of and which thread made it."""

    def __init__(self, experiment):
        if experiment == "wrong":
            raise InputError("it is wrong")
        self.experiment, self.thread = experiment, threading.current_thread().name.split("_")[0]

    def left(self, workdir):
        return []

    def groups_of(self, labels):
        return []


@pytest.fixture
def coming(monkeypatch):
    """With one thread, which has made whatever was begun when it is called."""
    monkeypatch.setattr(_arms, "_study", Made)
    with Ahead(most=1) as ahead:
        yield Coming(ahead), lambda: ahead.begin(lambda: None).result()


def test_a_study_is_made_once_ahead_or_when_it_is_taken(coming, tmp_path):
    arms, made = coming
    arms.begin("a", Workdir(tmp_path / "a"))
    made()
    taken = [arms.take(name, Workdir(tmp_path / name)) for name in "ab"]
    assert [each.experiment for each in taken] == ["a", "b"]
    assert [each.thread for each in taken] == ["ahead", "MainThread"]


def test_a_study_that_waits_for_a_thread_is_made_at_once(coming, tmp_path):
    arms, _ = coming
    goes_on = threading.Event()
    arms._ahead.begin(lambda: goes_on.wait(60))
    arms.begin("a", Workdir(tmp_path / "a"))
    assert arms.take("a", Workdir(tmp_path / "a")).thread == "MainThread"
    goes_on.set()


def test_what_is_wrong_with_an_arm_is_said_when_it_is_its_turn(coming, tmp_path):
    arms, made = coming
    arms.begin("wrong", Workdir(tmp_path / "wrong"))
    made()
    with pytest.raises(InputError, match="it is wrong"):
        arms.take("wrong", Workdir(tmp_path / "wrong"))


def test_nothing_is_begun_for_an_arm_that_is_done(coming, tmp_path):
    arms, made = coming
    (tmp_path / "a").mkdir()
    (tmp_path / "a/DONE").touch()
    arms.begin("a", Workdir(tmp_path / "a"))
    made()
    assert arms.take("a", Workdir(tmp_path / "a")).thread == "MainThread"
