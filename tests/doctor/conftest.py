import numpy as np
import pytest

from ivaegan_jax.types import Auxiliary, Dataset


@pytest.fixture
def table():
    """`table(**changes)`: 300 rows of 3 columns, u of levels a, b and c.

    Codes of another u may come with the `levels` they stand for.
    """

    def make(u=np.arange(300) % 3, levels=np.array(["a", "b", "c"]), **changes):  # noqa: B008
        x = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
        u = Auxiliary.categorical(u, levels) if u.ndim == 1 else Auxiliary.continuous(u)
        return Dataset(name="table", u=u, **({"x": x} | changes))

    return make


@pytest.fixture
def changed(table):
    """`changed(index, value)`: the table with some values of x set."""

    def make(index, value):
        x = table().x.copy()
        x[index] = value
        return table(x=x)

    return make
