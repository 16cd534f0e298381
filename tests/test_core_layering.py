import ast
import functools
import pathlib
import subprocess
import sys

import pytest

import ivaegan_jax

ROOT = pathlib.Path(ivaegan_jax.__file__).parent

# A module or package imports from lower layers only.
LAYERS = {
    "types": 0,
    "hypers": 0,
    "version": 0,
    "config": 1,
    "numerics": 0,
    "escaping": 0,
    "manifest": 1,
    "files": 1,
    "workdir": 2,
    "integrity": 3,
    "bonds": 4,
    "limits": 0,
    "memory": 1,
    "distributions": 1,
    "linalg": 1,
    "processes": 1,
    "replicate": 1,
    "adversarial": 1,
    "schedules": 1,
    "layers": 0,
    "batched": 0,
    "convolutions": 1,
    "nets": 2,
    "metrics": 1,
    "statistics": 1,
    "selection": 2,
    "data": 2,
    "networks": 3,
    "terms": 4,
    "model": 5,
    "game": 6,
    "presets": 7,
    "state": 7,
    "labels": 8,
    "experiment": 9,
    "train": 8,
    "sources": 10,
    "jobs": 10,
    "checks": 11,
    "evaluate": 9,
    "checkpoint": 9,
    "scoring": 10,
    "loop": 10,
    "plan": 11,
    "parts": 12,
    "training": 13,
    "gates": 13,
    "verdict": 11,
    "results": 12,
    "study": 14,
    "fitted": 15,
    "doctor": 15,
    "estimator": 16,
    "report": 16,
    "__init__": 17,
}
PLACE = "; give it a layer in LAYERS: above all that it imports, below all that import it"


def unit_of(path):
    """The module or the package directly under ivaegan_jax that a file belongs to."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


@functools.cache
def imports_of(path):
    """All modules that a file imports, wherever in it."""
    return tuple(_imports_of(path))


def _imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} has a relative import"
            yield from ([f"{node.module}.{alias.name}" for alias in node.names])


FILES = sorted(ROOT.rglob("*.py"))
UNITS = sorted({unit_of(path) for path in FILES})


@pytest.mark.parametrize("unit", UNITS)
def test_every_module_has_a_layer(unit):
    assert unit in LAYERS, f"ivaegan_jax.{unit} has no layer" + PLACE


@pytest.mark.parametrize("unit", UNITS)
def test_imports_point_down(unit):
    for path in FILES:
        used = {name.split(".")[1] for name in imports_of(path) if name.startswith("ivaegan_jax.")}
        for other in (used & set(UNITS)) - {unit} if unit_of(path) == unit else ():
            assert LAYERS[other] < LAYERS[unit], (
                f"{path.relative_to(ROOT)} (layer {LAYERS[unit]}) imports ivaegan_jax.{other} "
                f"(layer {LAYERS[other]})"
            )


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("absl", set()),
        ("experiments", set()),
        ("ml_collections", set()),
        ("matplotlib", {"report"}),
    ],
)
def test_the_library_knows_no_flags_no_programs_and_plots_in_one_place(package, allowed):
    users = {unit_of(p) for p in FILES for name in imports_of(p) if name.split(".")[0] == package}
    assert users <= allowed, f"{package} is imported by {sorted(users - allowed)}"


IMPORT_ALL = """
import importlib, pkgutil
import jax
from jax._src import xla_bridge
before = dict(jax.config.values)
import ivaegan_jax
for module in pkgutil.walk_packages(ivaegan_jax.__path__, "ivaegan_jax."):
    importlib.import_module(module.name)
changed = {name for name, value in jax.config.values.items() if before.get(name, value) != value}
assert not xla_bridge.backends_are_initialized(), "an import initialised a device"
assert not changed, f"an import changed {changed}"
"""


def test_importing_touches_no_device_and_no_global_setting():
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_check_of_imports_notices_a_device():
    touched = IMPORT_ALL.replace("before =", "jax.devices(); before =")
    done = subprocess.run([sys.executable, "-c", touched], capture_output=True, text=True)
    assert "an import initialised a device" in done.stderr
