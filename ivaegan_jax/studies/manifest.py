"""What made a result: code, versions, machine, data, seeds, and which reproducibility held."""

import importlib.metadata
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax

from ivaegan_jax import __version__
from ivaegan_jax.studies.pieces import fingerprints
from ivaegan_jax.training import changed_numerics, describe_numerics
from ivaegan_jax.types import InputError

PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "scipy", "scikit-learn", "orbax-checkpoint")

ROUNDING = ("code_revision", "packages", "backend", "device", "plugins")
"""Entries that a study may be continued under other values of, equal up to rounding."""


def describe_run(
    settings: dict[str, Any], flags: dict[str, Any], batch_devices: int = 1
) -> dict[str, Any]:
    """The manifest's entries that are known at the start; wall time is added at the end.

    Args:
      settings: as in `config.json`.
      flags: the command line as the program understood it.
      batch_devices: devices that each batch is split over.
    """
    return {
        **describe_machine(),
        **({"plugins": fingerprints(pieces)} if (pieces := settings.get("pieces")) else {}),
        "flags": flags,
        "data": settings["data"],
        "data_sha256": settings["data_sha256"],
        "seeds": settings["seeds"],
        "data_seeds": settings["data_seeds"],
        "reproducibility": guarantee(batch_devices),
    }


def describe_machine() -> dict[str, Any]:
    """Code, versions and devices of this process."""
    devices = jax.devices()
    return {
        "version": __version__,
        "code_revision": code_revision(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "device": f"{len(devices)} x {devices[0].device_kind}",
        "processes": jax.process_count(),
        "backend": jax.default_backend(),
        "numerics": describe_numerics(),
    }


def check_numerics(stored: Mapping[str, Any], folder: Path) -> None:
    """Raises InputError where a study was begun under settings of JAX that give other numbers.

    Args:
      stored: the manifest so far; one from before settings were recorded agrees with all.
      folder: the study's.
    """
    if changes := changed_numerics(stored.get("numerics", {}), describe_numerics()):
        raise InputError(
            f"{folder} was begun under other settings, which change numbers: {'; '.join(changes)}; "
            "set them as they were to go on, or name another --workdir"
        )


def begun_elsewhere(stored: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What was otherwise when a study was begun, and may round otherwise: code, versions, device.

    Args:
      stored: the manifest so far, with what it has noted already.
      now: the entries of this start.
    """
    known = [name for name in ROUNDING if name in stored]
    changed = {name: stored[name] for name in known if stored[name] != now.get(name)}
    return changed | stored.get("begun_elsewhere", {})


def merge(manifests: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Several manifests as one: what they share, the sum of times, and by name what differs."""
    first, *others = manifests.values()
    shared = {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    if not others:
        return shared
    total = sum(manifest.get("wall_time_s", 0.0) for manifest in manifests.values())
    rest = {
        name: {key: value for key, value in manifest.items() if key not in shared}
        for name, manifest in manifests.items()
    }
    return {**shared, "wall_time_s": total, "parts": rest}


def guarantee(batch_devices: int = 1) -> str:
    """What a repetition of the run may rely on here."""
    if batch_devices > 1:
        return f"to rounding: each batch is summed over {batch_devices} devices"
    if jax.default_backend() == "cpu":
        return "bit-equal on this processor and these versions, alone or among other runs, resumed"
    return "to rounding: accelerators may sum in another order from run to run"


def code_revision() -> str:
    """The git commit of the code, marked if code was changed since; "unknown" outside a checkout.

    Only what can change a result counts: a study that writes tables while it runs leaves the code
    of the next one as it was.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return "unknown"
    try:
        revision = _git(root, "rev-parse", "HEAD").stdout.strip()
        changed = _git(root, "status", "--porcelain", "--", "*.py").stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{revision}-dirty" if changed else revision


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)
