"""Pieces of a user's own: brought by a file, trained, recorded, found again, or said to be gone."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from programs_forked import REPOSITORY, SMALL, pretend_installed

from ivaegan_jax.evaluation.scores import RECORDED

OTHERS = """
import numpy as np
from flax import linen as nn

from ivaegan_jax import Auxiliary, Dataset, Dims, ModelConfig, Player, Preset


@register.likelihood("cauchy")
class Cauchy:
    def nll(x, x_logit, log_var):
        return jnp.log(jnp.pi) + log_var / 2 + jnp.log1p((x - x_logit) ** 2 * jnp.exp(-log_var))

    def mean(x_logit):
        return x_logit

    def information(x_logit, log_var):
        return jnp.full_like(x_logit, jnp.exp(-log_var) / 2)


@register.encoder("residual")
class Residual(nn.Module):
    config: ModelConfig
    dims: Dims

    @nn.compact
    def __call__(self, x, u):
        hidden = nn.Dense(self.config.width)(jnp.concatenate([x, u], axis=-1))
        hidden = hidden + nn.Dense(self.config.width)(nn.gelu(hidden))
        return nn.Dense(self.dims.dim_z)(hidden), nn.tanh(nn.Dense(self.dims.dim_z)(hidden))


@register.generator("linear")
class Linear(nn.Module):
    config: ModelConfig
    dims: Dims

    @nn.compact
    def __call__(self, z):
        return nn.Dense(self.dims.dim_x)(z)


@register.loss_term("small")
def small(run):
    return jnp.mean(run.posterior[0] ** 2)


@register.data_set("blobs", synthetic=True)
def blobs(data_seed, segments=4, per_segment=60):
    rng = np.random.default_rng(data_seed)
    u = np.repeat(np.arange(segments, dtype=np.int32), per_segment)
    s = rng.normal(size=(len(u), 2)) * rng.uniform(0.3, 3, (segments, 2))[u]
    coded = Auxiliary.categorical(u, np.arange(segments))
    return Dataset("blobs", np.tanh(s @ rng.normal(size=(2, 3))), coded, s)


register.preset("mine", Preset("conditional", "x", "x,u", "prior", {
    "gan": Player(("critic",), ("adv_d",)),
    "vae": Player(("encoder", "prior", "generator"), ("nll", "kl", "adv_g", "small")),
}))
"""
CHOSEN = {"adversarial": "margin", "prior_family": "student", "likelihood": "cauchy",
          "encoder": "residual", "generator": "linear"}  # fmt: skip
KINDS = {"adversarial loss": "margin", "prior family": "student", "likelihood": "cauchy",
         "encoder": "residual", "generator": "linear", "loss term": "small", "data set": "blobs",
         "preset": "mine", "metric": "spread"}  # fmt: skip
ASKED = ("train", *SMALL, "--data=blobs", "--preset=mine", "--steps=20", "--seeds=1",
         "--data_seeds=1", *(f"--config.model.{k}={v}" for k, v in CHOSEN.items()))  # fmt: skip


def example():
    """The file that the documents show."""
    text = (REPOSITORY / "docs/own.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]


@pytest.fixture(scope="module")
def brought(tmp_path_factory, run):
    """`(file, run directory)` of a study all of whose pieces come from one file."""
    folder = tmp_path_factory.mktemp("brought")
    file, workdir = folder / "mine.py", folder / "run"
    file.write_text(example() + OTHERS)
    ended = run(*ASKED, f"--plugins={file}", f"--workdir={workdir}")
    assert (ended.code, ended.err) == (0, "")
    return file, workdir


def stored(path):
    return json.loads(path.read_text())


def test_one_file_brings_a_piece_of_every_kind_and_is_recorded(brought):
    file, workdir = brought
    expected = {
        f"{kind} {name}": {"kind": kind, "name": name, "module": "mine.py", "file": str(file)}
        for kind, name in KINDS.items()
    }
    assert stored(workdir / "config.json")["pieces"] == expected
    assert stored(workdir / "models/mine/model.json")["pieces"] == expected
    assert list(stored(workdir / "manifest.json")["plugins"]) == ["mine.py"]
    rows = [json.loads(line) for line in (workdir / "metrics.jsonl").read_text().splitlines()]
    spread = [row for row in rows if row.get("metric") == "spread"]
    assert {(row["split"], row["brought_by"]) for row in spread} == {
        ("valid", "mine.py"), ("test", "mine.py")
    }  # fmt: skip
    assert all(row["value"] > 0 for row in spread)
    [verdict] = [row["verdict"] for row in rows if row["kind"] == "verdict"]
    assert verdict != "usable"
    page, summary = ((workdir / name).read_text() for name in ("report.html", "summary.md"))
    assert "Spread of latents" in page
    [_, table] = summary.split("Spread of latents")
    assert (
        f"{np.mean([r['value'] for r in spread if r['split'] == 'valid']):.3f}".lstrip("0") in table
    )


def test_a_model_finds_its_pieces_again_and_says_which_module_is_gone(brought, run, refused,
                                                                      tmp_path):  # fmt: skip
    file, workdir = brought
    model, table, out = tmp_path / "model", tmp_path / "x.npz", tmp_path / "z.npz"
    shutil.copytree(workdir / "models/mine", model)
    np.savez(table, x=0.2 * np.random.default_rng(0).normal(size=(50, 3)))
    asked = ("encode", f"--workdir={model}", f"--data={table}", f"--out={out}", "--overwrite")
    assert run(*asked).code == 0
    first = np.load(out)["z"]
    elsewhere = tmp_path / "elsewhere.py"
    file.rename(elsewhere)
    try:
        gone = refused(*asked)
        assert "needs the" in gone
        assert str(file) in gone
        assert "--plugins" in gone
        assert "damaged" not in gone
        assert "delete" not in gone
        assert str(file) in refused(*ASKED, f"--workdir={workdir}")
        told = run("report", f"--workdir={workdir}", f"--out={tmp_path / 'kept'}")
        assert (told.code, told.err) == (0, "")  # rows alone are read
        ended = run(*asked, f"--plugins={elsewhere}")
        assert (ended.code, ended.err) == (0, "")
    finally:
        elsewhere.rename(file)
    np.testing.assert_array_equal(np.load(out)["z"], first)
    assert "is finished" in run(*ASKED, f"--workdir={workdir}").out  # no flag, the same study


def test_files_of_a_format_from_outside_are_trained_on_encoded_and_written(brought, run, refused,
                                                                           tmp_path):  # fmt: skip
    plugin, rng = f"--plugins={brought[0]}", np.random.default_rng(0)
    u = np.repeat(np.arange(6), 40)
    x = pd.DataFrame(rng.normal(size=(240, 3)) * rng.uniform(0.3, 3, (6, 3))[u], columns=[*"abc"])
    table, workdir, out = tmp_path / "t.feather", tmp_path / "run", tmp_path / "z.feather"
    x.assign(u=u).to_feather(table)
    train = ("train", *SMALL, f"--data={table}", "--steps=20", "--seeds=1", "--data_seeds=1",
             "--preset=ivae", f"--workdir={workdir}")  # fmt: skip
    assert "names none of the formats" in refused(*train)
    ended = run(*train, plugin)
    assert (ended.code, ended.err) == (0, "")
    [piece] = [each for each in stored(workdir / "config.json")["pieces"].values()
               if each["kind"] == "file format"]  # fmt: skip
    assert piece["name"] == "feather"
    ended = run("encode", f"--workdir={workdir}", f"--data={table}", f"--out={out}", plugin)
    assert (ended.code, ended.err) == (0, "")
    assert np.isfinite(pd.read_feather(out)[["z1", "z2"]].to_numpy()).all()
    table.write_bytes(b"no table")
    out = tmp_path / "again.feather"
    message = refused("encode", f"--workdir={workdir}", f"--data={table}", f"--out={out}", plugin)
    assert "cannot be read" in message


def test_the_doctor_claims_nothing_of_a_family_of_which_nothing_is_known(brought, run):
    ended = run("doctor", f"--plugins={brought[0]}", "--data=blobs", "--preset=ivae_gan",
                "--config.model.prior_family=student", "--config.train.batch=16", "--notimed",
                "--json")  # fmt: skip
    found = {each["name"]: each for each in json.loads(ended.out)["findings"]}
    assert "Nothing is proved of a student prior" in found["prior"]["sentence"]
    assert found["prior"]["severity"] == found["distinct_u"]["severity"] == "warn"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("register.preset('ivae', 1)", "preset 'ivae' of bad.py"),
        ("register.adversarial_loss('x', int)", "it has no critic and no generator"),
        ("register.file_format('own', int, endings='.csv')", "ending in .csv are read already"),
        ("register.file_format('own', int, endings='.own')", "it has no read"),
        ("register.file_format('own', int, endings='own')", "such as endings='.feather'"),
        ("register.metric('mcc', len)", "ivaegan_jax has one of that name"),
        ("register.metric('a,b', len)", "letters, digits and underscores"),
        ("1 / 0", "ZeroDivisionError: division by zero (bad.py, line 2)"),
        ("def", "SyntaxError"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, refused, text, said):
    bad = tmp_path / "bad.py"
    bad.write_text(f"from ivaegan_jax import register\n{text}\n")
    told = refused("train", f"--plugins={bad}", f"--workdir={tmp_path / 'run'}")
    assert told.startswith(f"--plugins={bad}")
    assert said in told
    assert not (tmp_path / "run").exists()


def test_what_is_not_there_is_said(refused, tmp_path):
    assert "there is no such file" in refused("train", f"--plugins={tmp_path / 'no.py'}")
    assert "No module named 'no_such'" in refused("encode", "--plugins=no_such")


def test_an_encoder_of_the_wrong_shape_is_refused_before_anything_is_trained(refused, tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(
        "from flax import linen as nn\nfrom ivaegan_jax import register\n"
        "@register.encoder('bad')\nclass Bad(nn.Module):\n    config: object\n    dims: object\n"
        "    @nn.compact\n    def __call__(self, x, u):\n        return nn.Dense(7)(x)\n"
    )
    told = refused("train", f"--plugins={bad}", "--preset=vae", "--config.model.encoder=bad",
                   "--config.data.segments=4", "--config.data.per_segment=60",
                   f"--workdir={tmp_path / 'run'}")  # fmt: skip
    assert "Bad must return (mu, log_var)" in told


def test_an_installed_package_brings_its_pieces_by_an_entry_point(tmp_path):
    pretend_installed(tmp_path, ivaegan_jax="others = others_pieces")
    (tmp_path / "others_pieces.py").write_text(example())
    look = (
        "from ivaegan_jax.studies import load_installed; load_installed()\n"
        "from ivaegan_jax.types import REGISTRIES\n"
        "print(REGISTRIES['prior family'].origins['student'].module)"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=REPOSITORY, text=True, check=True,
                          capture_output=True, env={"PYTHONPATH": str(tmp_path)})  # fmt: skip
    assert done.stdout == "others_pieces\n"


def test_no_metric_of_a_study_has_a_name_that_could_be_registered(rows_of, on_b1):
    rows = [row for row in rows_of(on_b1, "metrics") if row["kind"] == "score"]
    assert {row["metric"] for row in rows} <= set(RECORDED)
