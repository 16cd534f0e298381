import numpy as np
import pytest

from ivaegan_jax.data import controls
from ivaegan_jax.data.controls import CONTROLS
from ivaegan_jax.data.prepare import Part, Prepared

ROWS, LEVELS, SEEDS = 600, 4, (3, 9)


def part(continuous=False, seed=0):
    """Two data seeds: x follows u in its mean, its columns go together within a level."""
    rng = np.random.default_rng(seed)
    u = np.tile(np.repeat(np.arange(LEVELS, dtype=np.int32), ROWS // LEVELS), (2, 1))
    common = rng.normal(size=(2, ROWS, 1))
    x = u[..., None] + common + 0.1 * rng.normal(size=(2, ROWS, 3))
    u = (u[..., None] + rng.normal(size=(2, ROWS, 2)) / 10).astype(np.float32) if continuous else u
    row = np.tile(np.arange(ROWS), (2, 1))
    x = x.astype(np.float32)
    return Part(x, u, x[..., :1], row, row, np.zeros_like(row), x + 1)


def as_control(train, control, data_seeds):
    """The training part under a control; all parts hold the same rows."""
    nothing = {"preprocessing": (), "dim_u": LEVELS, "image_shape": None, "notes": (), "sha256": ""}
    nothing |= {"split": None}
    data = Prepared(train=train, valid=train, test=train, **nothing)
    return controls.as_control(data, control, data_seeds, (1,), "rows").train


def within(x, u):
    """Correlation of the first two columns once the mean of each level is gone."""
    means = np.stack([x[u == level].mean(axis=0) for level in range(LEVELS)])
    return np.corrcoef((x - means[u]).T)[0, 1]


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("continuous", [False, True])
def test_a_control_is_a_function_of_the_data_seed_and_keeps_shapes(control, continuous):
    train = part(continuous)
    made, again = (as_control(train, control, SEEDS) for _ in range(2))
    for found, repeated, given in zip(made, again, train, strict=True):
        np.testing.assert_array_equal(found, repeated)
        assert (found.shape, found.dtype) == (given.shape, given.dtype)
    one = Part(*(each[:1] for each in train))
    alone = as_control(one, control, SEEDS[:1])
    np.testing.assert_array_equal(alone.x[0], made.x[0])
    other = as_control(one, control, (4,))
    assert not all(np.array_equal(a, b) for a, b in zip(other, alone, strict=True))


def test_shuffled_u_keeps_every_row_of_u_and_says_nothing_about_x():
    train = part(continuous=True)
    made = as_control(train, "shuffled_u", SEEDS)
    np.testing.assert_array_equal(made.x, train.x)
    for shuffled, u in zip(made.u, train.u, strict=True):
        np.testing.assert_array_equal(shuffled[np.lexsort(shuffled.T)], u[np.lexsort(u.T)])
    assert np.corrcoef(train.x[0, :, 0], train.u[0, :, 0])[0, 1] > 0.5
    assert abs(np.corrcoef(made.x[0, :, 0], made.u[0, :, 0])[0, 1]) < 0.15


def test_shuffled_x_keeps_the_columns_of_each_level_and_parts_them():
    train = part()
    made = as_control(train, "shuffled_x", SEEDS)
    np.testing.assert_array_equal(made.u, train.u)
    for level in range(LEVELS):
        rows = train.u[0] == level
        found, given = (np.sort(each.x[0][rows], axis=0) for each in (made, train))
        np.testing.assert_array_equal(found, given)
    assert within(train.x[0], train.u[0]) > 0.9
    assert abs(within(made.x[0], made.u[0])) < 0.15


def test_u_only_keeps_means_and_spreads_and_nothing_else():
    train = part()
    made = as_control(train, "u_only", SEEDS)
    for level in range(LEVELS):
        rows = train.u[0] == level
        gap = made.x[0][rows].mean(axis=0) - train.x[0][rows].mean(axis=0)
        assert np.abs(gap).max() < 0.4  # 5 standard errors of 150 rows
    np.testing.assert_allclose(made.x.std(axis=1), train.x.std(axis=1), rtol=0.15)
    assert abs(within(made.x[0], made.u[0])) < 0.15
