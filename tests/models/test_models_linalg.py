import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from ivaegan_jax.models import linalg
from ivaegan_jax.models.linalg import half_log_det, log_volume, solve_upper, triangular


@pytest.fixture(params=[1, 2, 7])
def matrices(request):
    roots = np.random.default_rng(0).normal(size=(4, request.param, request.param + 2))
    return jnp.asarray(roots @ roots.swapaxes(1, 2), jnp.float32)


def test_factors_are_those_of_lapack(matrices):
    expected = np.linalg.qr(matrices)[1]
    expected *= np.sign(np.diagonal(expected, axis1=1, axis2=2))[..., None]
    np.testing.assert_allclose(triangular(matrices), expected, atol=1e-4)


def test_half_log_det(matrices):
    expected = np.linalg.slogdet(matrices)[1]
    np.testing.assert_allclose(half_log_det(triangular(matrices)), expected, atol=1e-3)


def test_substitution_solves_the_system(matrices):
    upper = triangular(matrices)
    vectors = jnp.asarray(np.random.default_rng(1).normal(size=matrices.shape[:2]), jnp.float32)
    solved = solve_upper(upper, vectors)
    np.testing.assert_allclose(jnp.einsum("rij,rj->ri", upper, solved), vectors, atol=1e-3)


def test_a_column_of_zeros_is_a_row_of_zeros():
    flat = jnp.asarray(np.random.default_rng(0).normal(size=(1, 4, 3)) * [1, 0, 1], jnp.float32)
    upper = triangular(flat)[0]
    np.testing.assert_array_equal(upper[1], 0)
    np.testing.assert_allclose(upper.T @ upper, flat[0].T @ flat[0], rtol=1e-4)


def test_columns_that_repeat_others_are_told_apart_by_what_little_they_add():
    """Columns 1e4 long and alike, above a unit matrix: in float32 their product is singular."""
    alike = np.repeat(1e4 * np.random.default_rng(0).normal(size=(3, 20, 1)), 3, axis=2)
    tall = np.concatenate([alike, np.broadcast_to(np.eye(3), (3, 3, 3))], axis=1)
    found = half_log_det(triangular(jnp.asarray(tall, jnp.float32)))
    exact = np.linalg.slogdet(tall.swapaxes(1, 2) @ tall)[1] / 2
    np.testing.assert_allclose(found, exact, atol=1e-2)


def test_volume_is_that_of_the_product(matrices):
    expected = np.linalg.slogdet(matrices @ matrices.swapaxes(1, 2))[1] / 2
    np.testing.assert_allclose(log_volume(matrices), expected, atol=1e-3)


def test_volume_of_a_nearly_flat_map_is_exact_where_its_product_has_none():
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(2, 3, 3)))[0]
    scale = np.array([1.0, 1e-2, 1e-5])
    flat = jnp.asarray(turn[:1] * scale @ turn[1:], jnp.float32)
    np.testing.assert_allclose(log_volume(flat), np.log(scale).sum(), atol=1e-2)
    squared = np.linalg.slogdet(np.asarray(flat @ flat.swapaxes(1, 2)))[1] / 2
    assert not np.isclose(squared, np.log(scale).sum(), atol=1e-2)


def test_log_determinants_have_gradients():
    with jax.enable_x64(True):
        roots = jnp.asarray(np.random.default_rng(2).normal(size=(2, 3, 5)))

        def log_dets(roots):
            roots = jnp.asarray(roots)  # finite differences come as numpy arrays
            return half_log_det(triangular(roots.swapaxes(1, 2))), log_volume(roots)

        check_grads(log_dets, (roots,), 1, modes=("rev",))


def test_no_program_of_ours_calls_lapack():
    """See the module's docstring: programs over several CPU devices would wait for ever."""
    for path in Path(linalg.__file__).parent.rglob("*.py"):
        called = re.findall(r"jnp\.linalg\.(?!norm)\w+|jax\.scipy\.linalg", path.read_text())
        assert not called, path
