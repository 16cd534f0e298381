"""A fit that was stopped leaves nothing behind, or a folder in which it goes on."""

import tempfile

import numpy as np
import pytest

from ivaegan_jax import InputError
from ivaegan_jax.estimator import fitting


@pytest.fixture
def stopped(interrupted, small, frame):
    """`stopped(**parameters)`: an estimator whose fit was interrupted in its second chunk."""
    return lambda **parameters: interrupted(small(**parameters), frame, "segment")


def test_an_interrupted_fit_goes_on_in_its_folder(stopped, fitted, frame, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    model = stopped(
        workdir=tmp_path / "kept", config={**fitted.config, "train.checkpoint_chunks": 1}
    )
    assert not [name for name in vars(model) if name.endswith("_") or name.startswith("_")]
    assert (tmp_path / "kept/checkpoints").exists()
    began = []
    monkeypatch.setattr(fitting.ConsoleReporter, "start", lambda _, label, step: began.append(step))
    model.fit(frame, "segment")
    assert began == [10]
    assert np.array_equal(model.transform(frame), fitted.transform(frame))
    assert model.results_.drop(columns="data").equals(fitted.results_.drop(columns="data"))
    assert not list((tmp_path / "temporary").iterdir())
    with pytest.raises(InputError, match=r"other settings: steps: 20 -> 30; .*another workdir"):
        model.set_params(steps=30).fit(frame, "segment")
    assert model.transform(frame).shape == (len(frame), 2), "the fit before still holds"


def test_data_that_cannot_work_leave_a_fit_as_it_was(small, frame):
    model = small()
    with pytest.raises(InputError, match="u has one value in all rows"):
        model.fit(frame.drop(columns="segment"), np.zeros(len(frame), int))
    with pytest.raises(InputError, match="n_seeds"):
        model.set_params(n_seeds=0).fit(frame, "segment")
    assert not hasattr(model, "n_latents_")
