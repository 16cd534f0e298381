"""What a person is told while a study trains."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from experiments import _progress
from ivaegan_jax.loop import Chunk


@pytest.fixture
def told(monkeypatch, capsys):
    """`told(seconds, chunks)`: what is printed of chunks of 500 steps that take so long."""

    def told(seconds, chunks=4):
        clock = itertools.count(step=seconds / 2)  # asked twice a chunk, or more
        monkeypatch.setattr(_progress, "time", SimpleNamespace(monotonic=clock.__next__))
        reporter = _progress.ConsoleReporter(["ivae"], 5000, 2)
        reporter.start("ivae", 0)
        for number in range(1, chunks + 1):
            reporter.chunk("ivae", Chunk(500 * number, {}, np.ones(2, bool), seconds))
        return capsys.readouterr().out

    return told


def test_long_chunks_are_said_once_with_a_length_of_ten_seconds(told):
    words = told(200.0)
    assert words.count("a chunk of 500 steps takes 200 s") == 1
    assert words.count("--config.train.chunk=25 ") == 1


@pytest.mark.parametrize(("seconds", "chunks"), [(1.0, 4), (20.0, 30), (200.0, 1)])
def test_only_the_time_of_one_chunk_counts_and_not_that_with_the_compilation(told, seconds, chunks):
    assert "--config.train.chunk" not in told(seconds, chunks)
