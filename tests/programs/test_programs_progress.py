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


def test_long_chunks_are_said_once_with_a_shorter_length(told):
    words = told(200.0)
    assert words.count("shorter chunks: --config.train.chunk=") == 1
    assert 1 <= int(words.split("chunk=")[1].split()[0]) < 500


def test_short_chunks_are_not_spoken_of(told):
    assert "shorter chunks" not in told(1.0)
