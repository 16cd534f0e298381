"""An estimator trains what `train` trains: the same parameters and results, to the bit."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from programs_forked import AS_USERS_HAVE_IT

from ivaegan_jax.files import read_npz

SETTINGS = {
    "model.width": 8,
    "model.depth": 2,
    "model.critic_width": 8,
    "model.critic_depth": 2,
    "train.batch": 16,
    "train.chunk": 10,
}
IN_PYTHON = """
import json, sys, numpy as np
from ivaegan_jax import IVAE
table, settings = np.load("table.npz"), json.loads(sys.argv[1])
model = IVAE(n_seeds=2, steps=20, config=settings, workdir="python", verbose=False)
model.fit(table["x"], table["u"])
"""


@pytest.fixture(scope="module")
def both(run, table, tmp_path_factory):
    """The run directories of the program and of the estimator."""
    folder, found = tmp_path_factory.mktemp("both"), table()
    np.savez(folder / "table.npz", x=found["x"], u=found["u"])
    flags = [f"--config.{name}={value}" for name, value in SETTINGS.items()]
    ended = run("train", "--preset=ivae", "--seeds=2", "--steps=20", f"--workdir={folder / 'cli'}",
                f"--data={folder / 'table.npz'}", *flags, env=AS_USERS_HAVE_IT)  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    command = [sys.executable, "-c", IN_PYTHON, json.dumps(SETTINGS)]
    env = os.environ | AS_USERS_HAVE_IT
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return folder / "cli", folder / "python"


def test_parameters_and_preprocessing_are_the_same(both, same):
    for name in ("params", "preprocessing"):
        first, second = (read_npz(path / "models/ivae" / f"{name}.npz") for path in both)
        assert same(first, second)


def test_results_and_logs_are_the_same(both, rows_of):
    for name in ("metrics", "train"):
        first, second = (rows_of(path, name) for path in both)
        assert [row | {"data": ""} for row in first] == [row | {"data": ""} for row in second]
