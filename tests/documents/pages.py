"""What stands in the documents: code blocks, links and headings."""

import json
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
NOTEBOOKS = sorted(ROOT.glob("docs/notebooks/*.ipynb"))
DOCUMENTS = [*PAGES, *sorted(ROOT.glob("[A-Z]*.md")), ROOT / "results/README.md"]

FENCE = re.compile(r"(?:<!-- (not run|file): (.*?) -->\n)?^```(\w+)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)\s*$", re.M)


class Block(NamedTuple):
    """A fenced block of code.

    Attributes:
      language: the word after the fence.
      code: its lines.
      not_run: why it is not run; empty for one that is.
      file: the file that it is the content of; empty for one that is run.
    """

    language: str
    code: str
    not_run: str = ""
    file: str = ""


def blocks(text: str) -> list[Block]:
    """All fenced blocks of a page, each with the mark `<!-- MARK: ... -->` above it."""
    return [
        Block(language, code, **{mark.replace(" ", "_"): said} if mark else {})
        for mark, said, language, code in FENCE.findall(text)
    ]


def cells(notebook: Path) -> list[Block]:
    """The code of a notebook, a block for each cell."""
    found = json.loads(notebook.read_text())["cells"]
    return [Block("python", "".join(c["source"])) for c in found if c["cell_type"] == "code"]


def without_code(text: str) -> str:
    """A page's text without fenced blocks and code in backticks."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def links(text: str) -> list[str]:
    """Targets of all links and pictures."""
    return LINK.findall(without_code(text))


def anchors(text: str) -> set[str]:
    """The names under which the headings of a page can be linked to, here and where it is kept."""
    plain = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {_slug(heading) for heading in HEADING.findall(plain)}


def _slug(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading.replace("`", "")).lower()
    return re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", letters).strip())
