import dataclasses

import numpy as np
import pytest

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.types import Auxiliary, Dataset, InputError

ROWS = 200
SEEDS = (3, 9)


def categories(codes, levels=(10, 20, 30, 40)):
    return Auxiliary.categorical(codes, np.array(levels))


def table(seed=0, **changes):
    """Rows of four levels, named 10, 20, 30 and 40."""
    rng = np.random.default_rng(seed)
    s = rng.normal(size=(ROWS, 2)).astype(np.float32)
    x = np.c_[s, 5 + 3 * s.sum(1)].astype(np.float32)
    made = Dataset("table", x, categories(np.arange(ROWS) % 4), s)
    return dataclasses.replace(made, **changes)


def continuous():
    u = np.random.default_rng(1).normal(2, 3, size=(ROWS, 2)).astype(np.float32)
    return table(u=Auxiliary.continuous(u))


def prepared(*datasets, config=DataConfig(), batch=16, **kwargs):  # noqa: B008
    return prepare(datasets, SEEDS[: len(datasets)], config, batch, **kwargs)


def rows_of(data):
    """The rows of all parts of each data seed, in the user's units, sorted."""
    parts = (data.train, data.valid, data.test)
    return [
        np.sort(np.concatenate([p.inverse_x(part.x[i]) for part in parts]), axis=0)
        for i, p in enumerate(data.preprocessing)
    ]


def test_the_parts_together_are_all_rows_of_every_data_seed():
    datasets = (table(0), table(1))
    for found, dataset in zip(rows_of(prepared(*datasets)), datasets, strict=True):
        np.testing.assert_allclose(found, np.sort(dataset.x, axis=0), atol=1e-4)


def test_shapes_are_those_of_fractions_and_data_seeds():
    data = prepared(table(0), table(1))
    for part, rows in ((data.train, 160), (data.valid, 20), (data.test, 20)):
        assert part.x.shape == (2, rows, 3)
        assert part.u.shape == (2, rows)
        assert part.s.shape == (2, rows, 2)
        assert (part.x.dtype, part.u.dtype) == (np.float32, np.int32)
    assert (data.dim_x, data.dim_u, data.dim_s) == (3, 4, 2)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_training_rows_are_standardised_to_the_scale(scale):
    x = prepared(table(0), table(1), config=DataConfig(scale=scale)).train.x
    np.testing.assert_allclose(x.mean(1), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(1), scale, rtol=1e-5)


def test_x_u_and_s_stay_together():
    data = prepared(table())
    for part in (data.train, data.valid, data.test):
        x = data.preprocessing[0].inverse_x(part.x[0])
        np.testing.assert_allclose(x[:, :2], part.s[0], atol=1e-5)
    original = {tuple(s): u for s, u in zip(table().s, table().u.codes, strict=True)}
    assert [original[tuple(s)] for s in data.test.s[0]] == data.test.u[0].tolist()


def test_a_continuous_u_is_standardised():
    data = prepared(continuous())
    assert data.dim_u == 2
    np.testing.assert_allclose(data.train.u[0].mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(data.train.u[0].std(0), 1, rtol=1e-5)


def test_without_sources_there_are_none():
    data = prepared(table(s=None))
    assert data.test.s is None
    assert data.dim_s == 0


def test_a_data_seed_draws_the_split():
    data = prepared(table(), table())
    assert not np.array_equal(data.test.s[0], data.test.s[1])
    again = prepared(table(), table())
    np.testing.assert_array_equal(data.test.x, again.test.x)


@pytest.mark.parametrize(
    "change",
    [
        {"x": table(5).x},
        {"s": table(5).s},
        {"s": None},
        {"u": categories(np.arange(ROWS) % 4, (10, 20, 30, 41))},
        {"u": categories(np.arange(ROWS)[::-1] % 4)},
    ],
)
def test_the_fingerprint_sees_every_raw_array(change):
    assert prepared(table()).sha256 == prepared(table()).sha256
    assert prepared(table(**change)).sha256 != prepared(table()).sha256


def test_the_fingerprint_sees_the_order_of_data_seeds():
    assert prepared(table(0), table(1)).sha256 != prepared(table(1), table(0)).sha256


def test_left_as_it_is_x_must_lie_between_0_and_1():
    with pytest.raises(InputError, match="needs x between 0 and 1"):
        prepared(table(), values="unit")
    x = np.random.default_rng(0).uniform(size=(ROWS, 3)).astype(np.float32)
    (found,) = rows_of(data := prepared(table(x=x), values="unit"))
    np.testing.assert_array_equal(found, np.sort(x, axis=0))
    assert data.train.x.min() >= 0
    assert data.train.x.max() <= 1


def test_a_batch_must_fit_the_training_rows():
    assert prepared(table(), batch=160).train.x.shape[1] == 160
    with pytest.raises(InputError, match="does not fit 160 training rows"):
        prepared(table(), batch=161)
