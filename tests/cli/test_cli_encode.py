"""Latents of a file are those of the model, row by row and seed by seed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.cli._program import as_meant
from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.splits.draw import make_split
from ivaegan_jax.studies import restore
from ivaegan_jax.studies.workdir import Workdir

DATA_SEED = 5
SEEDS = [2, 7]


@pytest.fixture(scope="module")
def drawn():
    """The rows that the models of data seed 5 were trained and scored on."""
    return load_dataset("b1", DATA_SEED, {"segments": 4, "per_segment": 60})


@pytest.fixture
def encoded(run, on_b1, tmp_path):
    """`encoded(preset, *flags, **arrays)`: what `encode` writes for a file of these arrays."""

    def encode(preset, *flags, **arrays):
        np.savez(tmp_path / "new.npz", **arrays)
        out = tmp_path / "z.npz"
        ended = run("encode", f"--workdir={on_b1}", f"--data={tmp_path / 'new.npz'}",
                    f"--out={out}", f"--preset={preset}", f"--data_seed={DATA_SEED}", "--overwrite",
                    *flags)  # fmt: skip
        assert (ended.code, ended.err) == (0, "")
        assert "chosen: model seed " in ended.out
        with np.load(out, allow_pickle=False) as stored:
            return dict(stored)

    return encode


def by_hand(workdir, preset, drawn, rows):
    """Posterior means and standard deviations of every seed, with nothing but the formulas."""
    train = make_split(drawn, DATA_SEED).train
    x = drawn.x.astype(np.float64)
    x = (x - x[train].mean(0)) / x[train].std(0)
    variances, directions = np.linalg.eigh(np.cov(x[train].T))
    x = (x @ directions / np.sqrt(variances))[:, ::-1] * 1.5  # a column for each latent
    x = jnp.asarray(x[rows].astype(np.float32))
    u = jnp.eye(4)[drawn.u.codes[rows]]
    fitted = restore(Workdir(workdir), preset, DATA_SEED)
    params = [jax.tree.map(lambda leaf, i=i: leaf[i], fitted.params_by_seed) for i in (0, 1)]
    found = [fitted.model.encode(p, x, u) for p in params]
    mu, log_var = (np.stack(arrays) for arrays in zip(*found, strict=True))
    return mu, np.exp(log_var / 2)


@pytest.mark.parametrize("preset", ["ivae", "ivae_gan", "ivae+shuffled_u"])
def test_latents_are_the_encoders_on_the_rows_in_their_order(encoded, on_b1, drawn, preset):
    rows = np.random.default_rng(0).permutation(len(drawn.x))[:50]
    found = encoded(preset, x=drawn.x[rows], u=drawn.u.codes[rows])
    mu, std = by_hand(on_b1, preset, drawn, rows)
    assert found["seeds"].tolist() == SEEDS
    assert found["z"].shape == found["z_std"].shape == (2, 50, 5)
    np.testing.assert_allclose(found["z"], mu, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found["z_std"], std, rtol=1e-3, atol=1e-4)
    assert (found["z_std"] > 0).all()
    assert not np.allclose(found["z"][0], found["z"][1])


def test_the_chosen_run_is_the_one_that_tells_most_about_u(encoded, on_b1, rows_of, drawn):
    told = {
        row["seed"]: row["value"]
        for row in rows_of(on_b1)
        if (row.get("metric"), row.get("label")) == ("information_on_u", "ivae_gan")
        and row["data_seed"] == DATA_SEED and row["split"] == "valid"
    }  # fmt: skip
    assert encoded("ivae_gan", x=drawn.x[:5])["chosen"] == max(SEEDS, key=told.__getitem__)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_that_is_asked_for_is_the_only_one(encoded, drawn, seed):
    every = encoded("ivae_gan", x=drawn.x[:5])
    alone = encoded("ivae_gan", f"--seed={seed}", x=drawn.x[:5])
    assert (alone["seeds"].tolist(), int(alone["chosen"])) == ([seed], seed)
    same = every["z"][every["seeds"] == seed]
    np.testing.assert_allclose(alone["z"], same, rtol=1e-3, atol=1e-4)


def test_u_is_not_needed_where_the_encoder_does_not_read_it(encoded, drawn):
    with_u = encoded("ivae_gan", x=drawn.x, u=drawn.u.codes)
    np.testing.assert_array_equal(encoded("ivae_gan", x=drawn.x)["z"], with_u["z"])


def test_rows_of_a_single_u_are_enough(encoded, drawn):
    found = encoded("ivae", x=drawn.x[:1], u=drawn.u.codes[:1])
    assert found["z"].shape == (2, 1, 5)
    np.testing.assert_allclose(
        found["z"],
        encoded("ivae", x=drawn.x[:3], u=drawn.u.codes[:3])["z"][:, :1],
        rtol=1e-3,
        atol=1e-4,
    )
    assert drawn.u.codes[0] == drawn.u.codes[2]


def test_scored_latents_are_those_that_encode_writes(encoded, on_b1, drawn):
    test = make_split(drawn, DATA_SEED).test
    with np.load(on_b1 / "arrays/ivae_gan.npz", allow_pickle=False) as arrays:
        scored = arrays["z"][2:]
    found = encoded("ivae_gan", x=drawn.x[test])
    np.testing.assert_allclose(found["z"], scored, rtol=1e-3, atol=1e-4)


def test_the_data_of_the_study_can_be_named(run, on_b1, tmp_path):
    out = tmp_path / "z.npz"
    ended = run("encode", f"--workdir={on_b1}", "--data=b1", f"--out={out}", "--preset=vae",
                f"--data_seed={DATA_SEED}")  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    assert "2 x 240 x 5" in ended.out, "the study's own b1 has 4 segments of 60 rows"


def test_named_data_are_those_of_the_only_data_seed(run, one_vae, tmp_path):
    out, drawn = tmp_path / "z.npz", load_dataset("b1", 3, {"segments": 4, "per_segment": 60})
    assert run("encode", f"--workdir={one_vae}", "--data=b1", f"--out={out}").code == 0
    with np.load(one_vae / "arrays/vae.npz") as arrays, np.load(out) as stored:
        scored = stored["z"][:, make_split(drawn, 3).test]
        np.testing.assert_allclose(scored, arrays["z"], rtol=1e-3, atol=1e-4)


def test_rows_in_other_units_are_encoded_with_one_warning(run, on_b1, drawn, tmp_path):
    np.savez(tmp_path / "new.npz", x=1000 * drawn.x)
    ended = run("encode", f"--workdir={on_b1}", f"--data={tmp_path / 'new.npz'}", "--preset=vae",
                f"--out={tmp_path / 'z.npz'}", f"--data_seed={DATA_SEED}")  # fmt: skip
    assert ended.code == 0
    [line] = ended.err.splitlines()
    assert line.startswith("warning: ")
    assert "its values are about 1e+03 times as large" in line
    assert (tmp_path / "z.npz").exists()


def test_home_is_meant_by_a_tilde_in_every_path(run, on_b1, drawn, tmp_path):
    (tmp_path / "run").symlink_to(on_b1)
    np.savez(tmp_path / "new.npz", x=drawn.x)
    ended = run("encode", "--workdir=~/run", "--data", "~/new.npz", "--out=~/z.npz",
                "--preset=vae", f"--data_seed={DATA_SEED}",
                env={"HOME": str(tmp_path)})  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / "z.npz").exists()


def test_only_own_words_have_a_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    words = ["--workdir=~", "--out=~/a=b", "~/c", "--grid=a=~1", "--x=a~", "--", "--data=~/d"]
    assert as_meant(words) == [
        "--workdir=/home/me", "--out=/home/me/a=b", "/home/me/c", *words[3:]
    ]  # fmt: skip
