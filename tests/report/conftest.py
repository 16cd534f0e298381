"""Work directories to report on."""

import pytest
from report_results import (
    image_arrays,
    real_results,
    train_rows,
    truth_arrays,
    truth_results,
    write_workdir,
)


@pytest.fixture
def truth_dir(tmp_path):
    arrays = {"ivae": truth_arrays(), "ivae_gan": truth_arrays(), "igan": truth_arrays()}
    return write_workdir(tmp_path / "study", truth_results(), train_rows(), arrays)


@pytest.fixture
def real_dir(tmp_path):
    arrays = {"ivae": image_arrays(), "ivae_gan": image_arrays()}
    return write_workdir(tmp_path / "digits", real_results(), train_rows(("ivae", "vae")), arrays)
