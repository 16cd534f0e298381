"""Latents beside linear unmixings of x."""

import numpy as np

from ivaegan_jax.evaluation.verdict import linear_unmixings
from ivaegan_jax.metrics import mcc

RNG = np.random.default_rng(0)


def test_linear_mixtures_are_unmixed_by_u_and_bent_ones_are_not():
    u = np.arange(6000) % 8
    s = RNG.normal(size=(6000, 3)) * np.exp(RNG.normal(size=(8, 3)))[u]
    x = (s @ RNG.normal(size=(3, 4))).astype(np.float32)
    found = linear_unmixings(x[:4000], u[:4000], 8, x[4000:], 3)
    assert mcc(s[4000:], found["like_joint_diagonalisation"]) > 0.98
    assert all(len(z) == 2000 for z in found.values())
    bent = np.tanh(2 * x) @ RNG.normal(size=(4, 4)).astype(np.float32)
    found = linear_unmixings(bent[:4000], u[:4000], 8, bent[4000:], 3)
    assert mcc(s[4000:], found["like_joint_diagonalisation"]) < 0.95
