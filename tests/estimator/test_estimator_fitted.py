"""What a fitted estimator gives: latents, x, scores, words, frames and figures."""

import copy
import dataclasses
import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from matplotlib.figure import Figure
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from ivaegan_jax import IVAE, IVAEGAN, InputError
from ivaegan_jax.data import as_dataset
from ivaegan_jax.studies import of_seed

XS = ["Fz", "Cz", "Pz", "C3", "C4"]


@pytest.fixture(scope="module")
def z(fitted, frame):
    return fitted.transform(frame)


def test_columns_and_latents_have_names(fitted, z, frame):
    assert fitted.feature_names_in_.tolist() == XS
    assert (fitted.n_features_in_, fitted.n_latents_) == (5, 2)
    assert fitted.get_feature_names_out().tolist() == ["z1", "z2"]
    assert z.shape == (len(frame), 2)
    assert z.dtype == np.float32


def test_rows_are_taken_by_the_names_of_their_columns(fitted, z, frame):
    turned = frame[[*reversed(XS), "segment"]].assign(more=1.0)
    assert np.array_equal(fitted.transform(turned), z)
    assert np.array_equal(fitted.transform(frame[XS].to_numpy()), z)
    with pytest.raises(InputError, match=r"x lacks 1 of the 5 columns .*: Fz;"):
        fitted.transform(frame.drop(columns="Fz"))


def test_rows_come_in_many_forms(fitted, z, frame):
    x, obs = frame[XS], frame[["segment"]]
    annotated = SimpleNamespace(X=sparse.csr_matrix(x), obs=obs, obsm={}, var_names=XS)
    for form in (x.to_numpy().tolist(), sparse.csr_array(x), x.to_dict("list"), annotated):
        assert np.array_equal(fitted.transform(form), z)
    assert isinstance(fitted.transform(annotated), np.ndarray)
    assert fitted.score(annotated, "segment") == fitted.score(frame, "segment")


def test_rows_and_u_go_by_keyword_and_as_objects(fitted, z, frame):
    assert np.array_equal(fitted.transform(x=frame), z)
    assert np.array_equal(fitted.transform(x=frame, seeds="chosen"), z)
    u = as_dataset(frame, "segment").u
    assert fitted.score(frame[XS], u) == fitted.score(frame, "segment")
    assert np.array_equal(fitted.sample(u[:2], 3), fitted.sample(frame.segment[:2], 3))


def test_a_row_has_the_same_latents_alone_and_among_others(fitted, z, frame):
    np.testing.assert_allclose(fitted.transform(frame[3:4]), z[3:4], rtol=1e-5, atol=1e-6)
    assert np.array_equal(fitted.transform(frame[100:300]), z[100:300])


def test_the_chosen_run_is_one_of_all(fitted, z, frame):
    every = fitted.transform(frame, seeds="all")
    assert every.shape == (3, len(frame), 2)
    assert fitted.seeds_ == (1, 2, 3)
    assert np.array_equal(every[fitted.seeds_.index(fitted.chosen_seed_)], z)
    assert np.array_equal(every[1], fitted.transform(frame, seeds=2))
    with pytest.raises(InputError, match="1, 2, 3; not 7"):
        fitted.transform(frame, seeds=7)


def test_frames_where_set_output_says_so(fitted, z, frame):
    asked = copy.copy(fitted).set_output(transform="pandas")
    found = asked.transform(frame[5:].rename(index=str))
    assert isinstance(found, pd.DataFrame)
    assert found.columns.tolist() == ["z1", "z2"]
    assert found.index[0] == "5"
    assert np.array_equal(found.to_numpy(), fitted.transform(frame[5:]))
    with pytest.raises(InputError, match="three axes"):
        asked.transform(frame, seeds="all")


def test_x_comes_back_in_the_units_of_the_table(fitted, z, frame):
    back = fitted.inverse_transform(z)
    assert back.shape == (len(frame), 5)
    assert np.array_equal(back, fitted.reconstruct(frame))
    every = fitted.inverse_transform(fitted.transform(frame, seeds="all"), seeds="all")
    assert np.array_equal(every[fitted.seeds_.index(fitted.chosen_seed_)], back)
    x, middle = frame[XS].to_numpy(), frame[XS].to_numpy().mean(axis=0)
    assert (np.abs(back.mean(axis=0) - middle) < x.std(axis=0)).all()
    with pytest.raises(InputError, match="has 2 latents, this z has 3"):
        fitted.inverse_transform(np.zeros((4, 3)))


def test_learned_noise_is_in_the_units_of_the_table_with_its_interval_over_runs(fitted, frame):
    with pytest.raises(InputError, match="learned no noise"):
        fitted.noise()
    run, spread = fitted._fitted, frame[XS].std(ddof=0).to_numpy()
    shares = 0.2 * np.array([[1.0], [1.1], [1.21]])  # of a column's own deviation
    learned = np.log(np.repeat(shares, 5, axis=1) * run.preprocessing.scale)
    generator = {**run.params_by_seed["generator"], "log_noise": learned}
    noisy = copy.copy(fitted)
    noisy._fitted = run._replace(
        config=dataclasses.replace(run.config, noise="column"),
        params_by_seed=run.params_by_seed | {"generator": generator},
    )
    found = noisy.noise()
    assert found.index.tolist() == XS
    np.testing.assert_allclose(found["std"], 0.22 * spread, rtol=0.1)  # of training rows
    np.testing.assert_allclose(found["share"], 0.22**2)
    np.testing.assert_allclose(found["std"] / found["low"], found["high"] / found["std"])
    half = scipy.stats.t.ppf(0.975, 2) * np.log(1.1) / np.sqrt(3)
    np.testing.assert_allclose(np.log(found["high"] / found["std"]), half)
    alone = copy.copy(noisy)
    alone._fitted = of_seed(noisy._fitted, 1)
    assert alone.noise()[["low", "high"]].isna().all(axis=None)


def test_samples_follow_u_and_their_seed(fitted):
    one = fitted.sample(["a", "h"], 3)
    assert one.shape == (6, 5)
    assert np.array_equal(one, fitted.sample(["a", "h"], 3))
    assert not np.array_equal(one, fitted.sample(["a", "h"], 3, random_state=1))
    assert fitted.sample("a", 4).shape == (4, 5)
    with pytest.raises(InputError, match="'q', never seen in training"):
        fitted.sample("q")


def test_a_traversal_moves_one_latent(fitted):
    along = fitted.traverse(1, points=5)
    assert along.x.shape == (5, 5)
    assert (np.diff(along.values) > 0).all()
    held_out = fitted._held_out()["z"]
    at = np.tile(np.median(held_out, axis=0), (5, 1))
    at[:, 1] = along.values
    assert np.array_equal(along.x, fitted.inverse_transform(at))
    with pytest.raises(InputError, match="from 0 to 1, not 2"):
        fitted.traverse(2)


def test_the_score_is_that_of_the_results(fitted, frame):
    found = fitted.results_
    asked = f"metric == 'log_likelihood' and split == 'test' and seed == {fitted.chosen_seed_}"
    [recorded] = found.query(asked)["value"]
    rows = frame[fitted._fitted.part == "test"]
    assert fitted.score(rows, "segment") == pytest.approx(recorded, rel=1e-4)
    assert fitted.score(rows[XS], rows.segment) == fitted.score(rows, "segment")
    with pytest.raises(InputError, match="two rows at least"):
        fitted.score(rows[:1], "segment")


def test_a_score_of_rows_in_other_units_comes_with_a_warning(fitted, frame, caplog):
    fitted.score(frame, "segment")
    assert not caplog.records
    fitted.score(frame.assign(**{name: 1000 * frame[name] for name in XS}), "segment")
    [record] = caplog.records
    assert "about 1e+03 times as large; are the units others?" in record.getMessage()


def test_sources_are_scored_up_to_order_sign_and_scale(fitted, frame, z):
    own = z[:, ::-1] * [-3.0, 0.5] + 1
    assert fitted.score_sources(frame, own) == pytest.approx(1, abs=1e-6)
    rng = np.random.default_rng(0)
    assert fitted.score_sources(frame, rng.normal(size=own.shape)) < 0.4


def test_the_verdict_is_the_first_page_in_words(fitted):
    said = str(fitted.verdict_)
    assert said.startswith(f"IVAEGAN: {fitted.verdict_.verdict}\n")
    assert "runs are usable" in said
    assert "--" not in said, "flags are of programs"
    page = fitted.verdict_._repr_html_()
    assert fitted.verdict_.verdict in page
    assert "<li>" in page


def test_results_and_history_are_frames(fitted):
    assert {"kind", "label", "metric", "value", "seed"} <= set(fitted.results_.columns)
    assert set(fitted.results_.seed.dropna()) == {1, 2, 3}
    history = fitted.history_
    assert sorted(history.step.unique()) == [10, 20]
    assert len(history) == 6
    pairs = fitted.results_.query("metric == 'agreement_mcc' and split == 'test'")
    assert len(pairs) == 3
    assert fitted.agreement_ == pytest.approx(pairs["value"].mean())


def test_figures(fitted, frame):
    for figure in (
        fitted.plot(),
        fitted.plot_history(),
        fitted.plot_latents(),
        fitted.plot_latents(frame, color=frame.Fz),
    ):
        assert isinstance(figure, Figure)
        assert figure.axes


def test_the_report_is_a_file_or_a_folder(fitted, tmp_path):
    page = fitted.report(tmp_path / "one.html")
    assert page == tmp_path / "one.html"
    assert fitted.verdict_.verdict in page.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["one.html"]
    assert fitted.report(tmp_path / "all") == tmp_path / "all" / "report.html"
    assert (tmp_path / "all" / "summary.md").exists()


def test_copies_have_the_same_latents_and_clones_have_none(fitted, frame, z):
    for same in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert np.array_equal(same.transform(frame), z)
    with pytest.raises(NotFittedError):
        clone(fitted).transform(frame)
    assert not hasattr(IVAEGAN(), "results_")


def test_notes_say_how_rows_were_split(fitted):
    assert any(note.startswith("Rows were split at random") for note in fitted.notes_)


def test_the_parts_of_the_rows_are_known(fitted, frame):
    counts = {name: int((fitted.part_ == name).sum()) for name in ("train", "valid", "test")}
    assert len(fitted.part_) == sum(counts.values()) == len(frame)
    assert counts == {"train": 320, "valid": 40, "test": 40}


def test_rows_without_u_may_train_and_are_encoded(small, frame):
    gaps = frame.assign(segment=frame["segment"].where(np.arange(len(frame)) % 4 > 0))
    config = {"model.width": 8, "model.posterior": "x"}
    asked = {"unlabelled": "train", "controls": "none", "n_seeds": 1, "config": config}
    model = small(IVAE, **asked).fit(gaps, "segment")
    assert model.notes_[0].startswith("100 of 400 rows have no u")
    assert "Rows without u train nll of ivae." in model.notes_
    assert '(unlabelled="train")' in model.notes_[0]  # no flag, where there are parameters
    z = model.transform(frame.drop(columns="segment"))
    assert (z.shape, np.isfinite(z).all()) == ((400, 2), True)
