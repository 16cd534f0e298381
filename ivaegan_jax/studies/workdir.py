"""The work directory: what a study leaves behind, and how it is found again after a stop."""

import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any, TextIO

try:
    import fcntl
except ModuleNotFoundError as error:
    raise ImportError("Linux and macOS are supported; on Windows use WSL, a Linux") from error

from ivaegan_jax.files import cannot_write, is_torn, read_json, read_rows, write_json
from ivaegan_jax.models import LIKELIHOODS
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.former import TODAY, is_former, settings_of_today
from ivaegan_jax.training import PACE
from ivaegan_jax.types import InputError, Row


class Workdir:
    """One work directory: `config.json`, `metrics.jsonl`, `train.jsonl`, checkpoints, `DONE`."""

    def __init__(self, path: Path):
        """Names the directory; touches nothing."""
        self.path = path = path.expanduser()
        self._lock: TextIO | None = None
        self.config = path / "config.json"
        self.manifest = path / "manifest.json"
        self.metrics = path / "metrics.jsonl"
        self.train_log = path / "train.jsonl"
        self.parts = path / "parts.json"
        self.preprocessing = path / "preprocessing.npz"
        self.done = path / "DONE"

    def open(self, settings: dict[str, Any]) -> None:
        """Creates the directory for these settings, or finds it made with the same ones.

        Raises:
          InputError: where it belongs to other settings (the differences are listed), holds
            something else, is in use by another process, or cannot be written.
        """
        self.check(settings)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{self.path} is in use by another process; wait for it") from error
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.check(settings)  # another process may have made it in between, and ended
        if not self.config.exists():
            write_json(self.config, settings)

    def close(self) -> None:
        """Lets other processes have the directory."""
        if self._lock:
            self._lock.close()

    def check(self, settings: dict[str, Any]) -> None:
        """Raises InputError if the directory exists and was made for something else."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"{self.path} is a file; name a directory with --workdir")
        if not self.config.exists():
            if self.path.is_dir() and any(not p.name.startswith(".") for p in self.path.iterdir()):
                raise InputError(
                    f"{self.path} is not empty and not a work directory; name another --workdir"
                )
            return
        given = json.loads(json.dumps(settings))
        old, new = (as_of_today(each, given) for each in (self.settings(), given))
        if changes := differences(deciding(old), deciding(new)):
            raise InputError(
                f"{self.path} was made with other settings: {'; '.join(changes)}; "
                "use the same settings to go on, or another --workdir"
            )

    def settings(self) -> dict[str, Any]:
        """What `config.json` holds; raises InputError where there is none."""
        try:
            settings = read_json(self.config)
            if not settings:
                raise ValueError("nothing in it")
            return settings_of_today(settings)
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.path} is no work directory and no model: it has no readable config.json"
            ) from error

    def checkpoints(self, name: str) -> Path:
        """Where the checkpoints of one model, or of runs trained together, lie."""
        return self.path / "checkpoints" / file_name(name)

    def model(self, label: str) -> Path:
        """Where a trained model lies that can be opened without its study."""
        return self.path / "models" / file_name(label)

    def arrays(self, label: str) -> Path:
        """Held-out latents of one model's runs, for figures."""
        return self.path / "arrays" / f"{file_name(label)}.npz"

    def logged(self) -> list[Row]:
        """Rows of the training log, under today's names."""
        former = is_former(read_json(self.config).get("config", {}))
        of_today = {"preset": "label", **(TODAY if former else {})}
        return [{of_today.get(k, k): v for k, v in r.items()} for r in read_rows(self.train_log)]

    def is_done(self) -> bool:
        """Whether the study has ended, and no file of rows was torn since."""
        return self.done.exists() and not (is_torn(self.metrics) or is_torn(self.train_log))


def file_name(label: str) -> str:
    """A short name for files, legal everywhere; another label has another one.

    A label without settings is its own name. Brackets and commas mean something to shells and to
    whatever looks for files by pattern.
    """
    if re.fullmatch(r"[\w+.=-]{1,80}", label):
        return label
    readable = re.sub(r"[^\w+.=-]+", "-", label)[:60].strip("-")
    return f"{readable}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def as_of_today(settings: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Stored settings with what did not exist then.

    A setting has its default, and a size is the present one: it follows from the data, whose
    fingerprint is compared too. Rows were split at random, no step followed training, a run
    had one start, and x was real numbers without noise that were not whitened. What decides is
    what a choice by the data came to.
    """
    stored, default = settings.get("config", {}), dataclasses.asdict(Config())
    if not stored:
        return settings
    parts = {part: values | stored.get(part, {}) for part, values in default.items()}
    # what decides is which split it came to, not by which words
    parts["data"]["split"] = settings.get("split", "random")
    came_to = settings.get("observation", {"likelihood": "gaussian", "noise": ""})
    whiten = stored.get("data", {}).get("whiten", False)
    if whiten == "auto":
        whiten = came_to.get("whiten", "no")
        parts["data"]["codes"] = came_to.get("codes", parts["data"]["codes"])
    parts["data"]["whiten"] = {False: "no", True: "yes"}.get(whiten, whiten)
    if not parts["model"]["likelihood"]:
        parts["model"]["likelihood"] = came_to["likelihood"]
        parts["model"]["noise"] = parts["model"]["noise"] or came_to["noise"]
    model, steps = parts["model"], stored.get("train", {})
    model["activation"] = model["activation"] or came_to.get("activation", "")
    noise = model["noise"] or LIKELIHOODS[model["likelihood"]].noise
    parts["train"]["starts"] = steps.get("starts", 1) or came_to.get("starts", 1)
    parts["train"]["unmix"] = steps.get("unmix", False)
    parts["train"]["spread"] = steps.get("spread", noise == "none")  # which changes nothing
    sizes = given.get("sizes", {}) | settings.get("sizes", {})
    known = {k: value for k, value in settings.items() if k not in ("split", "observation")}
    return known | {"config": parts, "sizes": sizes}


def deciding(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without those that decide no result: when to report, where a plugin lies."""
    if pieces := settings.get("pieces"):
        named = {n: {k: v for k, v in each.items() if k != "file"} for n, each in pieces.items()}
        settings = settings | {"pieces": named}
    config = settings.get("config", {})
    train = {name: v for name, v in config.get("train", {}).items() if name not in PACE}
    return settings | {"config": config | {"train": train}} if config else settings


def differences(old: Any, new: Any, name: str = "") -> list[str]:
    """Where two nested settings differ, as `name: old -> new`."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(old.keys() | new.keys())
        prefix = f"{name}." if name else ""
        return [c for k in keys for c in differences(old.get(k), new.get(k), f"{prefix}{k}")]
    return [] if old == new else [f"{name}: {old} -> {new}"]
