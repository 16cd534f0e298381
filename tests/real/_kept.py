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

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = REPOSITORY / "results" / "real"
BEGAN = time.monotonic()


def keep(name: str, purpose: str, versions: dict[str, str], body: str) -> None:
    """Writes and prints `results/real/NAME.md`, and beside it what `experiments.readme` lists."""
    command = shlex.join(["python", "-m", f"tests.real.{name}", *sys.argv[1:]])
    versions = {"Python": platform.python_version(), **versions}
    told = ", ".join(f"{what} {version}" for what, version in versions.items())
    text = f"# {purpose}\n\n`{command}` at {revision()}; {told}.\n\n{body.rstrip()}\n"
    made = {
        "command": command,
        "code_revision": revision(),
        "device": f"{os.cpu_count()} x cpu",
        "wall_time_s": round(time.monotonic() - BEGAN, 1),
        "versions": versions,
    }
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.md").write_text(text)
    (KEPT / f"{name}.json").write_text(json.dumps(made, indent=2) + "\n")
    print(text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def versions_of(*packages: str) -> dict[str, str]:
    """Versions of Python packages."""
    return {package: metadata.version(package) for package in packages}


def revision() -> str:
    """The code's revision."""
    words = ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=10"]
    return subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True).stdout.strip()


def program(module: str, *argv: str) -> list[str]:
    """The command line of one of the project's programs."""
    return [sys.executable, "-m", f"experiments.{module}", *argv]


def output(words: Sequence[str], **kwargs: object) -> str:
    """What a command prints; an error if it fails."""
    ended = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, **kwargs)
    if ended.returncode:
        raise RuntimeError(f"{words} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout
