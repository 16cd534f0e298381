"""The wheel holds one package and one command, and meets no other project's `experiments`."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import numpy as np
import pytest
from programs_forked import REPOSITORY, SMALL

from ivaegan_jax.data import RECORDINGS

MINE = 'raise ImportError("that of another project")\n'


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The file, built from what the checkout holds."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q", "--no-deps"]
    built = ["--no-build-isolation", "-w", str(folder), str(copied(folder / "checkout"))]
    subprocess.run([*pip, *built], check=True, capture_output=True)
    [file] = folder.glob("*.whl")
    return file


def copied(folder):
    """What a build needs, elsewhere, as it leaves files behind."""
    for name in ("ivaegan_jax", "experiments"):
        shutil.copytree(REPOSITORY / name, folder / name)
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder)
    return folder


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of a fresh environment with the wheel, beside the same libraries."""
    root = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    python = root / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", wheel], check=True)
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    # a path alone: what is installed there for development stays out
    with open(f"{found.stdout.strip()}/libraries.pth", "w") as file:
        file.write(sysconfig.get_path("purelib") + "\n")
    return root / "bin"


@pytest.fixture
def project(tmp_path, table):
    """Another project's folder, with its own `experiments` and a table."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments/__init__.py").write_text(MINE)
    found = table()
    np.savez(tmp_path / "mine.npz", x=found["x"], u=found["u"])
    return tmp_path


def called(installed, project, *words):
    environment = os.environ | {"PYTHONPATH": str(project)}
    return subprocess.run(
        [installed / "ivaegan", *words],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_installs_one_package(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"ivaegan_jax"}
    assert {"ivaegan_jax/py.typed", "ivaegan_jax/__init__.pyi"} <= set(names)
    files = {f"ivaegan_jax/data/recordings/{name}.npz" for name in RECORDINGS}
    assert {*files, "ivaegan_jax/data/recordings/NOTICES.md"} <= set(names)


def test_the_command_compares_beside_another_projects_experiments(installed, project, cache):
    small = [*SMALL, "--steps=20", "--presets=vae", "--seeds=1", f"--compilation_cache={cache}"]
    ended = called(installed, project, "compare", "--data=mine.npz", *small, "--workdir=run")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (project / "run/report.html").exists()
    assert (
        '"command": "ivaegan compare --data=mine.npz' in (project / "run/manifest.json").read_text()
    )


def test_named_studies_need_a_checkout(installed, project):
    ended = called(installed, project, "reproduce", "--name=b1")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "checkout" in ended.stderr
