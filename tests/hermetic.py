"""Tests reach no scheduler, no cloud and no setting of the machine that they run on.

To be called before JAX is imported, which reads its variables then.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

TOOLS = ("bash", "sh", "env", "git", "seq", "cat", "lscpu", "sysctl", "uname")
"""The only programs that are found on PATH: no sbatch, kubectl or gcloud, whatever is installed."""

KEPT = ("TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH")
KEPT_BEGINNINGS = ("PYTEST_", "COV_", "COVERAGE_")

QUICK_TO_COMPILE = (
    "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
    " --xla_cpu_parallel_codegen_split_count=1"
)
"""What tests compile is small and runs a few times: compiling takes their time. Runs mapped over
several devices equal each other to the bit under it; for runs alone see `EXACT` in `conftest`."""

COMPILED = Path(tempfile.gettempdir()) / f"compiled-of-tests-{os.getuid()}"
"""Where compiled programs are kept for the next time and for the other workers."""

FIXED = {
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": QUICK_TO_COMPILE,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def sealed(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment of tests: what is kept of the user's, and what is alike everywhere.

    Args:
      environ: the user's.
      folder: holds the only programs on PATH, and an empty home.
    """
    kept = {n: v for n, v in environ.items() if n in KEPT or n.startswith(KEPT_BEGINNINGS)}
    places = {"PATH": str(folder / "bin"), "HOME": str(folder / "home")}
    fonts = Path(tempfile.gettempdir()) / f"matplotlib-of-tests-{os.getuid()}"  # slow to find anew
    return kept | FIXED | places | {"MPLCONFIGDIR": str(fonts)}


def seal_off() -> None:
    """Gives this process, and all that it starts, the environment of tests."""
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    for name in ("bin", "home"):
        (folder / name).mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / "bin" / name).symlink_to(found)
    environ = sealed(os.environ, folder)
    os.environ.clear()
    os.environ.update(environ)
    os.umask(0o022)
