"""Every block of code in the documents runs, or says why it is not run."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys

import hermetic
import pytest
from pages import NOTEBOOKS, PAGES, ROOT, blocks, cells

RUN = ("bash", "python")
SHOWN = ("text", "toml", "console")
BY_PAGE = {page.name: blocks(page.read_text()) for page in PAGES}
BY_PAGE |= {notebook.name: cells(notebook) for notebook in NOTEBOOKS}
FIRST = "table.md"
"""The page whose files the others start from."""

SHORT = """#!{bash}
# fewer steps and smaller nets than the documents say; all else as they say it
export PYTHONPATH={root} XLA_FLAGS="{flags}"
short="--steps=20 --config.model.width=8 --config.model.depth=2 --config.model.critic_width=8"
short="$short --config.model.critic_depth=2 --config.train.batch=16 --compilation_cache={cache}"
case "{word} $*" in
  sweep*--draws=*) exec {python} {module} "$@" $short --draws=2 ;;
  train* | compare* | latents* | sweep*) exec {python} {module} "$@" $short ;;
  *) exec {python} {module} "$@" ;;
esac
"""


def test_a_block_and_its_mark_are_read():
    text = "<!-- not run: long -->\n```bash\nsleep 9\n```\n\n```python\n1\n```\n"
    first, second = blocks(text)
    assert (first.language, first.code, first.not_run) == ("bash", "sleep 9\n", "long")
    assert (second.language, second.code, second.not_run) == ("python", "1\n", "")


@pytest.mark.parametrize("page", BY_PAGE)
def test_blocks_are_of_a_known_kind(page):
    """One that is neither run nor shown would be checked by nothing."""
    assert {block.language for block in BY_PAGE[page]} <= {*RUN, *SHOWN}


@pytest.mark.parametrize("page", BY_PAGE)
def test_python_of_the_documents_imports_what_is_there(page):
    for block in BY_PAGE[page]:
        for node in ast.walk(ast.parse(block.code if block.language == "python" else "")):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "ivaegan_jax":
                module = importlib.import_module(node.module)
                missing = [name.name for name in node.names if not hasattr(module, name.name)]
                assert missing == []


def run_page(page, folder):
    """Runs the blocks of a page in order, Python's in one namespace; raises if one fails."""
    steps = []
    for block in BY_PAGE[page]:
        if block.file:
            (folder / block.file).write_text(block.code)
        elif block.language in RUN and not block.not_run:
            steps.append([block.language, block.code])
    driver = (
        "import subprocess\nnamespace = {}\n"
        f"for language, code in {steps!r}:\n"
        "    if language == 'python':\n"
        "        exec(compile(code, 'block', 'exec'), namespace)\n"
        "    else:\n"
        f"        subprocess.run([{shutil.which('bash')!r}, '-euc', code], check=True)\n"
    )
    path = f"{folder / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    # what trains for minutes is compiled as users have it
    env = {name: each for name, each in os.environ.items() if name != "XLA_FLAGS"}
    env |= {"PATH": path, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    ended = subprocess.run(
        [sys.executable, "-c", driver], cwd=folder, env=env, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for block in BY_PAGE[page]:
        assert block.language != "text" or without_numbers(block.code) in without_numbers(
            ended.stdout
        )


def without_numbers(text):
    """A text whose numbers may differ from machine to machine."""
    return re.sub(r"\d*\.?\d+", "#", text)


def test_what_is_shown_may_differ_in_its_numbers_alone():
    assert without_numbers("MCC .94, 3 of 5") == without_numbers("MCC 0.9, 2 of 12")
    assert without_numbers("MCC .94") != without_numbers("R2 .94")


def stand_ins(folder):
    """`.venv/bin/python` and `ivaegan` of a user's folder."""
    bin = folder / ".venv/bin"
    bin.mkdir(parents=True)
    shared = {"bash": shutil.which("bash"), "root": ROOT, "python": sys.executable}
    shared |= {"flags": hermetic.QUICK_TO_COMPILE, "cache": hermetic.COMPILED}
    texts = {
        "python": SHORT.format(**shared, word="${2##*.}", module=""),
        "ivaegan": SHORT.format(**shared, word="$1", module="-m ivaegan_jax.cli"),
    }
    for name, text in texts.items():
        (bin / name).write_text(text)
        (bin / name).chmod(0o755)
    (folder / "experiments").symlink_to(ROOT / "experiments")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    stand_ins(folder)
    run_page(FIRST, folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", BY_PAGE)
def test_blocks_run(page, first, tmp_path):
    if any(block.language in RUN and not block.not_run for block in BY_PAGE[page]):
        folder = tmp_path / "own"
        shutil.copytree(first, folder, symlinks=True)
        if page != FIRST:
            run_page(page, folder)
