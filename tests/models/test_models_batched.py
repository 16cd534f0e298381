"""Functions of many rows, some at a time: the same values, and memory that does not grow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.batched import in_batches
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.networks import Dims, Networks
from ivaegan_jax.models.terms.forward import rows_and_jacobian

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 23])
def test_every_row_is_mapped_once_and_in_order(count):
    seen = []

    def function(x, u):
        seen.append(len(x))
        return {"sum": x.sum(-1) + u, "both": jnp.stack([x, 2 * x], axis=1)}

    x, u = RNG.normal(size=(count, 3)).astype(np.float32), np.arange(count)
    found = in_batches(function, jnp.asarray(x), jnp.asarray(u), at_once=8)
    np.testing.assert_allclose(found["sum"], x.sum(-1) + u, rtol=1e-6)
    np.testing.assert_array_equal(found["both"], np.stack([x, 2 * x], axis=1))
    assert max(seen) <= 8


WIDTH, ROWS = 64, 30_000


@pytest.mark.parametrize("what", ["encode", "decode", "critic", "jacobian"])
def test_hidden_layers_never_exist_of_all_rows(tiny, what):
    nets = Networks(tiny("ivae_gan", width=WIDTH, critic_width=WIDTH).config, Dims(3, 4, 3, 32))
    params = nets.init(jax.random.key(0), ("encoder", "prior", "generator", "critic"))
    u = jnp.zeros((ROWS, 4))
    evaluate = {
        "encode": lambda x: nets.encode(params, x, u[: len(x)]),
        "decode": lambda x: nets.decode(params, x, Hyperparameters())[0],
        "critic": lambda x: nets.critic(params, x, x, u[: len(x)], 1.0)[0],
        "jacobian": lambda x: rows_and_jacobian(
            lambda z: nets.decode(params, z, Hyperparameters())[0], x
        ),
    }[what]  # fmt: skip
    rows = jnp.asarray(RNG.normal(size=(ROWS, 3)), jnp.float32)
    compiled = jax.jit(evaluate).lower(rows).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < ROWS * WIDTH * 4 / 2
    some = rows[-200:]
    jax.tree.map(
        lambda one, all_: np.testing.assert_allclose(one, all_[-200:], rtol=1e-4, atol=1e-5),
        jax.jit(evaluate)(some), compiled(rows),
    )  # fmt: skip
