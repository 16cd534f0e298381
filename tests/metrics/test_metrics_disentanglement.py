"""DCI and the mutual information gap: closed forms, and what must not move them."""

import numpy as np
import pytest

from ivaegan_jax.metrics import dci, mutual_information_gap

ROWS, DIM = 20_000, 4


@pytest.fixture(scope="module")
def sources():
    return np.random.default_rng(0).normal(size=(ROWS, DIM))


def test_sources_themselves_have_the_best_of_both(sources):
    assert min(dci(sources, sources)) > 0.99
    assert mutual_information_gap(sources, sources) > 0.98


@pytest.mark.parametrize("measure", [dci, mutual_information_gap])
def test_order_signs_scales_and_places_of_latents_do_not_matter(sources, measure):
    mixed = sources @ np.array([[1, 0.3, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0, 1]])
    other = mixed[:, [2, 0, 3, 1]] * [1.0, -2.0, 30.0, -0.1] + 7
    np.testing.assert_allclose(measure(other, sources), measure(mixed, sources), atol=2e-3)


def test_latents_that_all_mix_all_sources_alike_have_nothing(sources):
    hadamard = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    assert max(dci(sources @ hadamard, sources)) < 0.02
    assert mutual_information_gap(sources @ hadamard, sources) < 0.02


def test_two_latents_for_one_source_are_disentangled_and_not_complete(sources):
    noise = np.random.default_rng(1).normal(size=(2, ROWS))
    doubled = np.column_stack([sources[:, 0] + noise[0], sources[:, 0] + noise[1], sources[:, 1]])
    found = dci(doubled, sources[:, :2])
    assert found.disentanglement > 0.98
    assert found.completeness == pytest.approx((1 + 1 - np.log(2) / np.log(3)) / 2, abs=0.01)


def test_one_latent_that_serves_two_sources_is_complete_and_not_disentangled(sources):
    noise = np.random.default_rng(1).normal(size=ROWS)
    z = np.column_stack([sources[:, 0] + sources[:, 1], noise])
    found = dci(z, sources[:, :2])
    assert found.disentanglement < 0.01
    assert found.completeness > 0.98


@pytest.mark.filterwarnings("error")
def test_few_rows_of_latents_that_nearly_repeat_each_other_are_scored_without_a_warning():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        s, mixing = rng.normal(size=(24, 5)), rng.normal(size=(5, 2)) @ rng.normal(size=(2, 5))
        found = dci(s @ mixing + 1e-4 * s @ rng.normal(size=(5, 5)), s)
        assert all(0 <= each <= 1 for each in found)


def test_latents_that_know_nothing_have_nothing(sources):
    noise = np.random.default_rng(1).normal(size=(ROWS, 3))
    assert dci(np.ones((ROWS, 2)), sources) == (0, 0)
    assert mutual_information_gap(noise, sources) < 0.01
    assert mutual_information_gap(np.ones((ROWS, 2)), sources) == 0


def test_a_gap_is_what_the_next_best_latent_leaves(sources):
    """Of two Gaussian latents, information falls as -log(1 - correlation^2) / 2."""
    noise = np.random.default_rng(1).normal(size=ROWS)
    near = 0.9 * sources[:, 0] + (1 - 0.81) ** 0.5 * noise
    far = mutual_information_gap(np.column_stack([sources[:, 0], near]), sources[:, :1])
    alone = mutual_information_gap(near[:, None], sources[:, :1])
    assert far + alone == pytest.approx(1, abs=0.01)
    assert alone * np.log(20) == pytest.approx(-np.log(1 - 0.81) / 2, abs=0.08)
