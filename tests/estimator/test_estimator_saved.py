"""One file holds a fit: read by a process that has no data, refused where it is damaged."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from ivaegan_jax import IVAE, IVAEGAN, InputError, load
from ivaegan_jax.studies import encode, open_model
from ivaegan_jax.types import Auxiliary, Dataset

FRESH = """
import sys, numpy as np, pandas as pd
from ivaegan_jax import load
model = load(sys.argv[1])
np.save(sys.argv[3], model.transform(pd.read_csv(sys.argv[2])))
print(model.verdict_.verdict)
"""


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    return fitted.save(tmp_path_factory.mktemp("saved") / "model.zip")


def test_a_fresh_process_gives_the_same_latents(fitted, saved, frame, tmp_path):
    frame.to_csv(tmp_path / "new.csv", index=False)
    given = [str(saved), str(tmp_path / "new.csv"), str(tmp_path / "z.npy")]
    done = subprocess.run([sys.executable, "-c", FRESH, *given], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, fitted.verdict_.verdict), done.stderr
    z = np.load(tmp_path / "z.npy")
    np.testing.assert_allclose(z, fitted.transform(frame), rtol=1e-5, atol=1e-6)


def test_all_that_was_found_comes_back(fitted, saved):
    found = load(saved)
    assert type(found) is IVAEGAN
    assert found.get_params() == fitted.get_params()
    assert str(found.verdict_) == str(fitted.verdict_)
    assert found.notes_ == fitted.notes_
    assert found.feature_names_in_.tolist() == fitted.feature_names_in_.tolist()
    assert found.results_.equals(fitted.results_)
    assert found.history_.equals(fitted.history_)
    assert found.chosen_seed_ == fitted.chosen_seed_


def test_any_class_reads_the_file_of_any_other(saved):
    assert type(IVAE.load(saved)) is IVAEGAN


def test_equal_fits_give_equal_files_without_pickles(fitted, saved, tmp_path):
    again = load(saved).save(tmp_path / "again.zip")
    assert again.read_bytes() == saved.read_bytes()
    with zipfile.ZipFile(saved) as file:
        endings = {name.rpartition(".")[2] for name in file.namelist()}
    assert endings == {"json", "jsonl", "npz"}
    assert saved.stat().st_size < 100_000


def test_the_file_holds_a_model_folder(saved, fitted, frame, tmp_path):
    with zipfile.ZipFile(saved) as file:
        file.extractall(tmp_path)
    opened = open_model(tmp_path / "run/models/ivae_gan")
    x = frame[[*fitted.feature_names_in_]].to_numpy()
    z = encode(opened, Dataset("x", x, Auxiliary.absent(len(x))))[0]
    np.testing.assert_allclose(z, fitted.transform(frame, seeds="all"), rtol=1e-5, atol=1e-6)


def changed(saved, path, change):
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return path


def of_later_version(name, content):
    if name != "estimator.json":
        return content
    return json.dumps(json.loads(content) | {"schema": 99, "version": "9.1"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_later_version, "saved by version 9.1"),
        (lambda name, content: None if name == "estimator.json" else content, "something else"),
        (lambda name, content: None if "params" in name else content, "changed or is missing"),
        (lambda name, content: content[:-9] if "params" in name else content, "changed or is"),
        (lambda name, content: None if "models" in name else content, "something else"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(saved, tmp_path, change, said):
    with pytest.raises(InputError, match=said):
        load(changed(saved, tmp_path / "other.zip", change))


def test_what_is_no_saved_estimator_is_refused(saved, tmp_path):
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "half.zip").write_bytes(saved.read_bytes()[:-100])
    for name, said in (("none.zip", "no such file"), ("text.zip", "no saved"), ("half.zip", "no")):
        with pytest.raises(InputError, match=said):
            load(tmp_path / name)
    with pytest.raises(InputError, match="cannot write"):
        load(saved).save(tmp_path / "text.zip" / "below.zip")


def test_a_script_may_run_twice(saved, tmp_path):
    """No two fits are equal to the byte: manifests have times."""
    path = tmp_path / "model.zip"
    path.write_bytes(saved.read_bytes())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("run/other.json", "{}")
    assert load(saved).save(path).read_bytes() == saved.read_bytes()


def test_another_file_is_replaced_on_request_alone(saved, tmp_path):
    fit, path = load(saved), tmp_path / "model.zip"
    archive = tmp_path / "others.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("estimator.txt", "someone's work")
    for before in (b"", b"someone's work", archive.read_bytes()):
        path.write_bytes(before)
        with pytest.raises(InputError, match=r"model.zip exists .* overwrite=True"):
            fit.save(path)
        assert path.read_bytes() == before
    assert fit.save(path, overwrite=True).read_bytes() == saved.read_bytes()
    assert fit.save(path) == path, "what it holds already is no loss"
