"""mkdocs hook: what documents link to outside `docs/` is in the site, README its front page."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FRONT = "README.md"
OUTSIDE = ("*.md", "*.cff", "LICENSE", "results/**/*.md", "results/**/*.png", "tests/real/*.md")
"""What documents link to."""


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
    if page.file.generated_by:
        return markdown.replace("](docs/", "](").replace(f"]({FRONT}", "](index.md")
    return markdown.replace(f"](../{FRONT}", "](index.md").replace("](../", "](")
