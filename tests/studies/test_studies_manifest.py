"""What a manifest says of the code that made a result."""

import subprocess

import jax
import pytest

from ivaegan_jax.studies import manifest
from ivaegan_jax.types import InputError


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git checkout with one commit of code, which the manifest takes for its own."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package/code.py").write_text("answer = 42\n")
    monkeypatch.setattr(manifest, "__file__", str(tmp_path / "package/studies/manifest.py"))
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
    monkeypatch.setattr(manifest, "__file__", str(tmp_path / "package/studies/manifest.py"))
    assert manifest.code_revision() == "unknown"


def test_what_changes_the_rounding_is_recorded(monkeypatch):
    before = manifest.describe_machine()["numerics"]
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_prefer_vector_width=512 --xla_dump_to=here")
    with jax.default_matmul_precision("float32"):
        found = manifest.describe_machine()["numerics"]
    assert (before["jax_default_matmul_precision"], before["jax_enable_x64"]) == (
        "default",
        "False",
    )
    assert found["jax_default_matmul_precision"] == "float32"
    assert found["XLA_FLAGS"] == "--xla_cpu_prefer_vector_width=512"


def test_a_study_goes_on_under_the_settings_that_it_was_begun_under(tmp_path, monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    begun = manifest.describe_machine()
    for agreeing in (begun, {}, {"numerics": {}}, {"numerics": {"a setting of later": "1"}}):
        manifest.check_numerics(agreeing, tmp_path)
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=here")
    manifest.check_numerics(begun, tmp_path)
    with jax.default_matmul_precision("bfloat16"), pytest.raises(InputError) as refused:
        manifest.check_numerics(begun, tmp_path)
    assert "jax_default_matmul_precision: default -> bfloat16" in str(refused.value)
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    with pytest.raises(InputError, match="XLA_FLAGS: unset -> --xla_cpu_enable_fast_math=true"):
        manifest.check_numerics(begun, tmp_path)


def test_what_was_otherwise_at_the_start_stays_recorded():
    now = manifest.describe_machine()
    assert manifest.begun_elsewhere({}, now) == manifest.begun_elsewhere(now, now) == {}
    stored = now | {"backend": "gpu"}
    first = manifest.begun_elsewhere(stored, now)
    assert first == {"backend": "gpu"}
    assert manifest.begun_elsewhere(now | {"begun_elsewhere": first}, now) == first
