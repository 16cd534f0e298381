"""Every example of a docstring runs as it is written."""

import ast
import doctest
import importlib
from typing import NamedTuple

import pytest
from pages import ROOT

from ivaegan_jax.data import DataConfig
from ivaegan_jax.models import ModelConfig
from ivaegan_jax.studies import Config, Experiment, Study, Workdir
from ivaegan_jax.training import TrainConfig

MOST = 8
"""Lines of an example, so that it shows one thing."""


class Documented(NamedTuple):
    """A function, method or class whose docstring has an example."""

    module: str
    name: str
    text: str


def documented():
    for path in sorted((ROOT / "ivaegan_jax").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        nodes = [(node, "") for node in ast.parse(path.read_text()).body]
        for node, prefix in nodes:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            nodes.extend((each, f"{node.name}.") for each in getattr(node, "body", []))
            if ">>>" in (text := ast.get_docstring(node) or ""):
                yield Documented(module, prefix + node.name, text)


FOUND = list(documented())


class Silent:
    """A reporter that says nothing."""

    def stage(self, kind, what=""):
        pass

    def start(self, label, step):
        pass

    def chunk(self, label, chunk):
        pass

    def finish(self, label, rows):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where examples run: `runs/mine` is a finished study."""
    path = tmp_path_factory.mktemp("examples")
    config = Config(
        data=DataConfig(segments=4, per_segment=60),
        model=ModelConfig(width=8, depth=2),
        train=TrainConfig(batch=16, chunk=10, unmix=False),
    )
    study = Study(Experiment("b1", ("ivae",), (1, 2), (6,), 10, config))
    workdir = Workdir(path / "runs" / "mine")
    workdir.open(study.settings())
    study.run(workdir, Silent())
    workdir.close()
    return path


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_an_example_runs(found, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    names = dict(vars(importlib.import_module(found.module)))
    example = doctest.DocTestParser().get_doctest(found.text, names, found.name, found.module, 0)
    failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed
    assert not failed, capsys.readouterr().out


def test_what_users_call_has_an_example():
    assert len(FOUND) >= 30
    assert all(found.text.count(">>>") <= MOST for found in FOUND)
