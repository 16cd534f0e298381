"""Tables with columns of their own and one u: fitted together, encoded one by one or as a list."""

import pickle

import numpy as np
import pandas as pd
import pytest
from small_networks import PLAIN

from ivaegan_jax import InputError, load
from ivaegan_jax.estimator import fitting

ROWS, COLUMNS = (240, 160), (4, 3)


def make_session(number):
    """A frame of two sources in columns of their own, their segment by name, and the sources."""
    rng, law = np.random.default_rng(number), np.random.default_rng(9)
    u = rng.permutation(np.arange(ROWS[number]) % (4 - number))  # the second lacks a level
    s = rng.normal(size=(len(u), 2)) * np.exp(law.normal(size=(4, 2)))[u]
    mixing = np.random.default_rng(50 + number).normal(size=(2, 2, COLUMNS[number]))
    x = np.tanh(s @ mixing[0]) + s @ mixing[1]
    frame = pd.DataFrame(7 * x, columns=[f"s{number}n{i}" for i in range(COLUMNS[number])])
    return frame.assign(segment=np.array([*"abcd"])[u]), s


FRAMES, SOURCES = zip(*(make_session(i) for i in range(2)), strict=True)
X, U = [f.drop(columns="segment") for f in FRAMES], [f.segment.to_numpy() for f in FRAMES]
ASKED = {"n_seeds": 2, "config": PLAIN | {"train.checkpoint_chunks": 1}}


@pytest.fixture(scope="module")
def together(small):
    return small(**ASKED).fit(X, U, s=list(SOURCES))


def test_latents_of_a_list_are_those_of_each_session(together):
    z = together.transform(X)
    assert [each.shape for each in z] == [(240, 2), (160, 2)]
    for i in range(2):
        assert np.array_equal(together.transform(X[i], session=i + 1), z[i])
        assert np.array_equal(together.sessions_[i].transform(X[i]), z[i])
    assert together.transform(X[0], session=1, seeds="all").shape == (2, 240, 2)
    assert together.get_feature_names_out().tolist() == ["z1", "z2"]


def test_every_session_is_an_estimator_of_its_own_columns(together):
    first, second = together.sessions_
    assert first.feature_names_in_.tolist() == [*X[0]]
    assert second.sample(["a", "c"], 5).shape == (10, 3)
    assert first.reconstruct(X[0]).shape == X[0].shape
    assert second.score(X[1], U[1]) < 0
    assert {each.chosen_seed_ for each in (together, first, second)} == {together.chosen_seed_}


def test_sessions_share_the_prior_and_the_levels_of_u(together):
    first, second = (each._fitted for each in together.sessions_)
    for a, b in zip(*(np.array(f.params_by_seed["prior"]["Dense_0"]["kernel"])
                      for f in (first, second)), strict=True):  # fmt: skip
        assert np.array_equal(a, b)
    assert second.preprocessing.levels.tolist() == [*"abcd"]
    assert (first.dims.dim_x, second.dims.dim_x, second.dims.dim_u) == (4, 3, 4)


def test_results_are_those_of_each_session_and_of_all(together):
    found = together.results_
    assert set(found.session) == {0, 1, 2}
    of_all = found[(found.session == 0) & (found.split == "test")]
    for metric in ("mcc", "mcc_across", "profile_agreement", "agreement_mcc"):
        assert metric in set(of_all.metric)
    value = of_all[of_all.metric == "agreement_mcc"].value.mean()
    assert together.agreement_ == pytest.approx(value)
    verdict = together.verdict_
    assert verdict.sentences[0].startswith("Session 1: ")
    assert "On the rows of all sessions at once" in verdict.sentences[2]
    assert verdict.verdict in {each.verdict_.verdict for each in together.sessions_}
    assert len(together.history_) == 2 * 2


def test_a_saved_fit_comes_back(together, tmp_path):
    z, path = together.transform(X), together.save(tmp_path / "model.zip")
    for found in (load(path), pickle.loads(pickle.dumps(together))):
        assert all(np.array_equal(a, b) for a, b in zip(found.transform(X), z, strict=True))
        assert str(found.verdict_) == str(together.verdict_)
        assert found.notes_ == together.notes_
    assert load(path).save(tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_u_may_be_a_column_of_every_frame_and_a_stopped_fit_goes_on(
    together, small, interrupted, tmp_path, monkeypatch
):
    model = small(**ASKED, workdir=tmp_path / "kept")
    interrupted(model, FRAMES, "segment", s=SOURCES)
    began = []
    monkeypatch.setattr(fitting.ConsoleReporter, "start", lambda _, label, step: began.append(step))
    model.fit(FRAMES, "segment", s=SOURCES)
    assert began == [10]
    for a, b in zip(model.transform(X), together.transform(X), strict=True):
        assert np.array_equal(a, b)


FAULTS = {
    "u": (X, U[:1], "x has 2 sessions and u has 1; give one u for each session"),
    "no list": (X, U[0], "give u as a list too"),
    "rows": (X, [U[0], U[0]], "session 2: x has 160 rows, u has 240"),
    "level": (X, [U[0], np.array([*"xy"] * 80)], "session 1 has no level of u in common"),
    "column": ([X[0], X[1][["s1n0"]]], U, "session 2 has one column of x"),
    "u missing": (X, None, "session 1: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_sessions_that_do_not_go_together_are_refused(small, fault):
    x, u, said = FAULTS[fault]
    model = small(**ASKED)
    with pytest.raises(InputError, match=said):
        model.fit(x, u)
    assert not hasattr(model, "n_latents_")


def test_rows_of_no_session_are_refused(together):
    with pytest.raises(InputError, match=r"say whose rows these are with session=1 to session=2"):
        together.transform(X[0])
    with pytest.raises(InputError, match="session is a number from 1 to 2, not 3"):
        together.transform(X[0], session=3)
    with pytest.raises(InputError, match=r"session 2: x lacks 3 of the 3 columns .*s1n0"):
        together.transform(X[0], session=2)
    with pytest.raises(InputError, match="session 2: the model was trained on 3 x columns, this"):
        together.transform(X[0].to_numpy(), session=2)
    with pytest.raises(InputError, match="this model has 2 sessions and x is a list of 1"):
        together.transform(X[:1])
    with pytest.raises(InputError, match=r"sessions_\[0\] is the first one's own estimator"):
        together.sample(["a"])


def test_one_table_has_no_sessions(fitted, frame):
    assert fitted.sessions_ == ()
    with pytest.raises(InputError, match="fitted to one table; leave out session"):
        fitted.transform(frame, session=1)


def test_nested_lists_are_one_table():
    from ivaegan_jax.estimator.tables import are_sessions

    rows = np.zeros((4, 2))
    assert not are_sessions(rows)
    assert not are_sessions(rows.tolist())
    assert not are_sessions(rows.tolist()[0])
    assert not are_sessions([])
    assert are_sessions([rows, rows[:, :1]])
    assert are_sessions((rows.tolist(), rows.tolist()))


@pytest.mark.slow
def test_one_session_is_its_table_alone_to_the_bit(small):
    alone = small(**ASKED).fit(X[0], U[0])
    together = small(**ASKED).fit(X[:1], U[:1])
    assert np.array_equal(together.transform(X[0], session=1), alone.transform(X[0]))
    ours, theirs = together.sessions_[0].results_, alone.results_
    assert ours.value.equals(theirs.value)
    assert str(together.sessions_[0].verdict_) == str(alone.verdict_)
