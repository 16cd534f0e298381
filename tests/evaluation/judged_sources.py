"""Sources, mixtures and u of known kinds, for whoever judges them."""

import numpy as np
from scipy.stats import ortho_group


def sources(rows=2000, dim=3, levels=12, seed=0, moved="variances"):
    """Independent rows: s whose variances, means or nothing follow u; x mixes them; and rng."""
    rng = np.random.default_rng(seed)
    u = rng.permutation(np.arange(rows) % levels)
    s = rng.normal(size=(rows, dim))
    if moved == "variances":
        s = s * np.exp(0.6 * rng.normal(size=(levels, dim)))[u]
    if moved == "means":
        s = s + 2 * rng.normal(size=(levels, dim))[u]
    return s, mixed(s, rng), u, rng


def mixed(s, rng):
    """An injective mixture."""
    dim = s.shape[1]
    return np.tanh(s @ rng.normal(size=(dim, dim))) + s @ ortho_group.rvs(dim, random_state=0)


def noisy(s, rng, runs=2, noise=0.01):
    """The sources once for each run, with noise of its own."""
    return [s + noise * rng.normal(size=s.shape) for _ in range(runs)]


def rotated(s, seeds):
    """The sources under a rotation for each seed."""
    scaled = s / s.std(axis=0)
    return [scaled @ ortho_group.rvs(s.shape[1], random_state=seed) for seed in seeds]


def series(rows=4000, dim=3, seed=0, follows=True):
    """An autoregressive series, and levels of u in stretches of it that move variances or not."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(rows, dim))
    s = np.zeros((rows, dim))
    for i in range(1, rows):
        s[i] = 0.9 * s[i - 1] + 0.44 * noise[i]
    u = np.repeat(rng.integers(0, 8, rows // 100), 100)
    if follows:
        s = s * np.exp(0.6 * rng.normal(size=(8, dim)))[u]
    return s, mixed(s, rng), u, rng
