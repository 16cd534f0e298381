"""Every model on every kind of data leaves the files and the finite rows that readers rely on."""

import json
import math

import numpy as np
import pytest
from programs_forked import SMALL_BENCHMARK

from ivaegan_jax.models.presets import PRESETS

CONVENTION = {"latent", "corr", "assignment", "split", "data_seed", "seed", "step", "status"}
MOST = ("ivae_gan",)  # all kinds of parts: encoder, prior, generator and critic
FEWER = ("ivae",)  # compiles in half the time
SLOW = pytest.mark.slow


@pytest.fixture(scope="module")
def gan_on_b1(compare):
    """A model whose encoder is no part of its game, on one data seed: two model seeds."""
    return compare("gan", ("gan",), *SMALL_BENCHMARK, "--data=b1", "--data_seeds=3-3",
                   "--seeds=2,7", env={"PICTURES": "drawn"})  # fmt: skip


@pytest.fixture(scope="module")
def others_on_b1(compare):
    """Every other row of the table; its parts are all in other rows, its program is not."""
    presets = [name for name in PRESETS if name not in ("vae", "ivae", "ivae_gan", "gan")]
    return compare("others", presets, *SMALL_BENCHMARK, "--data=b1", "--data_seeds=3-3",
                   "--seeds=2,7")  # fmt: skip


@pytest.fixture(scope="module")
def continuous(compare, tmp_path_factory):
    """A table with a continuous u of two columns and no sources."""
    rng = np.random.default_rng(0)
    u = rng.normal(size=(400, 2))
    x = np.c_[u, u @ rng.normal(size=(2, 2))] + rng.normal(size=(400, 4))
    path = tmp_path_factory.mktemp("tables") / "continuous.npz"
    np.savez(path, x=x, u=u)
    return compare("continuous", MOST, f"--data={path}", "--seeds=2")


@pytest.fixture(scope="module")
def b3_tcl(compare):
    return compare(
        "b3_tcl", FEWER, *SMALL_BENCHMARK, "--data=b3_tcl", "--data_seeds=1", "--seeds=1"
    )


@pytest.fixture(scope="module")
def b3_imca(compare):
    return compare("b3_imca", FEWER, *SMALL_BENCHMARK, "--data=b3_imca", "--data_seeds=1",
                   "--seeds=1")  # fmt: skip


@pytest.fixture(scope="module")
def digits(compare):
    return compare("digits", FEWER, "--data=digits", "--seeds=1", "--config.model.convolutions=1",
                   "--config.model.channels=2", "--config.model.dim_z=3")  # fmt: skip


MORE = [pytest.param(name, marks=SLOW) for name in ("others_on_b1", "b3_tcl", "b3_imca", "digits")]


@pytest.fixture(params=["on_b1", "gan_on_b1", "continuous", *MORE])
def workdir(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def labels(workdir):
    return json.loads((workdir / "config.json").read_text())["presets"]


def test_the_files_of_a_finished_study_are_there(workdir, labels):
    names = {"config.json", "manifest.json", "metrics.jsonl", "train.jsonl", "preprocessing.npz"}
    names |= {"report.html", "summary.md", "summary.json", "DONE"}
    names |= {f"arrays/{label}.npz" for label in labels}
    names |= {f"checkpoints/{label}/30" for label in labels}
    assert {name for name in names if not (workdir / name).exists()} == set()
    assert list((workdir / "figures").glob("*.png"))


def test_nothing_is_left_over_from_writing(workdir):
    assert [path for path in workdir.rglob("*") if "tmp" in path.name] == []


def test_all_metric_values_are_finite_numbers(workdir, rows_of):
    rows = rows_of(workdir)
    assert rows
    numbers = [v for row in rows for v in row.values() if isinstance(v, float)]
    assert all(map(math.isfinite, numbers))
    assert [row for row in rows if row.get("value", 0) is None] == []


def test_no_run_diverges(workdir, rows_of):
    assert {row["status"] for row in rows_of(workdir) if "seed" in row} == {"ok"}
    assert all(row["alive"] for row in rows_of(workdir, "train"))


def test_every_model_has_rows_of_both_held_out_parts(workdir, labels, rows_of):
    scored = [row for row in rows_of(workdir) if row.get("metric") == "recon_r2"]
    found = {(row["label"], row["split"]) for row in scored}
    assert found == {(label, split) for label in labels for split in ("valid", "test")}


def test_every_chunk_of_every_run_is_logged_once_in_order(workdir, labels, rows_of):
    settings = json.loads((workdir / "config.json").read_text())
    found = [(r["label"], r["step"], r["data_seed"], r["seed"]) for r in rows_of(workdir, "train")]
    assert found == [
        (label, step, data_seed, seed)
        for label in labels
        for step in (10, 20, 30)
        for data_seed in settings["data_seeds"]
        for seed in settings["seeds"]
    ]


def test_the_manifest_says_what_made_the_result(workdir):
    manifest = json.loads((workdir / "manifest.json").read_text())
    settings = json.loads((workdir / "config.json").read_text())
    for name in ("data", "data_sha256", "seeds", "data_seeds"):
        assert manifest[name] == settings[name]
    assert manifest["wall_time_s"] > 0
    assert manifest["stage_seconds"].keys() >= {"compile", "train", "score"}
    assert manifest["flags"]["steps"] == 30
    assert manifest["flags"]["presets"] == settings["presets"]
    assert {"version", "code_revision", "packages", "device", "reproducibility"} <= set(manifest)


def test_the_elbo_is_recorded_only_where_the_model_has_one(on_b1, gan_on_b1, rows_of):
    rows = [*rows_of(on_b1), *rows_of(gan_on_b1)]
    found = {row["label"] for row in rows if row.get("metric") == "elbo"}
    assert found == {"vae", "ivae", "ivae_gan", "ivae+shuffled_u", "ivae+u_only"}


@pytest.mark.parametrize("name", ["continuous", pytest.param("digits", marks=SLOW)])
def test_data_without_sources_have_quality_rows_and_no_mcc(name, request, rows_of):
    rows = rows_of(request.getfixturevalue(name))
    metrics = {row["metric"] for row in rows if "metric" in row}
    assert not {name for name in metrics if name.startswith(("mcc", "cca", "affine"))}
    kinds = {"score", "agreement", "finding", "verdict", "consensus"}
    assert {row["kind"] for row in rows} <= kinds
    assert {"mmd2", "mmd2_real", "mmd2_wrong_u", "c2st", "energy_distance"} <= metrics


@pytest.mark.parametrize("u", [pytest.param("continuous", marks=SLOW), "many levels"])
def test_a_table_with_few_held_out_rows_per_u_is_scored(u, compare, rows_of, tmp_path):
    rng = np.random.default_rng(0)
    codes = np.arange(160) % 40
    np.savez(tmp_path / "few.npz", x=rng.normal(size=(160, 4)),
             u=rng.normal(size=(160, 2)) if u == "continuous" else codes)  # fmt: skip
    workdir = compare(
        f"few_{u.replace(' ', '_')}", ("vae",), f"--data={tmp_path / 'few.npz'}", "--seeds=2"
    )
    assert {row.get("metric") for row in rows_of(workdir)} >= {"recon_r2", "agreement_mcc"}


@pytest.mark.parametrize("workdir", ["on_b1", "gan_on_b1", MORE[0]], indirect=True)
def test_every_mcc_row_says_which_convention_made_it(workdir, rows_of):
    scores = [row for row in rows_of(workdir) if row["kind"] == "score"]
    rows = [row for row in scores if row["metric"].startswith("mcc")]
    assert rows
    assert [row for row in rows if not set(row) >= CONVENTION] == []
    kinds = {(r["latent"], r["corr"], r["assignment"]) for r in rows if r["metric"] == "mcc"}
    assert kinds == {
        ("posterior_mean", "pearson", "held_out"),
        ("posterior_mean", "spearman", "held_out"),
        ("posterior_mean", "pearson", "in_sample"),
        ("posterior_sample", "pearson", "held_out"),
    }


def test_no_two_rows_say_the_same_thing(workdir, rows_of):
    keys = [json.dumps(row | {"value": None}, sort_keys=True) for row in rows_of(workdir)]
    assert len(set(keys)) == len(keys)


def test_every_data_seed_has_its_baselines(on_b1, rows_of):
    rows = [row for row in rows_of(on_b1) if row["kind"] == "baseline"]
    baselines = {"random_rotation", "random_rotation_p95", "raw_x", "pca", "fastica"}
    baselines |= {"linear_supervised", "joint_diagonalisation"}
    for data_seed in (3, 5):
        own = {(r["baseline"], r["metric"]) for r in rows if r["data_seed"] == data_seed}
        expected = {(name, metric) for name in baselines for metric in ("mcc", "mcc_within")}
        assert own == expected | {("label_only", "mcc")}
    assert not any({"seed", "label"} & set(row) for row in rows)


@pytest.mark.parametrize(
    ("workdir", "data_seeds"), [("on_b1", (3, 5)), ("gan_on_b1", (3,))], indirect=["workdir"]
)
def test_runs_are_compared_only_within_a_data_seed(workdir, labels, rows_of, data_seeds):
    rows = [row for row in rows_of(workdir) if row["kind"] == "agreement"]
    named = ("split", "label", "data_seed", "seed", "other_seed", "metric")
    found = {tuple(row[name] for name in named) for row in rows}
    metrics, splits = ("agreement_mcc", "agreement_affine_r2"), ("valid", "test")
    assert len(found) == len(rows)
    assert found == {
        (s, p, k, 2, 7, m) for s in splits for p in labels for k in data_seeds for m in metrics
    }


def test_the_control_is_labelled_and_differs_from_its_model(on_b1, rows_of):
    def scores(label):
        rows = [r for r in rows_of(on_b1) if (r.get("label"), r.get("metric")) == (label, "mcc")]
        return [row["value"] for row in rows]

    assert len(scores("ivae")) == len(scores("ivae+shuffled_u")) > 0
    assert scores("ivae") != scores("ivae+shuffled_u")
    assert "ivae+shuffled_u" in (on_b1 / "report.html").read_text()


def test_arrays_for_figures_belong_to_the_runs_in_order(on_b1):
    for label in json.loads((on_b1 / "config.json").read_text())["presets"]:
        with np.load(on_b1 / "arrays" / f"{label}.npz", allow_pickle=False) as arrays:
            assert arrays["seed"].tolist() == [2, 7, 2, 7]
            assert arrays["data_seed_index"].tolist() == [0, 0, 1, 1]
            assert arrays["z"].shape == (4, 24, 5)
            assert arrays["s"].shape == (2, 24, 5)


@SLOW
def test_images_are_shown_in_their_own_units(digits):
    with np.load(digits / "arrays" / "ivae.npz", allow_pickle=False) as arrays:
        assert arrays["image_shape"].tolist() == [8, 8]
        assert arrays["x"].min() >= -1e-5
        assert arrays["x"].max() <= 1 + 1e-5
        assert arrays["x_fake"].shape == arrays["x_recon"].shape


def test_other_seeds_alongside_leave_a_run_as_it_was(on_b1, one_vae, rows_of):
    run = {"label": "vae", "data_seed": 3, "seed": 2, "kind": "score"}

    def own(rows):
        return [row for row in rows if run.items() <= row.items()]

    assert own(rows_of(one_vae)) == own(rows_of(on_b1))
