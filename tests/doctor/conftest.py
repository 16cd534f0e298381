import numpy as np
import pytest

from ivaegan_jax.types import Dataset


@pytest.fixture
def table():
    """`table(**changes)`: 300 rows of 3 columns, u of levels a, b and c."""

    def make(**changes):
        x = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
        made = {
            "x": x,
            "u": np.arange(300, dtype=np.int32) % 3,
            "levels": np.array(["a", "b", "c"]),
        }
        return Dataset(name="table", **(made | changes))

    return make


@pytest.fixture
def changed(table):
    """`changed(index, value)`: the table with some values of x set."""

    def make(index, value):
        x = table().x.copy()
        x[index] = value
        return table(x=x)

    return make
