"""Tables of pieces by name, to which a user adds from outside the package."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from ivaegan_jax.types.common import InputError

T = TypeVar("T")

AS_FILE = "ivaegan_jax_plugin_"
"""How modules begin whose files are no part of a package."""


class Origin(NamedTuple):
    """Who registered a piece.

    Attributes:
      module: its dotted name; the file's name where the module is no part of a package.
      file: where that file lies; empty for a module that can be imported by its name.
    """

    module: str
    file: str = ""

    def __str__(self) -> str:
        """The module, and its file where there is one."""
        return f"{self.module} ({self.file})" if self.file else self.module


class Registry(Mapping[str, T], Generic[T]):
    """Pieces of one kind by name: those of the package, then those that were registered.

    Attributes:
      kind: in words, as messages and records have it.
      origins: of every piece that is not the package's own.
      changes: how often a piece was registered.
    """

    def __init__(self, kind: str, make: Callable[..., T], own: Mapping[str, T]):
        """Makes the table and lists it in `REGISTRIES`.

        Args:
          kind: in words.
          make: `(what was registered, **options) -> piece`; raises ValueError for what is none.
          own: the package's pieces.
        """
        self.kind, self._make, self._pieces = kind, make, dict(own)
        self.origins: dict[str, Origin] = {}
        self.changes = 0
        REGISTRIES[kind] = self

    def __getitem__(self, name: str) -> T:
        """The piece of that name."""
        return self._pieces[name]

    def __iter__(self) -> Iterator[str]:
        """All names, the package's own first."""
        return iter(self._pieces)

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self._pieces)

    def register(self, name: str, piece: Any = None, /, **options: Any) -> Any:
        """Adds a piece from outside the package.

        Args:
          name: as settings and flags will have it: letters, digits and underscores.
          piece: what is added; without it, a decorator of a function or class is returned.
          **options: what else there is to say of it; see the kind.

        Returns:
          The piece, or the decorator.

        Raises:
          InputError: for a name that there is, or something that is no such piece.
        """
        origin = _origin(sys._getframe(1).f_globals)

        def add(piece: Any) -> Any:
            self._add(name, piece, options, origin)
            return piece

        return add if piece is None else add(piece)

    def _add(self, name: str, piece: Any, options: Mapping[str, Any], origin: Origin) -> None:
        title = f"{self.kind} {name!r} of {origin}"
        if not re.fullmatch(r"[A-Za-z]\w{0,39}", name, re.ASCII):
            raise InputError(f"{title}: a name has up to 40 letters, digits and underscores")
        if name in self._pieces and self.origins.get(name) != origin:
            other = self.origins.get(name, "ivaegan_jax")
            raise InputError(f"{title}: {other} has one of that name; choose another name")
        try:
            self._pieces[name] = self._make(piece, **options)
        except (TypeError, ValueError) as error:
            raise InputError(f"{title}: {error}") from error
        self.origins[name] = origin
        self.changes += 1


REGISTRIES: dict[str, Registry[Any]] = {}
"""All tables, by their kind."""


def registrations() -> int:
    """How many pieces were registered so far, a piece that replaces another among them.

    What was built with other pieces is out of date (see `studies.programs`).
    """
    return sum(registry.changes for registry in REGISTRIES.values())


def fields_of(form: Any, piece: Any, **instead: Any) -> Any:
    """The named tuple `form` from the attributes of a class or object.

    Args:
      form: a class of named tuples.
      piece: one of them, which is returned, or whatever has attributes of those names.
      **instead: what stands for attributes that it lacks.

    Raises:
      ValueError: naming attributes that are lacking.
    """
    if isinstance(piece, form):
        return piece
    instead = form._field_defaults | instead
    found = {name: getattr(piece, name) for name in form._fields if hasattr(piece, name)}
    if lacking := [name for name in form._fields if name not in instead | found]:
        raise ValueError(f"it has no {' and no '.join(lacking)}, which {form.__name__} describes")
    return form(**instead | found)


def a_function(piece: Any) -> Any:
    """The piece itself; raises ValueError for what cannot be called."""
    if not callable(piece):
        raise ValueError("it is no function")
    return piece


def _origin(names: Mapping[str, Any]) -> Origin:
    """Who registers, by the global names of the code that does."""
    module, file = names["__name__"], names.get("__file__", "")
    found = sys.modules.get(module)
    importable = module != "__main__" and not module.startswith(AS_FILE)
    if importable and found is not None and vars(found) is names:
        return Origin(module)
    if module == "__main__":
        return Origin(module, str(Path(file).resolve()) if file else "")
    return Origin(Path(file).name or module, str(Path(file).resolve()) if file else "")
