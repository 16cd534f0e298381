"""`ivaegan judge`: verdict, JSON, exit status, one line for what cannot be meant."""

import json

import numpy as np
import pytest

from ivaegan_jax.cli.judge import together


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A table whose variances follow u, and latents: right twice, rotated, too short."""
    folder, rng = tmp_path_factory.mktemp("judged"), np.random.default_rng(0)
    u = np.arange(1200) % 8
    s = rng.normal(size=(1200, 2)) * np.exp(0.7 * rng.normal(size=(8, 2)))[u]
    np.savez(folder / "x_u.npz", x=s @ np.array([[1.0, 0.5], [0.4, 1.0]]), u=u)
    turned = s / s.std(axis=0) @ np.array([[0.8, -0.6], [0.6, 0.8]])
    for name, z in {"a": s, "b": -s[:, ::-1], "turned": turned, "short": s[1:]}.items():
        np.savez(folder / f"{name}.npz", z=z)
    return folder


def judged(run, files, *names, flags=()):
    latents = ",".join(str(files / f"{name}.npz") for name in names)
    return run("judge", f"--latents={latents}", f"--data={files / 'x_u.npz'}", *flags)


def test_right_latents_are_supported_and_exit_with_0(run, files, tmp_path):
    ended = judged(run, files, "a", "b", flags=("--json", f"--out={tmp_path}"))
    assert (ended.code, ended.err) == (0, "")
    said = json.loads(ended.out)
    assert (said["verdict"], said["numbers"]["rank"]) == ("supported", 2)
    assert json.loads((tmp_path / "judged.json").read_text()) == said
    assert "supported" in (tmp_path / "report.html").read_text()


def test_rotated_latents_exit_with_1_and_one_run_with_3(run, files):
    ended = judged(run, files, "a", "turned")
    assert (ended.code, ended.out.partition(":")[0]) == (1, "not supported")
    ended = judged(run, files, "a")
    assert (ended.code, ended.out.partition(":")[0]) == (3, "cannot be told")
    assert "Agreement needs two runs" in ended.out


def test_controls_are_written(run, files, tmp_path):
    ended = run("judge", f"--data={files / 'x_u.npz'}", f"--write_controls={tmp_path / 'made'}")
    assert (ended.code, ended.err) == (0, "")
    assert len(list((tmp_path / "made").glob("shuffled_*.npz"))) == 3


def test_what_cannot_be_judged_is_one_line(refused, files):
    table, a = f"--data={files / 'x_u.npz'}", files / "a.npz"
    assert "1,199 rows" in refused("judge", table, f"--latents={a},{files / 'short.npz'}")
    assert "no such file" in refused("judge", table, "--latents=none.npz")
    assert "--latents names no file" in refused("judge", table)
    assert "--data must be given" in refused("judge", f"--latents={a}")
    assert "no column" in refused("judge", table, f"--latents={a}", "--test=part")
    twice = f"--latents={a},{files / '..' / files.name / 'a.npz'}"
    assert refused("judge", table, twice).endswith(
        "is given twice; a run agrees with itself, give others"
    )


def test_columns_with_commas_belong_to_the_file_before_them():
    given = ["a.csv:z1", "z2", "b.csv:z*", "c.npz"]
    assert together(given) == ["a.csv:z1,z2", "b.csv:z*", "c.npz"]
    assert together(["a.npz", "z2"]) == ["a.npz", "z2"]
