"""How often tests of the doctor find what is not there, and what is; nominal chance 5 %."""

import numpy as np
import pytest

from ivaegan_jax.data import load_dataset
from ivaegan_jax.doctor.dependence import LEVEL, guess_u
from ivaegan_jax.doctor.modulation import modulation_ranks
from ivaegan_jax.doctor.sample import draw_sample

ROWS = 800
X = {
    "gaussian": lambda rng: rng.normal(size=(ROWS, 4)),
    "t of 2": lambda rng: rng.standard_t(2, size=(ROWS, 4)),
}
U = {
    "3 levels": lambda rng: rng.integers(0, 3, ROWS, np.int32),
    "20 levels": lambda rng: rng.integers(0, 20, ROWS, np.int32),
    "uneven levels": lambda rng: rng.choice(
        np.arange(5, dtype=np.int32), ROWS, p=[0.8] + [0.05] * 4
    ),
    "continuous": lambda rng: rng.normal(size=(ROWS, 1)).astype(np.float32),
}


def found_rates(make, repeats):
    """Shares of samples in which x carries u, and in which u moves x in some way."""
    samples = ((i, make(np.random.default_rng((i, 7)))) for i in range(repeats))
    found = [
        (guess_u(sample, i).p_value <= LEVEL, modulation_ranks(sample, i).ways > 0)
        for i, sample in samples
    ]
    return np.mean(found, axis=0)


def b1(rng, rows):
    """B1 with 40 segments of as many rows."""
    made = load_dataset("b1", int(rng.integers(2**31)), {"per_segment": rows})
    return draw_sample(made.x, made.u)


@pytest.mark.slow
@pytest.mark.parametrize("u", U)
@pytest.mark.parametrize("x", X)
def test_what_is_not_there_is_found_in_5_percent(x, u):
    rates = found_rates(lambda rng: draw_sample(X[x](rng).astype(np.float32), U[u](rng)), 400)
    print(f"{x}, {u}: {rates}")
    assert ((rates > 0.02) & (rates < 0.085)).all()  # 5 % within three standard errors


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "least"), [(30, 0.5), (60, 0.8), (125, 0.97)])
def test_what_is_there_is_found_on_b1(rows, least):
    rates = found_rates(lambda rng: b1(rng, rows), 60)
    print(f"b1, {rows} rows per segment: {rates}")
    assert (rates >= least).all()


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "least"), [(125, 3), (500, 4.5)])
def test_ways_found_on_b1_come_near_its_five(rows, least):
    ways = [modulation_ranks(b1(np.random.default_rng(i), rows)).ways for i in range(20)]
    print(f"b1, {rows} rows per segment: {np.mean(ways)} ways")
    assert least < np.mean(ways) <= 5.2
