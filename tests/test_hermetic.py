"""Tests depend on nothing that a machine may or may not have."""

import os
import shutil
from pathlib import Path

import jax
import pytest
from hermetic import sealed

from ivaegan_jax.training.numerics import SETTINGS, describe_numerics

HOSTILE = {
    "PATH": "/opt/slurm/bin:/usr/bin", "HOME": "/nonexistent", "LC_ALL": "C", "TERM": "xterm",
    "JAX_ENABLE_X64": "1", "XLA_FLAGS": "--xla_cpu_enable_fast_math=true", "COLUMNS": "40",
    "CUDA_VISIBLE_DEVICES": "0", "SLURM_JOB_ID": "7", "https_proxy": "http://127.0.0.1:9",
    "PYTHONIOENCODING": "ascii", "KUBECONFIG": "k", "CLOUDSDK_CONFIG": "c", "TZ": "Asia/Tokyo",
}  # fmt: skip


def test_nothing_of_a_users_environment_reaches_a_test(tmp_path):
    assert sealed(HOSTILE, tmp_path) == sealed({}, tmp_path)
    assert sealed({"PYTEST_CURRENT_TEST": "t"}, tmp_path)["PYTEST_CURRENT_TEST"] == "t"


@pytest.mark.parametrize("program", ["sbatch", "srun", "scontrol", "kubectl", "gcloud", "python3"])
def test_no_scheduler_and_no_cloud_can_be_reached(program):
    assert shutil.which(program) is None


def test_this_very_process_is_sealed():
    home = Path.home()
    assert home.parent.name.startswith("tests-")
    assert sealed(os.environ, home.parent).items() <= dict(os.environ).items()
    assert not [name for name in HOSTILE if name in os.environ and name not in sealed({}, home)]


def test_jax_has_its_own_defaults_on_cpu():
    found = describe_numerics()
    expected = {name: str(value) for name, value in SETTINGS.items() if name in found}
    assert {name: found[name] for name in expected} == expected | {
        "jax_default_matmul_precision": "default"
    }
    assert {device.platform for device in jax.devices()} == {"cpu"}
