"""From one file to a verdict and a second file's latents, in eight lines."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

FIRST = """
import pandas as pd
from ivaegan_jax import IVAEGAN
model = IVAEGAN().fit(pd.read_csv("first.csv"), "direction")
z = model.transform(pd.read_csv("second.csv"))
model.plot().savefig("latents.png")
print(model.verdict_)
model.save("model.zip")
"""
SECOND = """
import pandas as pd, ivaegan_jax
print(*ivaegan_jax.load("model.zip").transform(pd.read_csv("second.csv"))[0])
"""


@pytest.mark.slow
def test_a_csv_of_ten_thousand_rows_and_sixty_columns(tmp_path):
    rng = np.random.default_rng(0)
    u, columns = rng.integers(0, 12, 10_000), [f"neuron_{i}" for i in range(60)]
    s = rng.normal(size=(10_000, 4)) * np.exp(rng.normal(size=(12, 4)))[u]
    hidden = np.tanh(s @ rng.normal(size=(4, 20)))
    noise = 0.1 * rng.normal(size=(10_000, 60))
    frame = pd.DataFrame(hidden @ rng.normal(size=(20, 60)) + noise, columns=columns)
    frame.assign(direction=u).to_csv(tmp_path / "first.csv", index=False)
    frame[:500].to_csv(tmp_path / "second.csv", index=False)
    assert len(FIRST.strip().splitlines()) <= 8

    as_users_have_it = {n: each for n, each in os.environ.items() if n != "XLA_FLAGS"}

    def run(code):
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=as_users_have_it,
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run(FIRST).startswith("IVAEGAN: ")
    assert (tmp_path / "model.zip").stat().st_size < 2_000_000
    assert (tmp_path / "latents.png").stat().st_size > 10_000
    (tmp_path / "first.csv").unlink()
    assert np.isfinite(np.array(run(SECOND).split(), float)).all()
