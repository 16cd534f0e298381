"""What the project claims, in small; minutes of training."""

import numpy as np
import pytest
from programs_forked import AS_USERS_HAVE_IT


@pytest.mark.slow
def test_ivae_gan_finds_more_of_the_sources_than_ivae_and_a_rotation(run, rows_of, tmp_path):
    ended = run("compare", "--data=b1", "--data_seeds=101-101", "--seeds=2", "--steps=4000",
                "--presets=ivae,ivae_gan", f"--workdir={tmp_path / 'run'}",
                env=AS_USERS_HAVE_IT)  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    convention = {"metric": "mcc", "split": "test", "corr": "pearson", "assignment": "held_out"}
    rows = [row for row in rows_of(tmp_path / "run") if convention.items() <= row.items()]

    def mcc(preset):
        return np.mean([
            row["value"] for row in rows
            if preset in (row.get("label"), row.get("baseline"))
            and row.get("latent") != "posterior_sample"
        ])  # fmt: skip

    print({name: round(float(mcc(name)), 3) for name in ("ivae", "ivae_gan")})
    assert mcc("ivae_gan") > mcc("ivae")
    assert mcc("ivae_gan") > mcc("random_rotation_p95")
