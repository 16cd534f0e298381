"""Fills the tables of the documents from results/; nothing there is typed.

  python -m experiments.readme
  python -m experiments.readme --check

Between `<!-- table: results/b1/summary.md -->` and `<!-- end -->` stands the first table of that
file; with `#SECTION` after the name, the first one under that heading; with `results` alone, a
list of all results, with `results#MCC` the headline of the benchmarks. With --check nothing is
written, and exit status 1 says that a table differs.
"""

import re
from pathlib import Path

from absl import flags

from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import read_json, write_text
from ivaegan_jax.types import InputError

ROOT = Path(__file__).parent.parent
DOCUMENTS = tuple(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "results/README.md", *sorted(ROOT.glob("docs/*.md")))
    if "<!-- table: " in path.read_text()
)
BENCHMARKS = {
    "B1": ("b1", ""),
    "ten sources": ("ten_sources", ""),
    "B2": ("b2", ""),
    "B3, TCL": ("b3", "tcl_"),
    "B3, IMCA": ("b3", "imca_"),
    "B4": ("b4", ""),
}
ARMS = {
    "ivae_gan": "`ivae_gan`",
    "igan": "`igan` (no likelihood)",
    "ivae": "`ivae`",
    "supervised": "trained with the true sources",
    "random_rotation": "a solution that is merely rotated",
}
START, END = r"<!-- table: (\S+) -->\n", "<!-- end -->"


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_boolean("check", False, "Writes nothing; exit status 1 if a table differs.")


def main() -> int:
    """Fills all documents, or says which of them differ."""
    texts = {ROOT / name: (ROOT / name).read_text() for name in DOCUMENTS}
    changed = {path: new for path, text in texts.items() if (new := filled(text, ROOT)) != text}
    for path, text in changed.items():
        if not flags.FLAGS.check:
            write_text(path, text)
        verdict = "differs from results" if flags.FLAGS.check else "filled"
        print(f"{path.relative_to(ROOT)}: {verdict}")
    return int(bool(changed) and flags.FLAGS.check)


def filled(text: str, root: Path) -> str:
    """A document with every table between marks as it is in the results.

    Raises:
      InputError: where a mark names no table, or has no end.
    """
    if len(re.findall(START, text)) != text.count(END):
        raise InputError(f"every <!-- table: FILE --> needs an {END}, and no other")
    return re.sub(
        f"({START}).*?{END}",
        lambda mark: mark[1] + _table(mark[2], root) + "\n" + END,
        text,
        flags=re.DOTALL,
    )


def _table(source: str, root: Path) -> str:
    name, _, section = source.partition("#")
    path = root / name
    if path.is_dir():
        return _headline(path) if section else _index(path)
    if not path.is_file():
        raise InputError(f"{name}: no such file, named in a document")
    text = path.read_text()
    if section:
        text = text.partition(f"\n## {section}\n")[2]
    return _first_table(text, source)


def _first_table(text: str, source: str) -> str:
    found = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    if not found:
        raise InputError(f"{source}: no table there")
    return found[0].rstrip("\n")


def _headline(results: Path) -> str:
    """The MCC of a few arms on every benchmark, from the first tables of its results."""
    columns = {name: _scores(results, *place) for name, place in BENCHMARKS.items()}
    lines = [f"| held-out MCC | {' | '.join(columns)} |", "| :-- |" + " --: |" * len(columns)]
    for arm, words in ARMS.items():
        scores = [found.get(arm, "-") for found in columns.values()]
        lines.append(f"| {words} | {' | '.join(scores)} |")
    return "\n".join(lines)


def _scores(results: Path, folder: str, prefix: str) -> dict[str, str]:
    """MCC by arm of one benchmark, and that of a random rotation."""
    table = _first_table((results / folder / "summary.md").read_text(), folder)
    names, _, *rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()
    ]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    own = [row for row in found if row[names[0]].startswith(prefix)]
    scores = {row[names[0]].removeprefix(prefix): row["MCC [95 %]"] for row in own}
    return {"random_rotation": own[0].get("rotation", "")} | scores


def _index(results: Path) -> str:
    """One line per folder of results: what made it, where, and how long it took.

    A folder without a manifest holds runs of a benchmark, one file per machine.
    """
    lines = ["| folder | command | revision | device | minutes |", "|--|--|--|--|--:|"]
    folders = sorted(path for path in results.iterdir() if path.is_dir())
    for path in (p for each in folders for p in _manifests(each)):
        made = read_json(path)
        folder = path.parent if path.name == "manifest.json" else path
        commands = [
            each["command"] for each in (made, *made.get("parts", {}).values()) if "command" in each
        ]
        if not commands:
            raise InputError(f"{path.relative_to(results)} does not name the command")
        revision = made.get("code_revision", "several")[:10]
        device, minutes = made.get("device", "several"), made["wall_time_s"] / 60
        name = folder.relative_to(results.parent)
        lines.append(
            f"| `{name}` | `{'`, `'.join(commands)}` | {revision} | {device} | {minutes:.0f} |"
        )
    return "\n".join(lines)


def _manifests(folder: Path) -> list[Path]:
    manifest = folder / "manifest.json"
    runs = [] if manifest.exists() else sorted(folder.glob("*.json"))
    return runs or [manifest]


if __name__ == "__main__":
    _program.launch(main, define_flags)
