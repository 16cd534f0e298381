"""Commands in the documentation are commands that the programs understand."""

import re
import shlex

import pytest
from programs_forked import REPOSITORY, parse

COMMAND = re.compile(r"(?:(?<!`)python -m experiments\.|^ *ivaegan )([\w.]*\w)(.*)", re.MULTILINE)


def commands(text):
    """(program, arguments) of every command in a text, its continued lines joined."""
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    found = []
    for name, rest in COMMAND.findall(joined):
        own, _, handed_on = rest.partition(" -- ")  # launch scripts hand a command on
        found += [(name, shlex.split(own, comments=True)), *commands(handed_on)]
    return found


def check(fork, found):
    """Parses all of them, one process each."""
    running = [(command, fork(parse, *command)) for command in found]
    failed = [(command, started.wait().err) for command, started in running]
    assert [(command, err) for command, err in failed if err] == []


def test_every_command_of_the_documents_parses(fork):
    pages = [REPOSITORY / "README.md", *REPOSITORY.glob("docs/*.md")]
    texts = [re.findall(r"```bash\n(.*?)```", page.read_text(), re.DOTALL) for page in pages]
    found = [command for blocks in texts for block in blocks for command in commands(block)]
    assert {"train", "compare", "encode"} <= {name for name, _ in found}
    check(fork, found)


def test_every_command_of_a_docstring_parses(fork):
    sources = [*REPOSITORY.glob("experiments/**/*.py"), *REPOSITORY.glob("ivaegan_jax/cli/*.py")]
    found = [command for path in sources for command in commands(path.read_text())]
    assert {"train", "compare", "encode", "report"} <= {name for name, _ in found}
    check(fork, found)


@pytest.mark.parametrize("line", ["train --stepz=5", "nothing", "train --preset=ivae_gna"])
def test_a_rotten_command_is_found(fork, line):
    with pytest.raises(AssertionError):
        check(fork, commands(f"python -m experiments.{line}"))
