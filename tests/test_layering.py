import ast
import pathlib
import subprocess
import sys

import pytest

import ivaegan_jax

ROOT = pathlib.Path(ivaegan_jax.__file__).parent

# A room imports from lower ones only, and only what their faces show.
FLOORS = {
    "types": 0,
    "files": 1,
    "metrics": 1,
    "data": 2,
    "models": 2,
    "training": 3,
    "evaluation": 4,
    "studies": 5,
    "doctor": 6,
    "report": 7,
    "estimator": 8,
    "cli": 8,
}


def room_of(path):
    """The module or the package directly under ivaegan_jax that a file belongs to."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports_of(path):
    """All modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} has a relative import"
            yield from ([f"{node.module}.{alias.name}" for alias in node.names])


FILES = sorted(ROOT.rglob("*.py"))
ROOMS = sorted({room_of(path) for path in FILES} - {"__init__"})


def taken_from_rooms(path):
    """The room and the whole name of all that a file imports from this package."""
    for name in imports_of(path):
        words = name.split(".")
        if words[0] == "ivaegan_jax" and words[1:2] != ["__version__"]:
            yield words[1], name


def test_every_room_has_a_floor_and_there_are_a_dozen_at_most():
    assert set(ROOMS) == set(FLOORS)
    assert len(FLOORS) <= 12


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down_and_go_through_faces(room):
    for path in (each for each in FILES if room_of(each) == room):
        for other, name in taken_from_rooms(path):
            if other != room:
                assert FLOORS[other] < FLOORS[room], f"{path.relative_to(ROOT)} imports {name}"
                assert name.count(".") <= 2, f"{path.relative_to(ROOT)} goes past a face: {name}"


@pytest.mark.parametrize("room", [name for name in ROOMS if (ROOT / name).is_dir()])
def test_a_face_says_what_belongs_in_its_room(room):
    said = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    said = " ".join(said.split())
    assert "Belongs here: " in said
    assert "Does not: " in said


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("absl", {"cli"}),
        ("experiments", set()),
        ("ml_collections", {"cli"}),
        ("matplotlib", {"report"}),
    ],
)
def test_the_library_knows_no_flags_no_programs_and_plots_in_one_place(package, allowed):
    users = {room_of(p) for p in FILES for name in imports_of(p) if name.split(".")[0] == package}
    assert users <= allowed, f"{package} is imported by {sorted(users - allowed)}"


IMPORT_ALL = """
import importlib, pkgutil
import jax
from jax._src import xla_bridge
before = dict(jax.config.values)
import ivaegan_jax
for module in pkgutil.walk_packages(ivaegan_jax.__path__, "ivaegan_jax."):
    if not module.name.endswith("__main__"):
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
    touched = touched.replace('pkgutil.walk_packages(ivaegan_jax.__path__, "ivaegan_jax.")', "()")
    done = subprocess.run([sys.executable, "-c", touched], capture_output=True, text=True)
    assert "an import initialised a device" in done.stderr


HEAVY = {"jax", "flax", "optax", "orbax", "sklearn", "scipy", "matplotlib", "numpy"}


def test_importing_the_package_alone_loads_no_library():
    loaded = "import sys, ivaegan_jax; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert not HEAVY & set(done.stdout.split()), done.stdout


@pytest.mark.parametrize("name", ivaegan_jax.__all__)
def test_every_public_name_is_there(name):
    assert getattr(ivaegan_jax, name) is not None
