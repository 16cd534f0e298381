import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from ivaegan_jax import linalg
from ivaegan_jax.linalg import cholesky, half_log_det, log_volume, solve_transposed


@pytest.fixture(params=[1, 2, 7])
def matrices(request):
    roots = np.random.default_rng(0).normal(size=(4, request.param, request.param + 2))
    return jnp.asarray(roots @ roots.swapaxes(1, 2), jnp.float32)


def test_factors_are_those_of_lapack(matrices):
    np.testing.assert_allclose(cholesky(matrices), np.linalg.cholesky(matrices), atol=1e-4)


def test_half_log_det(matrices):
    expected = np.linalg.slogdet(matrices)[1] / 2
    np.testing.assert_allclose(half_log_det(cholesky(matrices)), expected, atol=1e-4)


def test_substitution_solves_the_transposed_system(matrices):
    lower = cholesky(matrices)
    vectors = jnp.asarray(np.random.default_rng(1).normal(size=matrices.shape[:2]), jnp.float32)
    solved = solve_transposed(lower, vectors)
    np.testing.assert_allclose(jnp.einsum("rij,ri->rj", lower, solved), vectors, atol=1e-4)


def test_volume_is_that_of_the_product(matrices):
    expected = np.linalg.slogdet(matrices @ matrices.swapaxes(1, 2))[1] / 2
    np.testing.assert_allclose(log_volume(matrices), expected, atol=1e-3)


def test_volume_of_a_nearly_flat_map_is_exact_where_its_product_has_none():
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(2, 3, 3)))[0]
    scale = np.array([1.0, 1e-2, 1e-5])
    flat = jnp.asarray(turn[:1] * scale @ turn[1:], jnp.float32)
    np.testing.assert_allclose(log_volume(flat), np.log(scale).sum(), atol=1e-2)
    assert not np.isclose(half_log_det(cholesky(flat @ flat.swapaxes(1, 2))), np.log(scale).sum())


def test_log_determinants_have_gradients():
    with jax.enable_x64(True):
        roots = jnp.asarray(np.random.default_rng(2).normal(size=(2, 3, 5)))

        def log_dets(roots):
            roots = jnp.asarray(roots)  # finite differences come as numpy arrays
            return half_log_det(cholesky(roots @ roots.swapaxes(1, 2))), log_volume(roots)

        check_grads(log_dets, (roots,), 1, modes=("rev",))


def test_no_program_of_ours_calls_lapack():
    """See the module's docstring: programs over several CPU devices would wait for ever."""
    for path in Path(linalg.__file__).parent.rglob("*.py"):
        called = re.findall(r"jnp\.linalg\.(?!norm)\w+|jax\.scipy\.linalg", path.read_text())
        assert not called, path
