"""The doctor on rows that are not exchangeable: a series cut into windows, copies, groups."""

import numpy as np
import pytest
from scipy.signal import lfilter

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.dependence.nulls import Structure, make_null
from ivaegan_jax.data.dependence.sequences import blocks_of
from ivaegan_jax.data.splits.how import parse_split
from ivaegan_jax.data.splits.proposal import choose_split
from ivaegan_jax.doctor.dependence import LEVEL, check_u_in_x
from ivaegan_jax.doctor.guess import guess_u, half_of
from ivaegan_jax.doctor.modulation import check_modulation, modulation_ranks
from ivaegan_jax.doctor.neighbours import check_rows
from ivaegan_jax.doctor.sample import draw_sample

ROWS = 3000
WINDOWS = (np.arange(ROWS) // 300).astype(np.int32)


def recording(coefficient, seed=7, rows=ROWS):
    """A stationary series of three columns, rotated and bent."""
    rng = np.random.default_rng(seed)
    noise = np.sqrt(1 - coefficient**2) * rng.normal(size=(rows + 500, 3))
    x = lfilter([1], [1, -coefficient], noise, axis=0)[500:]
    x = x @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return (x + 0.1 * x**3).astype(np.float32)


def test_arbitrary_windows_of_a_stationary_series_tell_nothing(table):
    made = table(x=recording(0.98), u=WINDOWS, levels=np.arange(10))
    rows = check_rows(made)
    assert rows.severity == "warn"
    assert "cannot be split at random" in rows.sentence
    assert "--split=blocks" in rows.advice
    assert rows.values["lag1"] == pytest.approx(0.98, abs=0.02)
    sample = draw_sample(made.x, made.u.values)
    assert sample.null.kind == "shifts"
    carried = check_u_in_x(sample, False)
    assert carried.values["p_value"] > LEVEL
    assert "nothing of u" in carried.sentence
    assert "shifted in time" in carried.sentence
    assert check_modulation(sample, 3, False).values["ways"] == 0
    # what the doctor said before it looked at the rows
    at_random = make_null(WINDOWS, Structure("rows"), 99)
    fooled = sample._replace(structure=Structure("rows"), null=at_random, u=WINDOWS.astype(int))
    assert guess_u(fooled).p_value == pytest.approx(1e-3)


def test_digits_come_writer_by_writer():
    digits = load_dataset("digits")
    rows = check_rows(digits)
    assert 0.05 < rows.values["lag1"] < 0.2
    assert rows.severity == "warn"
    assert "--split=blocks" in rows.advice
    assert choose_split(digits, parse_split("blocks")).how.length > 1


def test_the_same_frames_drawn_independently_have_exchangeable_rows(table):
    made = table(x=recording(0.0), u=WINDOWS, levels=np.arange(10))
    assert check_rows(made).severity == "fine"
    assert draw_sample(made.x, made.u.values).null.kind == "rows"


def test_conditions_that_change_a_series_are_found(table):
    rng = np.random.default_rng(0)
    u = np.repeat(rng.integers(0, 5, 60), 50).astype(np.int32)
    x = recording(0.9) * np.exp(0.6 * rng.normal(size=(5, 3)))[u].astype(np.float32)
    sample = draw_sample(x, u)
    assert sample.null.kind == "shifts"
    assert check_u_in_x(sample, False).severity == "fine"
    assert check_modulation(sample, 1, False).values["ways"] > 0


def test_copies_count_once(table):
    rng = np.random.default_rng(0)
    x, u = rng.normal(size=(400, 3)).astype(np.float32), rng.integers(0, 3, 400, np.int32)
    taken = rng.integers(0, 400, ROWS)
    rows = check_rows(table(x=x[taken], u=u[taken]))
    assert rows.severity == "warn"
    assert "copies" in rows.sentence
    sample = draw_sample(x[taken], u[taken])
    first = half_of(sample, *sample.paired(0)[1:])
    copies = sample.structure.groups
    assert not set(copies[first]) & set(copies[~first])
    assert "sets of equal rows" in check_u_in_x(sample, False).sentence
    twice = np.arange(800) // 2
    beside = check_rows(table(x=np.tile(x, (2, 1))[twice], u=np.tile(u, 2)[twice])).sentence
    assert "Neighbouring rows resemble each other" in beside
    assert beside.endswith("100.0% of the rows are copies: they occur more than once.")


def test_few_groups_leave_it_open(table):
    group = np.repeat(np.arange(6), 100)
    u = (group % 2).astype(np.int32)
    x = recording(0.0, rows=600) + 5 * u[:, None].astype(np.float32)
    sample = draw_sample(x, u, groups=group)
    found = check_u_in_x(sample, False)
    assert found.severity == "warn"
    assert " is open" in found.sentence
    assert "below 0.1" in found.sentence
    assert check_modulation(sample, 3, False).severity == "warn"
    group = np.repeat(np.arange(8), 100)  # as many as the advice asks for
    u = (group % 2).astype(np.int32)
    x = recording(0.0, rows=800) + 5 * u[:, None].astype(np.float32)
    assert check_u_in_x(draw_sample(x, u, groups=group), False).severity == "fine"


def test_what_was_not_looked_at_is_said():
    rng = np.random.default_rng(0)
    u = np.repeat(np.arange(2000, dtype=np.int32), 35)
    x = rng.normal(size=(70_000, 2)).astype(np.float32)
    sample = draw_sample(x, u)
    said = check_u_in_x(sample, False, len(x)).sentence
    assert said.endswith(f"Looked at: {333 * 35:,} of 70,000 rows and 333 of 2,000 levels.")


def test_a_long_series_is_thinned_evenly_and_every_level_kept():
    x = recording(0.9, rows=420_000)
    u = (np.arange(420_000) // 21_000).astype(np.int32)
    u[100_000:100_200] = 20
    sample = draw_sample(x, u)
    assert np.ptp(np.diff(sample.row)) == 0
    assert len(sample.row) <= 200_000
    assert sample.seen == 21
    assert np.sum(sample.u >= 0) == pytest.approx(20_000, rel=0.05)


def sequences(count, strength):
    """Short random walks; u changes at random within each and moves their spread."""
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(count), rng.integers(20, 30, count))
    u = ((np.cumsum(rng.random(len(group)) < 1 / 6) + group) % 2).astype(np.int32)
    walks = np.cumsum(rng.normal(size=(len(group), 3)), axis=0)
    x = walks - walks[np.searchsorted(group, group)]
    return (x * np.exp(strength * u)[:, None]).astype(np.float32), u, group


def test_many_short_sequences_are_held_against_the_u_of_others():
    for strength, severity in ((0.0, "blocks"), (1.0, "fine")):
        x, u, group = sequences(60, strength)
        sample = draw_sample(x, u, groups=group)
        assert sample.null.kind == "courses"
        *_, place = sample.paired(0)
        first, of_row = half_of(sample, *sample.paired(0)[1:]), sample.structure.groups[place]
        assert not set(of_row[first]) & set(of_row[~first])
        found = check_u_in_x(sample, False)
        assert found.severity == severity
        assert "against the course of u in other groups" in found.sentence
        assert ("The u of other sequences does as well" in found.advice) == (strength == 0)


def test_a_few_short_sequences_leave_it_open():
    """Three sequences: u can be dealt out in six ways, and slid by few steps."""
    x, u, group = sequences(3, 1.0)
    sample = draw_sample(x, u, groups=group)
    found = check_u_in_x(sample, False)
    assert found.severity == "warn"
    assert " is open" in found.sentence
    assert f"{1 / sample.null.least:.0f} distinct pairings" in found.sentence
    assert sample.null.least > LEVEL


def test_blocks_whose_gaps_leave_no_level_rows_enough_are_not_taken():
    rng, u = np.random.default_rng(0), np.repeat(np.arange(40, dtype=np.int32), 30)
    x = rng.normal(size=(1200, 3)).astype(np.float32)
    blocks = Structure("courses", blocks_of(1200, 1), "blocks", 1)
    sample = draw_sample(x, u, structure=blocks)
    assert sample.structure.kind == "shifts"
    assert sample.seen > 30  # of 40; a shift has no rows to pair at its ends
    assert modulation_ranks(sample).ways == 0


@pytest.mark.parametrize("beside", ["subject", "speed", "subject first"])
@pytest.mark.parametrize("tied", [True, False])
def test_a_category_is_seen_beside_another_column_of_u(beside, tied):
    """k-means over both saw the other column alone, and found nothing in 480 rows."""
    rng = np.random.default_rng(3)
    side, subject = rng.permutation(480) % 8, rng.permutation(480) % 5
    spread = np.exp(rng.uniform(-1, 1, (8, 3)))[side if tied else rng.permutation(side)]
    x = (rng.normal(size=(480, 3)) * spread) @ rng.normal(size=(3, 4))
    other = np.eye(5)[subject] if "subject" in beside else rng.normal(size=(480, 1))
    parts = [np.eye(8)[side], other]
    u = np.concatenate(parts[::-1] if "first" in beside else parts, axis=1)
    found = check_u_in_x(draw_sample(x.astype(np.float32), u), True)
    assert (found.severity == "fine") == tied


def test_a_quantity_with_a_long_tail_is_looked_at():
    """One cell of k-means held nearly all rows, the others a few each."""
    rng = np.random.default_rng(5)
    delay = rng.lognormal(0, 2, 480)
    x = rng.normal(size=(480, 3)) * np.exp(np.clip(np.log(delay) / 2, -1, 1))[:, None]
    u = ((delay - delay.mean()) / delay.std())[:, None]
    sample = draw_sample(x.astype(np.float32), u)
    assert sample.seen >= 2
    assert check_u_in_x(sample, True).severity == "fine"
