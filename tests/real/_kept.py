"""What all programs here share: calling commands, and the file that keeps what was found."""

import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = REPOSITORY / "results" / "real"
BEGAN = time.monotonic()


def keep(
    name: str, purpose: str, versions: dict[str, str], body: str, stem: str = "", **more: Any
) -> None:
    """Writes and prints what a program found, and beside it what `experiments.readme` lists.

    Args:
      name: of the program.
      purpose: the heading.
      versions: of all that counts.
      body: markdown.
      stem: of the files in `results/real`; by default the program's name.
      more: what a later call of the program goes on from (`kept_before`).
    """
    stem = stem or name
    command = shlex.join(
        ["python", "-m", f"tests.real.{name}", *(w for w in sys.argv[1:] if w != "inside")]
    )
    versions = {"Python": platform.python_version(), **versions}
    told = ", ".join(f"{what} {version}" for what, version in versions.items())
    text = f"# {purpose}\n\n`{command}` at {revision()}; {told}.\n\n{body.rstrip()}\n"
    made = {
        "command": command,
        "code_revision": revision(),
        "device": f"{os.cpu_count()} x cpu",
        "wall_time_s": round(more.get("seconds", time.monotonic() - BEGAN), 1),
        "versions": versions,
        **more,
    }
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{stem}.md").write_text(text)
    (KEPT / f"{stem}.json").write_text(json.dumps(made, indent=2) + "\n")
    print(text)


def kept_before(stem: str, versions: dict[str, str]) -> dict[str, Any]:
    """What the same program kept of the same code and versions; empty where there is none."""
    path = KEPT / f"{stem}.json"
    made = json.loads(path.read_text()) if path.exists() else {}
    versions = {"Python": platform.python_version(), **versions}
    same = (made.get("code_revision"), made.get("versions")) == (revision(), versions)
    return made if same else {}


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def versions_of(*packages: str) -> dict[str, str]:
    """Versions of Python packages."""
    return {package: metadata.version(package) for package in packages}


def revision() -> str:
    """The commit of the code, marked where what can change a result was changed since."""
    git = ["git", "-C", str(REPOSITORY)]
    changed = output([*git, "status", "--porcelain", "--", "ivaegan_jax", "experiments"])
    return output([*git, "rev-parse", "--short=10", "HEAD"]).strip() + ("-dirty" if changed else "")


def program(module: str, *argv: str) -> list[str]:
    """The command line of one of the project's programs."""
    return [sys.executable, "-m", f"experiments.{module}", *argv]


def output(words: Sequence[str]) -> str:
    """What a command prints; an error if it fails."""
    ended = subprocess.run(words, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"{words} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout
