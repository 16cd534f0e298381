"""What a fit leaves: the files of its run directory, less the checkpoints, in memory or in a zip.

estimator.json          class, parameters, and what is known of the table
run/config.json         and what else a run directory has, see `studies.Workdir`
run/models/ivae_gan/    the model, see `studies.open_model`
run/sessions/1/         of several sessions the run directory of each, in place of the model
"""

import contextlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax import __version__
from ivaegan_jax.files import making_sense_of, write_bytes
from ivaegan_jax.studies import Workdir
from ivaegan_jax.types import InputError

SCHEMA = 1
"""Version of the file's form."""

ABOUT, RUN, SESSIONS = "estimator.json", "run/", "sessions"


class Record(NamedTuple):
    """A finished fit.

    Attributes:
      about: the entries of `estimator.json`.
      files: of the run directory, by their names in it.
    """

    about: Mapping[str, Any]
    files: Mapping[str, bytes]

    @contextmanager
    def unpacked(self) -> Iterator[Workdir]:
        """The run directory, for a while."""
        with tempfile.TemporaryDirectory(prefix="ivaegan_jax_") as folder:
            root = Path(folder) / "fit"
            for name, content in self.files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
            yield Workdir(root)

    def write(self, path: Path, overwrite: bool) -> None:
        """Writes a file whole or not at all; equal fits give equal files.

        Args:
          path: of the file.
          overwrite: whether a file is replaced that holds no fit.

        Raises:
          InputError: where there is one and it is not to be replaced, or it cannot be written.
        """
        made_by = {"schema": SCHEMA, "version": __version__}
        about = json.dumps({**made_by, **self.about}, indent=2).encode()
        found = {ABOUT: about} | {f"{RUN}{name}": each for name, each in self.files.items()}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in found.items():
                file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if not overwrite and path.is_file() and not is_saved(path):
            raise InputError(f"{path} exists and holds no saved estimator; name another file, or "
                             "give overwrite=True")  # fmt: skip
        write_bytes(path, buffer.getvalue())


def is_saved(path: Path) -> bool:
    """Whether a file holds a fit, of whatever version."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as file:
        return ABOUT in file.namelist()


def as_json(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that JSON has words for; others are left at their defaults."""
    found = {}
    for name, value in parameters.items():
        value = str(value) if isinstance(value, Path) else value
        with contextlib.suppress(TypeError):
            found[name] = json.loads(json.dumps(value))
    return found


def collect(workdir: Workdir, label: str, about: Mapping[str, Any]) -> Record:
    """Reads what is kept of a finished run directory: all of one model, results of the others.

    Args:
      workdir: of the study.
      label: of the model that is kept.
      about: the entries of `estimator.json`.
    """
    own = [workdir.config, workdir.manifest, workdir.metrics, workdir.train_log]
    own += [*sorted((workdir.path / "arrays").glob("[!.]*"))]
    own += [*sorted(workdir.model(label).glob("[!.]*"))]
    files = {str(path.relative_to(workdir.path)): path.read_bytes() for path in own}
    return Record(about, files)


def collect_sessions(workdir: Workdir, label: str, about: Mapping[str, Any], count: int) -> Record:
    """Reads what is kept of a finished fit to several sessions: what is of all, and each by itself.

    Args:
      workdir: of all sessions.
      label: of the model that is kept.
      about: the entries of `estimator.json`.
      count: how many sessions there are.
    """
    files = dict(collect(workdir, label, about).files)
    for i in range(1, count + 1):
        own = collect(Workdir(workdir.path / SESSIONS / str(i)), label, about)
        files |= {f"{SESSIONS}/{i}/{name}": each for name, each in own.files.items()}
    return Record({**about, "sessions": count}, files)


def records_of_sessions(record: Record) -> list[Record]:
    """The fit of each session by itself; none where there was one table."""
    about = {name: each for name, each in record.about.items() if name != "sessions"}
    found = []
    for i in range(1, record.about.get("sessions", 0) + 1):
        prefix = f"{SESSIONS}/{i}/"
        own = {n.removeprefix(prefix): f for n, f in record.files.items() if n.startswith(prefix)}
        notes = [note for note in about["notes"] if note.startswith(f"Session {i}: ")]
        found.append(Record({**about, "notes": notes}, own))
    return found


def read_record(path: Path) -> Record:
    """What `Record.write` wrote.

    Raises:
      InputError: where there is no such file, or it is damaged or of a later version.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give a file that save(path) wrote")
    if not path.is_file():
        raise InputError(f"{path}: no such file; give one that save(path) wrote")
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path} is no saved estimator; give a file that save(path) wrote")
    with making_sense_of(path), zipfile.ZipFile(path) as file:
        about = json.loads(file.read(ABOUT))
        if about["schema"] > SCHEMA:
            raise InputError(
                f"{path} was saved by version {about['version']}, which this one ({__version__}) "
                "cannot read; install that version or a later one"
            )
        names = [name for name in file.namelist() if name.startswith(RUN) and ".." not in name]
        return Record(about, {name.removeprefix(RUN): file.read(name) for name in names})
