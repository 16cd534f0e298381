"""mkdocs hook: what documents link to outside `docs/` is in the site, README its front page."""

import ast
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FRONT = "README.md"
OUTSIDE = ("*.md", "*.cff", "LICENSE", "results/**/*.md", "results/**/*.png", "tests/real/*.md")
"""What documents link to."""

NAMES = "<!-- public names -->"
"""Stands in `api.md` for an entry of every public name."""


def on_files(files: Any, config: Any) -> Any:
    """Adds the files outside `docs/`, README as the page that is opened first."""
    from mkdocs.structure.files import File

    for path in sorted(found for pattern in OUTSIDE for found in ROOT.glob(pattern)):
        name = path.relative_to(ROOT).as_posix()
        uri = "index.md" if name == FRONT else name
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Rewrites links for a site whose root is both the repository's and that of `docs/`."""
    if NAMES in markdown:
        markdown = markdown.replace(NAMES, public_names(ROOT / "ivaegan_jax"))
    if page.file.generated_by:
        return markdown.replace("](docs/", "](").replace(f"]({FRONT}", "](index.md")
    return markdown.replace(f"](../{FRONT}", "](index.md").replace("](../", "](")


def public_names(package: Path) -> str:
    """An entry for mkdocstrings of every public name, under its room and what that is for."""
    rooms: dict[str, list[str]] = {}
    for room, name in re.findall(
        r"^from \.(\w+) import (\w+) as", (package / "__init__.pyi").read_text(), re.MULTILINE
    ):
        rooms.setdefault(room, []).append(name)
    return "\n\n".join(_room(package, *each) for each in rooms.items())


def _room(package: Path, room: str, names: list[str]) -> str:
    file = package / room / "__init__.py"
    text = ast.get_docstring(
        ast.parse((file if file.exists() else package / f"{room}.py").read_text())
    )
    entries = [f"::: {package.name}.{name}" for name in names]
    return "\n\n".join([f"## {room}", (text or "").partition("\n")[0], *entries])
