"""The manifest of a run: written when it begins, and again with its time when it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ivaegan_jax.files import read_json, write_json
from ivaegan_jax.studies.manifest import begun_elsewhere, check_numerics, describe_run
from ivaegan_jax.studies.running import Running
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import leads


@contextmanager
def recorded(
    study: Running, workdir: Workdir, command: str, flags: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yields the manifest of what is run within; its `stage_seconds` are added to those before.

    Args:
      study: what is run.
      workdir: where, opened for it.
      command: what was called.
      flags: how that was understood.

    Raises:
      InputError: where the study was begun under settings of JAX that give other numbers.
    """
    began, stored = time.time(), read_json(workdir.manifest)
    check_numerics(stored, workdir.path)
    earlier = stored.get("wall_time_s", 0.0)
    manifest = {
        "command": command,
        "begun": stored.get("begun", time.strftime("%Y-%m-%d %H:%M %z")),
        "notes": list(study.notes),
        "split": study.split_record(),
        **describe_run(study.settings(), flags, study.batch_devices),
    }
    if elsewhere := begun_elsewhere(stored, manifest):
        manifest["begun_elsewhere"] = elsewhere
    if leads():
        write_json(workdir.manifest, manifest | {"wall_time_s": earlier})
    yield manifest
    before, now = (each.get("stage_seconds", {}) for each in (stored, manifest))
    manifest["stage_seconds"] = {
        kind: round(before.get(kind, 0.0) + now.get(kind, 0.0), 1) for kind in before | now
    }
    if leads():
        write_json(workdir.manifest, manifest | {"wall_time_s": earlier + time.time() - began})
