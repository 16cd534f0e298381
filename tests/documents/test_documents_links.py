"""Links lead somewhere, pages are found, and the first page stays short."""

import re
import sys

import pytest
from pages import DOCUMENTS, NOTEBOOKS, PAGES, ROOT, anchors, links

sys.path.append(str(ROOT / "docs"))
from _hooks import public_names

import ivaegan_jax

NAV = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
QUESTIONS = (
    "counts", "What is u", "How many rows", "GPU", "not identified", "cite", "time series",
    "images", "How many latents", "deterministic",
)  # fmt: skip


def broken(page, text):
    """Links of a page that lead to no file, or to no heading of one."""
    found = []
    for target in links(text):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if name.startswith(("http:", "https:", "mailto:")):
            continue
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            found.append(target)
    return found


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    assert broken(page, page.read_text()) == []


def test_a_broken_link_is_found():
    text = "[a](docs/none.md) [b](README.md#nowhere) [c](README.md#two-commands) `[d](no)`"
    assert broken(ROOT / "README.md", text) == ["docs/none.md", "README.md#nowhere"]


@pytest.mark.parametrize("page", [*PAGES[1:], *NOTEBOOKS], ids=lambda page: page.name)
def test_every_page_is_in_the_contents_and_in_the_readme(page):
    name = page.relative_to(ROOT / "docs").as_posix()
    assert re.search(rf"^ +- .*: {name}$", NAV, re.MULTILINE)
    assert f"docs/{name}" in links((ROOT / "README.md").read_text())


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomers_question_has_its_heading(question):
    """One click from the first screen of the README."""
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:25])
    headings = re.findall(r"^### .*$", (ROOT / "docs/faq.md").read_text(), re.MULTILINE)
    [own] = [anchors(heading) for heading in headings if question in heading]
    assert {f"docs/faq.md#{name}" for name in own} <= set(links(first_screen))


def test_the_reference_has_an_entry_for_every_public_name():
    text = public_names(ROOT / "ivaegan_jax")
    assert set(re.findall(r"^::: ivaegan_jax\.(\w+)$", text, re.M)) == set(ivaegan_jax.__all__)
