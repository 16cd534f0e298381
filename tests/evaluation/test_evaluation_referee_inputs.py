"""One clear line for what cannot be judged, files of all kinds, tables for controls, the page."""

import json

import numpy as np
import pandas as pd
import pytest
from judged_sources import noisy, series, sources

from ivaegan_jax import InputError, as_dataset, judge, load_table
from ivaegan_jax.data import as_embedding, files_of, load_embedding, write_controls
from ivaegan_jax.report import write_judged


@pytest.fixture(scope="module")
def known():
    return sources(rows=200)


WRONG = {
    "other rows": (lambda s: [s, s[:-1]], "run 2 has 199 rows and x has 200"),
    "other columns": (lambda s: [s, s[:, :2]], "run 2 has 2 columns and run 1 has 3"),
    "constant": (lambda s: [s * [1, 0, 1], s], "run 1: column 1 .* is constant"),
    "repeated": (lambda s: [s, s[:, [0, 1, 0]] * [1, 1, -2]], "run 2: columns 0 and 2 .* the same"),
    "NaN": (lambda s: [np.where(s > 2, np.nan, s), s], "run 1: z has NaN"),
    "text": (lambda s: ["a.npz"], "run 1 is text"),
    "none": (lambda s: [], "no latents to judge"),
}


@pytest.mark.parametrize("case", WRONG)
def test_latents_that_cannot_be_judged_are_one_line(known, case):
    s, x, u, _ = known
    make, words = WRONG[case]
    with pytest.raises(InputError, match=words) as refused:
        judge(make(s), x, u)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (np.arange(200) < 3, "names 3 of 200"),
        (np.ones(200), "names 200 of 200"),
        (np.ones(3), "has shape"),
        ("part", "no column"),
    ],
)
def test_held_out_rows_that_cannot_be_meant(known, test, words):
    s, x, u, _ = known
    with pytest.raises(InputError, match=words):
        judge([s], x, u, test=test)


def test_copies_of_a_run_are_named_and_counted_once(known, tmp_path):
    s, x, u, _ = known
    [other] = noisy(s, np.random.default_rng(0), runs=1)
    judged = judge([s, other, 2 * s + 1, other], x, u, names=["a", "b", "c", "d"])
    assert judged.names == ("a", "b")
    assert judged.numbers == judge([s, other], x, u, names=["a", "b"]).numbers
    words = ["c is the same latents as a and is not counted."]
    words += ["d is the same latents as b and is not counted."]
    assert [line for line in judged.lines() if "same latents" in line] == words
    assert judged.to_json()["copies"] == words
    assert words[1] in write_judged(judged, tmp_path, "t.csv", {}).read_text()
    alone = judge([s, s.copy()], x, u)
    assert alone.verdict != "supported"
    assert "one_run" in {reason.code for reason in alone.reasons}


@pytest.mark.parametrize("change", [lambda s: s[:, ::-1], lambda s: -s, lambda s: s + 1e-6 * s**2])
def test_runs_that_differ_are_no_copies(known, change):
    s, x, u, _ = known
    judged = judge([s, change(s)], x, u)
    assert judged.copies == ()
    assert len(judged.names) == 2


def test_one_array_is_one_run_and_names_are_one_for_each(known):
    s, x, u, _ = known
    assert len(judge(s, x, u).names) == len(judge(pd.DataFrame(s), x, u).names) == 1
    with pytest.raises(InputError, match="2 runs and 1 names"):
        judge([s, s], x, u, names=["a"])


def test_a_file_of_any_kind_holds_the_same_latents(known, tmp_path):
    s, _, u, _ = known
    frame = pd.DataFrame(s, columns=["z1", "z2", "z3"])
    np.save(tmp_path / "a.npy", s)
    np.savez(tmp_path / "b.npz", z=s, other=s[:, :1], u=u, about=np.array([{}], dtype=object))
    np.savez(tmp_path / "c.npz", embedding=s)
    np.savez(tmp_path / "d.npz", z=np.stack([s, -s]), z_std=np.stack([s, s]))
    frame.assign(u=u, z1_std=1.0).to_csv(tmp_path / "e.csv", index=False)
    for name in ("a.npy", "b.npz", "c.npz", "e.csv", "e.csv:z?", "b.npz:z"):
        [run], own = load_embedding(str(tmp_path / name))
        assert np.allclose(run, s), name
        assert (own is not None) == name.startswith(("b", "e"))
    runs, _ = load_embedding(str(tmp_path / "d.npz"))
    assert np.array_equal(runs[1], -s)
    assert np.allclose(as_embedding(frame, "run"), s)
    assert [each[-5:] for each in files_of(str(tmp_path))] == ["a.npy", "b.npz", "c.npz", "d.npz",
                                                               "e.csv"]  # fmt: skip


def test_files_that_are_not_clear_are_one_line(known, tmp_path):
    s, _, _, _ = known
    np.savez(tmp_path / "two.npz", first=s, second=s)
    (tmp_path / "bad.npy").write_bytes(b"no array")
    (tmp_path / "empty").mkdir()
    for name, words in {"two.npz": "which array", "bad.npy": "no readable", "no.npz": "no such",
                       "two.npz:third": "'third' is no column"}.items():  # fmt: skip
        with pytest.raises(InputError, match=words):
            load_embedding(str(tmp_path / name))
    with pytest.raises(InputError, match="without files"):
        files_of(str(tmp_path / "empty"))


def test_an_array_of_obsm_is_chosen_by_name(known, tmp_path):
    anndata = pytest.importorskip("anndata")
    s, x, _, _ = known
    held = anndata.AnnData(x.astype(np.float32))
    held.obsm["X_pca"], held.obsm["X_umap"] = s, s[:, :2]
    held.write_h5ad(tmp_path / "cells.h5ad")
    [run], _ = load_embedding(f"{tmp_path / 'cells.h5ad'}:X_umap")
    assert np.allclose(run, s[:, :2])


def test_tables_for_controls_of_independent_rows_hold_u_shuffled(known, tmp_path):
    _, x, u, _ = known
    paths = write_controls(as_dataset(x, u), tmp_path)
    assert [path.name for path in paths] == [f"shuffled_{i}.npz" for i in (1, 2, 3)]
    made = load_table(paths[0])
    assert np.array_equal(made.x, x)
    assert (made.u.own() != u).any()
    assert np.array_equal(np.sort(made.u.own()), np.sort(u))


def test_tables_for_controls_of_a_series_hold_u_moved_as_well(tmp_path):
    _, x, u, _ = series(rows=2000)
    paths = write_controls(as_dataset(x, u), tmp_path)
    assert [path.name for path in paths][3:] == [f"moved_{i}.npz" for i in (1, 2, 3)]
    moved = load_table(paths[-1]).u.own()
    assert (np.diff(moved) != 0).sum() <= (np.diff(u) != 0).sum() + 2
    assert (moved != u).mean() > 0.5


def test_the_page_and_its_numbers_are_those_of_the_result(known, tmp_path):
    s, x, u, rng = known
    judged = judge(noisy(s, rng, runs=3), x, u, controls=[s[::-1]])
    page = write_judged(judged, tmp_path, "mine", {"command": "judge"}).read_text()
    assert judged.verdict in page
    for reason in judged.reasons:
        assert reason.text[:30] in page
    made = json.loads((tmp_path / "judged.json").read_text())
    assert made == json.loads(json.dumps(judged.to_json()))
    assert set(made) == {"verdict", "reasons", "next", "copies", "numbers"}
