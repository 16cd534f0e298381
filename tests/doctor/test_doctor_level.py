"""How many ways the doctor finds in B1; how often its tests are wrong is in results/calibration."""

import numpy as np
import pytest

from experiments.calibrations.doctors import b1
from ivaegan_jax.doctor.modulation import modulation_ranks


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "least"), [(125, 3), (500, 4.5)])
def test_ways_found_on_b1_come_near_its_five(rows, least):
    ways = [modulation_ranks(b1(rows, np.random.default_rng(i))).ways for i in range(20)]
    print(f"b1, {rows} rows per segment: {np.mean(ways)} ways")
    assert least < np.mean(ways) <= 5.2
