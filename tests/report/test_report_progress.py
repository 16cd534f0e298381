"""What a person sees while a study runs: by a clock that is set by hand."""

import logging

import numpy as np
import pytest
from rich.console import Console

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.report.progress import before, console
from ivaegan_jax.report.progress.stages import RULES, Remaining, Stage, stages_of
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.loop import Chunk

RUNS, STEPS = 2, 2000
SECONDS = {"compile": 9.0, "chunk": 10.0, "score": 60.0, "baselines": 15.0, "page": 20.0}
LABELS = ("ivae", "igan")
STAGES = [
    stage
    for label in LABELS
    for stage in (Stage("compile", label, 1), Stage("train", label, STEPS * RUNS),
                  Stage("score", label, RUNS))
] + [Stage("baselines", "", 1), Stage("page", "", 1)]  # fmt: skip


class Clock:
    """Seconds that pass as they are set."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    return clock


def play(clock, reporter, seconds=SECONDS, step=0, chunk=500, steps=STEPS):
    """Goes through the job; yields the moments after each event."""
    for label in LABELS:
        reporter.stage("compile", label)
        clock.now += seconds["compile"]
        reporter.stage("train", label)
        reporter.start(label, step)
        for end in range(step + chunk, steps + 1, chunk):
            clock.now += seconds["chunk"]
            reporter.chunk(label, Chunk(end, {}, np.ones(RUNS, bool), seconds["chunk"]))
            yield clock.now
        reporter.stage("score", label)
        yield clock.now
        clock.now += seconds["score"]
        reporter.finish(label, [])
        yield clock.now
    for kind in ("baselines", "page"):
        reporter.stage(kind)
        yield clock.now
        clock.now += seconds[kind]


def test_what_is_left_covers_every_stage_and_falls(clock):
    reporter = console.ConsoleReporter(STAGES, STEPS, RUNS)
    left = [(now, reporter.remaining.left(now).seconds) for now in play(clock, reporter)]
    known = [(now, seconds) for now, seconds in left if now > 9 + 4 * 10 + 60]
    total = clock.now
    assert all(abs(now + seconds - total) < 45 for now, seconds in known)  # the rest is guessed
    ends = [now + seconds for now, seconds in known[:-2]]
    assert max(ends) - min(ends) < 1e-6  # at an even pace the end never moves
    assert left[-1][1] == pytest.approx(RULES["page"])


def test_where_the_time_went_is_said_by_kind(clock, capsys):
    reporter = console.ConsoleReporter(STAGES, STEPS, RUNS)
    [*play(clock, reporter)]
    spent = {"compile": 18.0, "train": 80.0, "score": 120.0, "baselines": 15.0, "page": 20.0}
    assert reporter.spent() == spent
    assert "time: compiling 18 s, training 80 s, scoring 2 min" in capsys.readouterr().out


def test_before_anything_was_scored_its_share_is_a_guess_and_said(clock, capsys):
    reporter = console.ConsoleReporter(STAGES, STEPS, RUNS)
    events = play(clock, reporter, SECONDS | {"chunk": 70.0})
    next(events)
    said = capsys.readouterr().out.splitlines()[-1]
    # three chunks of this training, four of the next, a compilation, two scorings, the rest
    seconds = 7 * 70 + 9 + 2 * RUNS * RULES["score"] + RULES["baselines"] + RULES["page"]
    assert f"about {seconds / 60:.0f} min left, with scoring, compiling, training, " in said
    assert "scoring, baselines, report by a rule of thumb" in said


def test_the_last_line_before_scoring_says_that_scoring_follows(clock, capsys):
    reporter = console.ConsoleReporter(STAGES, STEPS, RUNS)
    events = play(clock, reporter)
    for _ in range(5):
        next(events)
    assert "scoring ivae; about" in capsys.readouterr().out.splitlines()[-1]
    list(events)
    said = capsys.readouterr().out
    assert "scoring igan; about" in said
    assert "scoring what needs no model; about" in said
    assert "writing the report; about 10 s left" in said


def test_the_first_scoring_predicts_the_next(clock):
    remaining = Remaining([Stage("score", "a", 2), Stage("score", "b", 6), Stage("page", "", 1)])
    assert remaining.left(0.0) == (8 * RULES["score"] + RULES["page"], ("score", "page"))
    remaining.begin("score", "a", 0.0)
    remaining.begin("score", "b", 50.0)
    assert remaining.left(50.0) == (6 * 25 + RULES["page"], ("page",))
    assert remaining.left(100.0).seconds == 6 * 25 - 50 + RULES["page"]
    assert remaining.left(250.0).seconds == 50 + RULES["page"]  # late: never nothing


def test_steps_from_before_a_stop_count_as_done_and_not_as_fast(clock):
    reporter = console.ConsoleReporter(STAGES[:2], STEPS, RUNS)
    next(play(clock, reporter, step=1000))
    assert reporter.remaining.left(clock.now).seconds == pytest.approx(SECONDS["chunk"])


def test_a_study_has_all_its_stages():
    config = Config(DataConfig(segments=4, per_segment=60), ModelConfig(width=8),
                    TrainConfig(batch=16))  # fmt: skip
    study = Study(
        Experiment("b1", ("ivae", "ivae[vae_rate=0.003]", "vae"), (1, 2), (3,), 10, config)
    )
    found = list(stages_of(study, ["ivae[vae_rate=0.003]", "vae"]))
    assert [stage.kind for stage in found] == [
        "compile", "train", "score", "compile", "train", "score", "baselines", "page"]  # fmt: skip
    assert [stage.amount for stage in found[:3]] == [1, 10 * 4, 2]
    assert list(stages_of(study, [])) == found[-2:]


def test_long_chunks_are_said_once_with_a_length_of_ten_seconds(clock, capsys):
    list(play(clock, console.ConsoleReporter(STAGES, STEPS, RUNS), SECONDS | {"chunk": 200.0}))
    words = capsys.readouterr().out
    assert words.count("a chunk of 500 steps takes 200 s") == 1
    assert words.count("--config.train.chunk=25 ") == 1


@pytest.mark.parametrize(("seconds", "steps"), [(1.0, 2000), (20.0, 15000), (200.0, 500)])
def test_only_the_time_of_one_chunk_counts_and_not_that_with_the_compilation(
    clock, capsys, seconds, steps
):
    reporter = console.ConsoleReporter(STAGES, steps, RUNS)
    list(play(clock, reporter, SECONDS | {"chunk": seconds}, steps=steps))
    assert "--config.train.chunk" not in capsys.readouterr().out


@pytest.mark.parametrize(("shown", "terminal", "expected"), [
    (True, True, ["An autoencoder\\x1b is fitted."]), (False, True, []), (True, False, []),
])  # fmt: skip
def test_lines_before_a_study_are_shown_in_a_terminal_alone(
    shown, terminal, expected, monkeypatch, capsys
):
    monkeypatch.setattr(
        before, "Console", lambda **named: Console(**named, force_terminal=terminal)
    )
    library = logging.getLogger("ivaegan_jax")
    known = library.level, library.handlers[:]
    with before.lines_before(shown):
        logging.getLogger("ivaegan_jax.data.codec").info("An autoencoder\x1b is fitted.")
        logging.getLogger("ivaegan_jax.data.codec").debug("no line")
    assert capsys.readouterr().out.splitlines() == expected
    assert (library.level, library.handlers) == known
