"""Importing who brings pieces: modules of installed packages, modules by name, files."""

import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivaegan_jax.types import AS_FILE, InputError

GROUP = "ivaegan_jax"
"""Entry points of this group name the modules of installed packages that bring pieces."""


@functools.cache
def load_installed() -> None:
    """Imports the modules that installed packages name.

    Raises:
      InputError: where one of them cannot be imported.
    """
    for point in importlib.metadata.entry_points(group=GROUP):
        with _one_line(f"the installed plugin {point.name!r}", "mend or uninstall its package"):
            importlib.import_module(point.module)


def load(given: str) -> None:
    """Imports a module by its name, or a `.py` file by its path, once.

    Raises:
      InputError: where there is none, or it fails.
    """
    with _one_line(f"--plugins={given}", "mend it, or name another one"):
        if not given.endswith(".py"):
            importlib.import_module(given)
        elif not (path := Path(given).expanduser()).is_file():
            raise InputError("there is no such file")
        else:
            _load_file(path.resolve())


def _load_file(path: Path) -> None:
    name = f"{AS_FILE}{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:  # nothing is left in the user's folder
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.dont_write_bytecode = writes


@contextmanager
def _one_line(what: str, how: str) -> Iterator[None]:
    """Turns whatever fails within code of others into one line."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    except (Exception, SystemExit) as error:
        raise InputError(f"{what} fails: {in_short(error)}; {how}") from error


def in_short(error: BaseException) -> str:
    """What failed, and in which line of which file."""
    frames = traceback.extract_tb(error.__traceback__)
    libraries = ("ivaegan_jax/", "site-packages", "<")
    own = [f for f in frames if not any(each in f.filename for each in libraries)]
    message = f"{type(error).__name__}: {error}".partition("\n")[0]
    at = own[-1] if own else None
    return f"{message} ({Path(at.filename).name}, line {at.lineno})" if at else message
