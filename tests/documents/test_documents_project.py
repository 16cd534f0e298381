"""Files of the project beside the package agree with it and with each other."""

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from pages import ROOT

import ivaegan_jax

TABLE = (ROOT / "CONTRIBUTING.md").read_text().partition("## I want to add")[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOW = (ROOT / ".github/workflows/tests.yml").read_text()


def test_the_citation_is_of_this_version():
    cited = re.findall(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert cited == [ivaegan_jax.__version__]
    dates = re.findall(r'^date-released: "(.*)"$', (ROOT / "CITATION.cff").read_text(), re.M)
    assert f"## {ivaegan_jax.__version__} - {dates[0]}\n" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+(?:\.\w+|/))`", TABLE))))
def test_a_place_that_contributing_names_is_there(name):
    assert any((place / name).exists() for place in (ROOT, ROOT / "ivaegan_jax"))


def test_the_workflow_tries_every_python_that_is_named():
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    [matrix] = re.findall(r"python: \[(.*)\]", WORKFLOW)
    assert re.findall(r"3\.\d+", matrix) == named


def test_the_oldest_dependencies_are_those_that_are_allowed():
    lines = subprocess.run([ROOT / ".ci/oldest"], capture_output=True, text=True, check=True)
    oldest = [Requirement(line) for line in lines.stdout.splitlines()]
    allowed = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().splitlines()]
    assert [each.name for each in oldest] == [each.name for each in allowed]
    for exact, each in zip(oldest, allowed, strict=True):
        [version] = exact.specifier
        assert version.operator == "=="
        assert each.specifier.contains(version.version)
        assert f">={version.version}" in str(each.specifier)
