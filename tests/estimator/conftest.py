"""A small table, and one estimator that was fitted on it, for all tests of the session."""

import pickle

import numpy as np
import pandas as pd
import pytest
from small_networks import SMALL

from ivaegan_jax import IVAEGAN
from ivaegan_jax.estimator import fitting


def make_frame(rows=400, seed=0):
    """Five columns of two sources, and their segment by name."""
    rng, levels = np.random.default_rng(seed), np.random.default_rng(9)
    u = rng.permutation(np.arange(rows) % 8)
    s = rng.normal(size=(rows, 2)) * np.exp(levels.normal(size=(8, 2)))[u]
    x = np.tanh(s @ levels.normal(size=(2, 5))) + s @ levels.normal(size=(2, 5))
    frame = pd.DataFrame(7 * x + 3, columns=["Fz", "Cz", "Pz", "C3", "C4"])
    frame["segment"] = np.array([*"abcdefgh"])[u]
    return frame, s


@pytest.fixture(scope="session")
def frame():
    return make_frame()[0]


@pytest.fixture(scope="session")
def sources():
    return make_frame()[1]


@pytest.fixture(scope="session")
def small():
    """`small(model, **parameters)`: an estimator of small networks that trains for a moment."""

    def make(model=IVAEGAN, **parameters):
        asked = {"n_latents": 2, "n_seeds": 3, "steps": 20, "config": SMALL, "verbose": False}
        return model(**asked | parameters)

    return make


@pytest.fixture(scope="session")
def fitted(small, frame, once):
    """Fitted on a frame whose column `segment` is u, by the first worker that needs it."""
    with once("fitted") as path:
        if not path.exists():
            path.write_bytes(pickle.dumps(small().fit(frame, "segment")))
        return pickle.loads(path.read_bytes())


@pytest.fixture
def interrupted(monkeypatch):
    """`interrupted(model, *data, **more)`: a fit that is stopped in its second chunk."""

    class Stopping(fitting.ConsoleReporter):
        def chunk(self, label, chunk):
            if chunk.step == 20:
                raise KeyboardInterrupt

    def fit(model, *data, **more):
        with monkeypatch.context() as patch:
            patch.setattr(fitting, "ConsoleReporter", Stopping)
            with pytest.raises(KeyboardInterrupt):
                model.fit(*data, **more)
        return model

    return fit
