"""A folder of sorted spikes as text, re-created here by hand."""

import numpy as np
import pytest

from ivaegan_jax.data import load_table
from ivaegan_jax.types import InputError

FRAMES = 391
"""Ten seconds of positions."""


@pytest.fixture
def folder(tmp_path):
    """Two shanks: cell 2 of one spikes at .05, .06 and 2.57 s, cell 3 of the other at 1.05 s."""
    path = tmp_path / "rat_1"
    path.mkdir()
    x = np.linspace(10, 110, FRAMES)
    position = np.column_stack([x - 1, x, x + 1, x])
    position[-40:] = -1  # not seen in the last second
    position[:40, 2:] = -1  # one light alone in the first
    np.savetxt(path / "rat_1.whl", position, fmt="%.4f")
    for shank, times, cells in (("1", [0.05, 0.06, 0.3, 2.57], [2, 2, 1, 2]),
                                ("10", [0.2, 1.05], [0, 3])):  # fmt: skip
        np.savetxt(path / f"rat_1.res.{shank}", np.array(times) * 20_000, fmt="%d")
        np.savetxt(path / f"rat_1.clu.{shank}", [len(set(cells)), *cells], fmt="%d")
    return path


def test_spikes_are_counted_where_the_rat_was_seen(folder):
    data = load_table(folder)
    assert data.columns == ("cell_1_2", "cell_10_3")
    assert data.x.sum(axis=0).tolist() == [3, 1]
    assert data.x[[0, 25], 0].tolist() == [2, 1]
    assert data.x[10, 1] == 1
    assert 88 <= len(data.x) <= 91
    np.testing.assert_allclose(data.time[:3], [0.05, 0.15, 0.25])
    np.testing.assert_allclose(data.u.own_column(1), 10 + 10 * data.time, atol=0.6)
    # the left light alone, then the middle of both
    np.testing.assert_allclose(data.u.own_column(0)[:10], 9 + 10 * data.time[:10], atol=0.6)
    np.testing.assert_allclose(data.u.own_column(0)[20:], 10 + 10 * data.time[20:], atol=0.6)


def test_the_sampling_rate_is_that_of_the_recording(folder):
    (folder / "rat_1.xml").write_text("<a><samplingRate>10000</samplingRate></a>")
    assert load_table(folder).x[51, 0] == 1  # at 2.57 s by 20,000 samples, 5.14 s by 10,000


def test_columns_are_chosen_by_name(folder):
    data = load_table(folder, x="cell_1_*", u="position_x")
    assert data.columns == ("cell_1_2",)
    assert data.u.values.shape[1] == 1


FAULTS = {
    "missing": (lambda path: (path / "rat_1.clu.1").unlink(), "rat_1.clu.1 is missing beside"),
    "short": (lambda path: (path / "rat_1.clu.1").write_text("1\n2\n"), "has 4 spikes and .* 1"),
    "text": (lambda path: (path / "rat_1.res.1").write_text("spike\n"), "holds no numbers"),
    "where": (lambda path: (path / "rat_1.whl").unlink(), r"needs one file \*.whl, and has 0"),
    "three": (lambda path: (path / "rat_1.whl").write_text("1 2 3\n"), "3 numbers in a line"),
    "unsorted": (
        lambda path: [
            (path / f"rat_1.clu.{shank}").write_text("2\n" + "1\n" * count)
            for shank, count in (("1", 4), ("10", 2))
        ],
        "no sorted cells in rat_1",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_one_line(folder, fault):
    spoil, message = FAULTS[fault]
    spoil(folder)
    with pytest.raises(InputError, match=message) as caught:
        load_table(folder)
    assert "\n" not in str(caught.value)
