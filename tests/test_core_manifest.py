"""What a manifest says of the code that made a result."""

import subprocess

import jax
import pytest

from ivaegan_jax import manifest


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git checkout with one commit of code, which the manifest takes for its own."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package/code.py").write_text("answer = 42\n")
    monkeypatch.setattr(manifest, "__file__", str(tmp_path / "package/manifest.py"))
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_a_result_that_was_written_leaves_the_revision_clean(checkout):
    clean = manifest.code_revision()
    (checkout / "summary.md").write_text("a table\n")
    assert manifest.code_revision() == clean
    assert len(clean) == 40


@pytest.mark.parametrize("name", ["package/code.py", "package/new.py"])
def test_changed_or_new_code_marks_the_revision(checkout, name):
    clean = manifest.code_revision()
    (checkout / name).write_text("answer = 43\n")
    assert manifest.code_revision() == f"{clean}-dirty"


def test_outside_a_checkout_the_revision_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "__file__", str(tmp_path / "package/manifest.py"))
    assert manifest.code_revision() == "unknown"


def test_what_changes_the_rounding_is_recorded(monkeypatch):
    assert manifest.describe_machine()["matmul_precision"] == "default"
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_prefer_vector_width=512")
    with jax.default_matmul_precision("float32"):
        found = manifest.describe_machine()
    assert found["matmul_precision"] == "float32"
    assert found["xla_flags"] == "--xla_cpu_prefer_vector_width=512"
