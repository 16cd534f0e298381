"""Recordings that come with the package: what they hold, who is to be cited, which rows."""

import re

import numpy as np
import pytest

from ivaegan_jax.data import RECORDINGS, DataConfig, load_dataset, prepare, propose_split
from ivaegan_jax.data.recordings.shipped import FOLDER
from ivaegan_jax.types import InputError

SHAPES = {
    "emg": (81_167, 8, 40, 270),
    "smartwatch": (81_137, 6, 70, 140),
    "vowels": (9_961, 12, 27, 640),
    "place_cells": (2_673, 17, 2_673, 90),
    "place_cells_maze": (5_509, 16, 5_509, 214),
    "flow_cytometry": (30_000, 5, 10, None),
}


@pytest.fixture(scope="module", params=RECORDINGS)
def recording(request):
    return load_dataset(request.param)


def test_a_recording_is_as_it_is_described(recording):
    rows, columns, levels, groups = SHAPES[recording.name]
    assert recording.x.shape == (rows, columns)
    assert len(recording.columns) == columns
    assert recording.u.distinct() == levels
    assert (None if recording.groups is None else recording.groups.max() + 1) == groups
    assert not recording.independent
    assert recording.s is None


def test_a_recording_is_small_and_credited(recording):
    about = RECORDINGS[recording.name]
    assert (FOLDER / f"{recording.name}.npz").stat().st_size < 1_000_000
    assert recording.credit == about.credit
    assert about.licence in recording.credit
    assert about.citation in recording.credit
    assert about.question.count("?") == 1


def test_every_file_has_its_notice():
    notices = (FOLDER / "NOTICES.md").read_text()
    for name, about in RECORDINGS.items():
        [heading] = re.findall(rf"^## .*\b{name}\.npz\b.*$", notices, re.M)
        assert heading.split(": ")[1].split(",")[0] == about.licence.split(",")[0]
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(RECORDINGS)


def test_recordings_of_one_group_are_held_out_together():
    for name, column in (("emg", "hold"), ("smartwatch", "sequence"), ("vowels", "utterance")):
        assert str(propose_split(load_dataset(name)).how) == f"group:{column}"


def test_the_middle_of_every_hold_is_kept_whole():
    data = load_dataset("emg")
    hold, person = data.side["hold"], data.side["person"]
    assert np.array_equal(np.unique(hold), np.arange(270))
    assert (np.diff(hold) >= 0).all()
    assert min(np.bincount(hold)) > 250
    assert all(len(np.unique(person[hold == one])) == 1 for one in (0, 135, 269))


def test_rows_and_columns_of_a_recording_are_chosen_as_those_of_a_file():
    some = load_dataset("emg", columns={"rows": "person!=p4;gesture=fist,rest", "u": "gesture"})
    assert some.u.levels.tolist() == ["fist", "rest"]
    assert set(some.side["person"]) == {"p0", "p1", "p2", "p3"}
    whole = load_dataset("emg")
    kept = (whole.side["person"] != "p4") & np.isin(whole.side["gesture"], ["fist", "rest"])
    np.testing.assert_array_equal(some.x, whole.x[kept])


def test_a_left_out_person_is_no_level_of_u():
    assert load_dataset("emg", columns={"rows": "person!=p4"}).u.distinct() == 32


def test_the_credit_is_the_first_thing_said():
    data = load_dataset("flow_cytometry")
    prepared = prepare([data], [1], DataConfig(), batch=64)
    assert prepared.notes == (data.credit,)


def test_an_unknown_column_is_said_of_the_recording():
    with pytest.raises(InputError, match=r"^vowels: u: 'speaker_thrid' is no column; did you mean"):
        load_dataset("vowels", columns={"u": "speaker_thrid"})
