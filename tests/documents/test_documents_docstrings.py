"""What users call says what it takes and what it gives."""

import inspect
import re

import pytest

import ivaegan_jax
from ivaegan_jax import Estimator

OF_SCIKIT_LEARN = {"get_feature_names_out"}
"""Signatures that its conventions fix."""


def is_own(function):
    return inspect.isfunction(function) and function.__module__.startswith("ivaegan_jax")


def called():
    for name in ivaegan_jax.__all__:
        if inspect.isfunction(function := getattr(ivaegan_jax, name)):
            yield pytest.param(function, id=name)
    for name in dir(Estimator):
        function = inspect.unwrap(getattr(Estimator, name)) if name[0] != "_" else None
        if is_own(function) and name not in OF_SCIKIT_LEARN:
            yield pytest.param(function, id=f"Estimator.{name}")


@pytest.mark.parametrize("function", list(called()))
def test_a_public_function_names_arguments_and_result(function):
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    arguments = text.partition("Args:")[2].partition("\n\n")[0]
    named = re.findall(r"^ +(\w+):", arguments, re.MULTILINE)
    assert [name for name in signature.parameters if name not in {"self", *named}] == []
    if signature.return_annotation not in (None, "None"):
        assert "Returns:" in text


def test_a_function_without_arguments_in_its_docstring_is_found():
    def undocumented(path: str) -> str:
        """A line."""
        return path

    with pytest.raises(AssertionError):
        test_a_public_function_names_arguments_and_result(undocumented)
