"""Latents of people that no method saw: windows, a plain classifier, what latents move."""

import numpy as np
import pytest

from experiments.recordings import maps, people
from experiments.recordings.drawn import draw_maps
from experiments.recordings.methods import METHODS, Seen, chosen_run
from experiments.recordings.windows import cut, guess
from ivaegan_jax import report
from ivaegan_jax.types import Dataset, InputError

RNG = np.random.default_rng(0)
GESTURES, LATENTS, EACH = ("fist", "rest", "turn"), 3, 25
SPREAD = np.array([[4.0, 1.0, 1.0], [1.0, 4.0, 1.0], [1.0, 1.0, 4.0]])


@pytest.fixture(scope="module")
def recording():
    """Three people, three gestures, each with two holds of 25 rows; a gesture raises one source."""
    who, what, _ = (a.ravel() for a in np.indices((3, 3, 2)))
    person, gesture = (np.repeat(a, EACH) for a in (who, what))
    s = RNG.laplace(size=(len(person), LATENTS)) * SPREAD[gesture]
    side = {"person": np.array(["p0", "p1", "p2"])[person], "gesture": np.array(GESTURES)[gesture],
            "hold": np.repeat(np.arange(len(who)), EACH)}  # fmt: skip
    return Dataset("mine", s @ RNG.normal(size=(LATENTS, LATENTS)), gesture, s=s, side=side)


def test_windows_lie_within_groups_and_leave_rests_out():
    windows = cut(np.repeat([7, 3, 9], [5, 2, 4]), 2)
    assert windows.first.tolist() == [0, 2, 5, 7, 9]
    assert windows.of(np.repeat([7, 3, 9], [5, 2, 4])).tolist() == [7, 7, 3, 9, 9]
    z = np.arange(11.0)[:, None] * [1, 10]
    np.testing.assert_allclose(np.exp(windows.log_variances(z)), [[0.25, 25.0]] * 5)


def test_a_classifier_that_knows_tells_all_bits_and_one_that_cannot_none():
    label = np.array(["a", "b", "c", "d"] * 50)
    known = np.eye(4)[np.searchsorted(["a", "b", "c", "d"], label)] * 100
    sure = guess(known, label, known[:40], label[:40])
    assert sure.accuracy == 1
    assert 1.9 < sure.bits <= 2
    nothing = guess(RNG.normal(size=(200, 1)) * 1e-9 + 1, label, np.ones((40, 1)), label[:40])
    assert nothing.bits < 0.05


def test_gestures_are_told_by_their_spread(recording, monkeypatch):
    monkeypatch.setattr(people, "SECOND", 25)
    found = people.of_gestures(dict.fromkeys(["p0", "p1", "p2"], recording.s), recording)
    assert found["worst"] == 1
    assert found["bits"] > 1.3


def test_fits_are_matched_up_to_order_and_sign(recording):
    s, person = recording.s, recording.side["person"]
    fits = {"p0": s, "p1": -s[:, ::-1], "p2": 3 * s[:, [1, 0, 2]] + 1}
    assert people.across_people(fits, person) == pytest.approx({"across": 1.0, "least": 1.0})
    turned = s @ np.linalg.qr(RNG.normal(size=(LATENTS, LATENTS)))[0]
    assert people.across_people({"p0": s, "p1": turned}, person)["across"] < 0.95


def test_linear_methods_are_fitted_on_what_they_saw(recording, tmp_path):
    seen = Seen(recording.side["person"] != "p2", "without_p2")
    for name in ("pca", "fastica"):
        z = METHODS[name].latents(tmp_path, recording, seen)
        assert z.shape == recording.x.shape
        np.testing.assert_allclose(z[seen.rows].mean(axis=0), 0, atol=1e-6)
        assert np.abs(z[~seen.rows].mean(axis=0)).max() > 1e-4
    assert METHODS["raw"].latents(tmp_path, recording, seen) is not recording.x


def test_a_study_that_was_not_run_is_named(recording, tmp_path):
    with pytest.raises(InputError, match="no such arm; run `ivaegan reproduce --name=emg` first"):
        chosen_run(tmp_path / "without_p0", recording)


def test_what_a_latent_moves_is_its_row_of_a_linear_map(recording, monkeypatch):
    matrix = RNG.normal(size=(LATENTS, 5))
    monkeypatch.setattr(maps, "decode", lambda fitted, z: z @ matrix)
    expected = np.abs(matrix) * recording.s.std(axis=0)[:, None]
    np.testing.assert_allclose(maps.columns_moved(None, recording.s), expected, rtol=1e-4)


def test_the_gesture_that_raises_a_latent_stands_out(recording, tmp_path):
    gestures, raised = maps.raised(recording.s, recording.side["gesture"], recording.side["person"])
    assert gestures.tolist() == list(GESTURES)
    np.testing.assert_allclose(raised.sum(axis=2), 0, atol=1e-9)
    assert (raised.argmax(axis=2) == np.arange(3)).all()
    found = people.Profile(np.eye(3) + 0.1, gestures, raised)
    table = people.latents_table(found)
    assert [r["gesture"] for r in table.records] == list(GESTURES)
    assert {r["people"] for r in table.records} == {"3 of 3"}
    assert [r["electrode"] for r in table.records] == ["1", "2", "3"]
    path = tmp_path / "figures/latents.png"
    draw_maps(found.moved, raised.mean(axis=0), gestures.tolist(), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_table_has_the_methods_that_were_asked_for(recording, tmp_path, monkeypatch):
    monkeypatch.setattr(people, "SECOND", 25)
    monkeypatch.setattr(people, "APART", ("of_p0", "of_p1"))
    table = people.methods_table(tmp_path, recording, ["raw", "fastica"])
    raw, fastica = table.records
    assert (raw["method"], fastica["method"]) == ("raw", "fastica")
    assert "across" not in raw
    assert fastica["accuracy"] == 1
    assert fastica["across"] > 0.9
    assert "apart" not in table.columns
    assert [line["accuracy"] for line in table.footer] == [pytest.approx(1 / 3)]
    assert "fastica" in report.to_lines([dict(record) for record in table.records])
    for arm in people.APART:
        (tmp_path / arm).mkdir()
        people.Workdir(tmp_path / arm).done.write_text("")
    [found] = people.methods_table(tmp_path, recording, ["fastica"]).records
    assert found["apart"] > 0.9
