import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from ivaegan_jax.data import DATASETS, is_synthetic, load_dataset
from ivaegan_jax.data.benchmarks.noise import draw_noise
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.sources import load_data, load_raw

SMALL = {"per_segment": 500, "dim": 4}
BENCHMARKS = [name for name in DATASETS if is_synthetic(name)]
NOISY_BY_THEMSELVES = {"counts", "b5_sine", "b5_quadratic", "b5_two_circles"}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_no_noise_is_the_same_bit_by_bit(name):
    drawn, same = DATASETS[name].make(2, **SMALL), load_dataset(name, 2, {**SMALL, "noise": 0.0})
    assert np.array_equal(drawn.x, same.x)
    assert (same.clean is None) == (name not in NOISY_BY_THEMSELVES)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_noise_has_the_std_asked_for_and_nothing_else_moves(name):
    clean, noisy = DATASETS[name].make(2, **SMALL), load_dataset(name, 2, {**SMALL, "noise": 0.3})
    assert noisy.x.dtype == np.float32
    assert np.array_equal(noisy.clean, clean.x if clean.clean is None else clean.clean)
    std = clean.x.std(0) if clean.image_shape is None else np.sqrt(clean.x.var(0).mean())
    added = (noisy.x - clean.x) / std
    assert_allclose(added.std(0), 0.3, rtol=0.1)
    assert_allclose(added.mean(0), 0, atol=0.05)
    assert np.abs(np.corrcoef(added.T) - np.eye(added.shape[1])).max() < 0.15
    assert np.array_equal(noisy.u.values, clean.u.values)
    assert np.array_equal(noisy.s, clean.s)


def test_noise_repeats_with_the_data_seed_and_grows_in_place():
    some, again, more = (load_dataset("b1", 3, {**SMALL, "noise": n}).x for n in (0.1, 0.1, 0.2))
    clean = load_dataset("b1", 3, SMALL).x
    assert np.array_equal(some, again)
    assert_allclose(more - clean, 2 * (some - clean), atol=1e-5)


@pytest.mark.parametrize(
    ("law", "kurtosis", "largest"),
    [("gaussian", 0, 6), ("laplace", 3, 14), ("student_t", 6, 80), ("uniform", -1.2, 1.7321)],
)
def test_noise_of_every_law_has_variance_1(law, kurtosis, largest):
    draws = draw_noise(np.random.default_rng(0), law, (100_000, 4))
    assert_allclose(draws.mean(), 0, atol=0.01)
    assert_allclose(draws.std(), 1, rtol=0.01)
    assert np.abs(draws).max() < largest
    assert_allclose(
        stats.kurtosis(draws.ravel()),
        kurtosis,
        atol=[0.05, 0.2, 3][(kurtosis > 0) + (kurtosis > 3)],
    )


def test_the_law_of_the_noise_is_an_option_of_every_benchmark():
    clean, noisy = (load_dataset("b1", 2, {**SMALL, "noise": n, "noise_law": "uniform"})
                    for n in (0, 0.3))  # fmt: skip
    added = (noisy.x - clean.x) / clean.x.std(0)
    assert_allclose(np.abs(added).max(), 0.3 * np.sqrt(3), rtol=0.01)


def asked(name, **data):
    config = Config(data=DataConfig(**data))
    return Experiment(name, ("ivae",), (1,), (1, 2), steps=1, config=config)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_an_experiment_loads_it_with_its_options(name):
    experiment = asked(name, **SMALL, noise=0.5)
    expected = load_dataset(name, 2, {**SMALL, "noise": 0.5})
    assert np.array_equal(load_raw(experiment, 2).x, expected.x)
    prepared = load_data(experiment)
    assert prepared.dim_x == expected.x.shape[1]
    assert expected.s is not None
    assert prepared.dim_s == expected.s.shape[1]
    u = expected.u
    assert prepared.dim_u == (len(u.levels) if u.is_categorical else len(u.columns))
    rms = np.sqrt(prepared.train.x.var(axis=1).mean(axis=1, keepdims=True))
    spread = prepared.train.x.std(axis=1) if expected.image_shape is None else rms
    assert_allclose(spread, 1.5, rtol=1e-4)
