"""An estimator trains what `train` trains: the same parameters and results, to the bit."""

import os

import jax
import numpy as np
import pytest

from ivaegan_jax import IVAE
from ivaegan_jax.files import read_npz

SETTINGS = {
    "model.width": 8,
    "model.depth": 2,
    "model.critic_width": 8,
    "model.critic_depth": 2,
    "train.batch": 16,
    "train.chunk": 10,
    "train.unmix": False,
}


def fit(folder, cache):
    """What a user's own script does."""
    os.chdir(folder)
    jax.config.update("jax_compilation_cache_dir", str(cache))
    table = np.load("table.npz")
    model = IVAE(n_seeds=2, steps=20, config=SETTINGS, workdir="python", verbose=False)
    model.fit(table["x"], table["u"])


@pytest.fixture(scope="module")
def both(run, fork, cache, table, tmp_path_factory):
    """The run directories of the program and of the estimator."""
    folder, found = tmp_path_factory.mktemp("both"), table()
    np.savez(folder / "table.npz", x=found["x"], u=found["u"])
    flags = [f"--config.{name}={value}" for name, value in SETTINGS.items()]
    ended = [
        run("train", "--preset=ivae", "--seeds=2", "--steps=20", f"--workdir={folder / 'cli'}",
            f"--data={folder / 'table.npz'}", *flags),
        fork(fit, folder, cache).wait(),
    ]  # fmt: skip
    assert [(each.code, each.err) for each in ended] == [(0, "")] * 2
    assert not ended[1].out
    return folder / "cli", folder / "python"


def test_parameters_and_preprocessing_are_the_same(both, same):
    for name in ("params", "preprocessing"):
        first, second = (read_npz(path / "models/ivae" / f"{name}.npz") for path in both)
        assert same(first, second)


def test_results_and_logs_are_the_same(both, rows_of):
    for name in ("metrics", "train"):
        first, second = (rows_of(path, name) for path in both)
        assert [row | {"data": ""} for row in first] == [row | {"data": ""} for row in second]
