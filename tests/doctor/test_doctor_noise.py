"""The doctor's estimate of noise against noise that is known."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ivaegan_jax.data import load_dataset
from ivaegan_jax.data.noise.counts import are_counts, look_at_counts
from ivaegan_jax.data.noise.local import local_noise
from ivaegan_jax.doctor.noise import check_noise, reach
from ivaegan_jax.models import ModelConfig
from ivaegan_jax.models.choices import CHOICES
from ivaegan_jax.types import Auxiliary, Dataset

ROWS, LEVELS = 6000, 12
U = np.arange(ROWS) % LEVELS


def table(x, **fields):
    return Dataset(
        name="table", x=x, u=Auxiliary.categorical(U[: len(x)], np.arange(LEVELS)), **fields
    )


def look(data, dim_z=4, **config):
    return check_noise(data, dim_z, ModelConfig(**config))


def drawn(name, **options):
    return load_dataset(name, 103, {"segments": LEVELS, "per_segment": ROWS // LEVELS, **options})


def seen(columns, std, dim=4, seed=0):
    """Bent sources of 12 levels in columns of variance 1, and noise of these stds."""
    rng = np.random.default_rng(seed)
    s = rng.normal(size=(ROWS, dim)) * rng.uniform(0.5, 2, (LEVELS, dim))[U]
    x = np.tanh(s @ rng.normal(size=(dim, columns)) / 3) @ rng.normal(size=(columns, columns))
    return x / x.std(axis=0) + std * rng.normal(size=(ROWS, columns))


@pytest.mark.parametrize("noise", [0.316, 1.0])
def test_noise_of_redundant_columns_is_found_within_a_fifth(noise):
    data = drawn("noisy", noise=noise)
    found = look(data)
    true = noise / np.sqrt(1 + noise**2)  # of the noisy column's own standard deviation
    assert_allclose(found.values["median"], true, rtol=0.2)
    assert_allclose(found.values["std"], true, rtol=0.3)
    assert found.values["kind"] == "numbers"
    assert f"Noise is about {found.values['median']:.2f} of a column's" in found.sentence


def test_columns_have_noise_of_their_own():
    std = np.linspace(0.5, 1, 16)
    x = seen(16, std)
    found = local_noise((x - x.mean(axis=0)) / x.std(axis=0), 4)
    assert_allclose(found.std, std / np.sqrt(1 + std**2), rtol=0.2)


@pytest.mark.parametrize("noise", [0, 0.1])
def test_little_noise_is_bounded_from_above(noise):
    found = look(table(seen(16, noise)))
    assert found.severity == "fine"
    assert noise <= found.values["median"] < 0.2
    assert "Noise is at most about" in found.sentence


def test_where_columns_are_few_the_narrowest_level_bounds_the_noise():
    rng = np.random.default_rng(0)
    std = np.where(np.arange(LEVELS) == 3, 0.01, 2.0)[U][:, None]
    x = (rng.normal(size=(ROWS, 4)) * std) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    x += 0.2 * rng.normal(size=x.shape)
    found = look(table(x))
    assert_allclose(found.values["at_most"], 0.2 / np.median(x.std(axis=0)), rtol=0.1)
    assert "at most about" in found.sentence
    assert "takes 8 columns" in found.sentence


def test_where_nothing_can_be_told_that_is_said():
    found = look(table(np.random.default_rng(0).normal(size=(60, 20))))
    assert found.severity == "fine"
    assert "cannot be measured before training" in found.sentence
    assert found.values["at_most"] is None


def test_columns_of_few_values_are_no_numbers_with_noise():
    binary = np.random.default_rng(0).integers(0, 2, (ROWS, 12)).astype(float)
    assert "columns of x have few values" in look(table(binary)).sentence


@pytest.mark.parametrize("shape", [(60, 30), (600, 2)])
def test_of_few_rows_or_columns_of_counts_nothing_is_expected(shape):
    found = look(table(np.random.default_rng(0).poisson(1.0, shape).astype(float)))
    assert set(found.values) == {"kind", "zeros", "mean", "likelihood"}
    assert "x holds counts" in found.sentence
    assert "MCC" not in found.sentence


def test_heavy_tails_are_told_from_a_gaussian_law():
    light, heavy = (look(drawn("noisy", noise=0.562, noise_law=law)).values["likelihood"]
                    for law in ("gaussian", "laplace"))  # fmt: skip
    assert (light, heavy) == ("gaussian", "student_t")


@pytest.mark.parametrize("counted", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("zeros", [0.3, 0.9])
def test_counts_are_recognised_with_their_dispersion(counted, zeros):
    found = look(drawn("counts", counted=counted, zeros=zeros))
    assert found.values["kind"] == "counts"
    assert found.values["likelihood"] == "poisson"
    assert_allclose(found.values["zeros"], zeros, atol=0.02)
    if counted == "negative_binomial":
        assert_allclose(found.values["dispersion"], 0.5, atol=0.3)
    assert f"{found.values['zeros']:.0%} of them 0" in found.sentence


def test_what_is_no_count():
    rng = np.random.default_rng(0)
    counts = rng.poisson(2.0, (500, 4)).astype(float)
    assert are_counts(counts)
    assert not are_counts(counts - 1)
    assert not are_counts(counts + 0.5)
    assert not are_counts(np.minimum(counts, 1))
    assert not are_counts(counts + 2e9)
    assert not are_counts(np.round(2048 + 20 * rng.normal(size=(500, 4))))
    assert not are_counts(np.empty((0, 4)))


def test_independent_poisson_counts_share_nothing():
    counts = np.random.default_rng(0).poisson([0.3, 1, 3, 10], (20_000, 4)).astype(float)
    found = look_at_counts(counts)
    assert found.dispersion < 0.02
    assert found.ratios.max() < 0.1
    assert not found.over_dispersed


def test_more_noise_can_be_expected_to_leave_less():
    by_noise = [look(drawn("noisy", noise=n)).values["reach"] for n in (0.316, 1)]
    assert by_noise[0] > by_noise[1] + 0.03
    by_zeros = [look(drawn("counts", zeros=z, columns=20)).values["reach"] for z in (0.2, 0.9)]
    assert by_zeros[0] > by_zeros[1] + 0.1


def test_what_can_be_expected_is_exact_where_the_mixing_is_an_orthogonal_matrix():
    rng, std, dim, columns = np.random.default_rng(0), 0.8, 3, 12
    matrix = np.linalg.qr(rng.normal(size=(columns, dim)))[0].T * np.sqrt(columns / dim)
    s = rng.normal(size=(50_000, dim))
    x = s @ matrix + std * rng.normal(size=(len(s), columns))
    estimate = x @ matrix.T  # the posterior mean but for a factor
    found = [abs(np.corrcoef(estimate[:, i], s[:, i])[0, 1]) for i in range(dim)]
    assert_allclose(found, reach(np.full(columns, 1 / std**2), dim), atol=0.005)


@pytest.mark.parametrize(
    ("name", "options"), [("noisy", {"noise": 0.562}), ("counts", {"columns": 20})]
)
def test_advice_names_flags_that_there_are_and_ends_where_it_is_followed(name, options):
    data = drawn(name, **options)
    found = look(data)
    flags = dict(re.findall(r"--config\.model\.(\w+)=(\w+)", found.advice))
    for flag, value in flags.items():
        assert value in CHOICES[flag]
    followed = look(data, **flags)
    assert (followed.severity, followed.advice) == ("fine", "")
    assert followed.sentence == found.sentence
