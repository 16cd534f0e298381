"""Validates the manifests of `launch.kubernetes` against the published schemas, offline.

  python -m tests.real.kubernetes

Needs `pip install kubernetes-validate` beside the project; takes some seconds.
"""

import json
import sys
from itertools import product
from pathlib import Path

import kubernetes_validate

from tests.real._kept import keep, output, program, table, versions_of

FIRST = (1, 26)
CASES = {
    "one pod": ("--pods=1",),
    "two pods": ("--pods=2",),
    "twelve pods of four GPUs": ("--pods=12", "--gpus=4"),
}
COMMAND = ("python", "-m", "experiments.compare", "--data=b1", "--workdir=/results/big")


def manifest(*argv: str) -> list[dict]:
    """The objects that kubectl would read."""
    flags = ("--name=big", "--image=image", "--claim=claim", "--dry_run")
    text = output(program("launch.kubernetes", *flags, *argv, "--", *COMMAND))
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return json.loads("\n".join(lines))["items"]


def versions() -> list[str]:
    """Versions of Kubernetes that the package has schemas of, the first one requested and later."""
    folder = Path(str(kubernetes_validate.__file__)).parent / "kubernetes-json-schema"
    found = {tuple(map(int, path.name[1:].split(".")[:2])) for path in folder.iterdir()}
    return [f"{major}.{minor}" for major, minor in sorted(found) if (major, minor) >= FIRST]


def fault(item: dict, version: str, strict: bool) -> str:
    """What the schema of a version finds wrong; empty where it is valid."""
    try:
        kubernetes_validate.validate(item, version, strict)
    except kubernetes_validate.ValidationError as error:
        return f"{item['kind']}: {error.message} at {'/'.join(map(str, error.path))}"
    return ""


def main() -> int:
    """Validates every case against every version; returns 1 where one is not valid."""
    rows, faults = [], []
    for name, flags in CASES.items():
        items, row = manifest(*flags), [name]
        for version in versions():
            found = [fault(item, version, strict) for item, strict in product(items, (False, True))]
            wrong = sorted({line for line in found if line})
            faults += [f"- {name}, {version}: {line}" for line in wrong]
            row.append("no" if wrong else "valid")
        rows.append(row)
    purpose = "Manifests of `launch.kubernetes` against the published schemas"
    note = "Service and Job, as published and strict (no unknown property):"
    body = "\n".join([note, "", table(["manifest", *versions()], rows), *faults])
    keep("kubernetes", purpose, versions_of("kubernetes-validate"), body)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
