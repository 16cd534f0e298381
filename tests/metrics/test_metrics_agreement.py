import numpy as np
import pytest
from scipy.stats import ortho_group

from ivaegan_jax.metrics import affine_r2, aligned, correlation_matrix, mcc, pairwise_agreement

RNG = np.random.default_rng(0)
TRUE = RNG.laplace(size=(500, 3))


def test_matrices_equal_the_measures_of_each_pair():
    latents = np.stack([TRUE @ RNG.normal(size=(3, 3)) + RNG.normal(size=(500, 3)) for _ in "abc"])
    agreement = pairwise_agreement(latents)
    for matrix in agreement:
        np.testing.assert_array_equal(matrix, matrix.T)
        np.testing.assert_array_equal(np.diag(matrix), 1)
    a, b = latents[0], latents[2]
    assert agreement.mcc[0, 2] == pytest.approx(mcc(a, b))
    both_ways = (affine_r2(a, b) + affine_r2(b, a)) / 2
    assert agreement.affine_r2[2, 0] == pytest.approx(both_ways)


def test_runs_that_differ_by_a_rotation_agree_affinely_only():
    runs = [TRUE, -TRUE[:, ::-1], TRUE @ ortho_group.rvs(3, random_state=1)]
    agreement = pairwise_agreement(np.stack(runs))
    np.testing.assert_allclose(agreement.affine_r2, 1)
    assert agreement.mcc[0, 1] == pytest.approx(1)
    assert agreement.mcc[0, 2] < 0.95


def test_a_dead_latent_lowers_agreement_and_gives_no_nan():
    agreement = pairwise_agreement(np.stack([TRUE, TRUE * [1, 1, 0] + 0.1]))
    assert agreement.mcc[0, 1] == pytest.approx(2 / 3)
    assert agreement.affine_r2[0, 1] == pytest.approx(2 / 3, abs=0.02)


def test_a_run_of_nan_is_an_error():
    with pytest.raises(ValueError, match="infs or NaNs"):
        pairwise_agreement(np.stack([TRUE, TRUE * np.nan]))


def test_aligned_undoes_permutation_and_sign():
    z = TRUE[:, [2, 0, 1]] * [-1, 1, -2]
    np.testing.assert_allclose(aligned(z, TRUE), TRUE * [1, 2, 1])


def test_aligned_keeps_unmatched_columns_at_the_end():
    noise = RNG.normal(size=(500, 2))
    z = np.stack([noise[:, 0], -TRUE[:, 1], noise[:, 1], TRUE[:, 0], TRUE[:, 2]], axis=1)
    result = aligned(z, TRUE)
    np.testing.assert_allclose(result, np.concatenate([TRUE, noise], axis=1))
    few = aligned(-TRUE[:, [2, 0]], TRUE)
    np.testing.assert_allclose(np.diag(correlation_matrix(few, TRUE[:, [0, 2]])), 1)
