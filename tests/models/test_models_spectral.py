"""The critic's spectral norm: layers that stretch nothing, by vectors that only `refresh` moves."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.networks import CRITIC_NORM
from ivaegan_jax.training.schedules import optimiser
from ivaegan_jax.training.step import player_update

KEY = jax.random.key(0)
SPECTRAL = {"critic_norm": "spectral", "critic_depth": 3}


@pytest.fixture(scope="module")
def settled(make_pass):
    """`settled(**config)`: a pass whose vectors have taken a hundred power iterations."""

    def make(**config):
        run = make_pass(**SPECTRAL | config)
        step = jax.jit(run.nets.refresh)
        for _ in range(100):
            run.params = step(run.params)
        return run

    return make


def kernels(tree):
    return {jax.tree_util.keystr(path): leaf for path, leaf in jax.tree.leaves_with_path(tree)}


@pytest.mark.parametrize("conditioning", ["concatenate", "projection"])
def test_the_norms_converge_to_each_layers_largest_singular_value(settled, conditioning):
    params = settled(critic_conditioning=conditioning).params
    vectors, layers = kernels(params[CRITIC_NORM]), kernels(params["critic"])
    assert len(vectors) == 3 + (conditioning == "projection")
    for path, vector in vectors.items():
        kernel = np.asarray(layers[path.replace("vector", "kernel")])
        largest = np.linalg.svd(kernel, compute_uv=False)[0]
        assert np.linalg.norm(vector @ kernel) == pytest.approx(largest, rel=1e-4)


def test_the_critic_is_nowhere_steeper_than_one(settled):
    run = settled(critic_input="x")
    run.params["critic"] = jax.tree.map(lambda leaf: 10 * leaf, run.params["critic"])
    slopes = np.linalg.norm(run.slopes(*run.real), axis=-1)
    assert (slopes < 1 + 1e-4).all()
    assert slopes.max() > 0.01


def test_a_critic_starts_from_the_same_kernels_with_and_without_norms(make_pass, same):
    plain, spectral = (make_pass(**SPECTRAL | {"critic_norm": n}) for n in ("none", "spectral"))
    assert same(plain.params["critic"], spectral.params["critic"])
    assert CRITIC_NORM not in plain.params
    assert same(plain.nets.refresh(plain.params), plain.params)


def test_the_length_of_a_kernel_has_no_effect_and_no_slope(settled):
    """So the gradient is that of the normalised layer (Miyato et al. 2018, eq. 12)."""
    run = settled()
    params = run.params | {"critic": jax.tree.map(lambda leaf: leaf, run.params["critic"])}

    def logit(kernel):
        params["critic"]["Trunk_0"]["Dense_0"]["kernel"] = kernel
        critic = run.nets.critic(params, run.batch.x, run.real[1], run.batch.u, 2.0)
        return jnp.sum(jnp.sin(critic[0]))

    kernel = params["critic"]["Trunk_0"]["Dense_0"]["kernel"]
    slope = jax.grad(logit)(kernel)
    assert float(logit(7 * kernel)) == pytest.approx(float(logit(kernel)), rel=1e-5)
    assert float(jnp.abs(slope).max()) > 1e-2
    assert float(jnp.sum(slope * kernel)) == pytest.approx(0.0, abs=1e-5)


def test_the_norms_belong_to_no_player_and_take_one_iteration_per_move_of_the_critic(
    tiny, make_pass, run_of, batch, same
):
    _, game, model, _ = tiny("ivae_gan", **SPECTRAL)
    assert CRITIC_NORM not in game.blocks
    start, hyperparameters, now = (
        make_pass(**SPECTRAL).params,
        run_of().hyperparameters,
        jnp.zeros(()),
    )

    def squares(params, batch, key, hyperparameters, names):
        return dict.fromkeys(names, sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(params)))

    @functools.partial(jax.jit, static_argnums=0)
    def move(name):
        opt_state = optimiser(name, hyperparameters, now).init(
            {b: start[b] for b in game.players[name].blocks}
        )
        flat = model._replace(terms=squares)
        alive = jnp.array(True)
        return player_update(
            flat, game, name, start, opt_state, batch, KEY, hyperparameters, now, alive
        )[0]

    expected = {"gan": jax.jit(model.refresh)(start), "vae": start}
    for name, params in expected.items():  # fused with the rest, the iteration rounds differently
        close = functools.partial(np.testing.assert_allclose, atol=1e-6)
        jax.tree.map(close, move(name)[CRITIC_NORM], params[CRITIC_NORM])
    assert same(move("vae")[CRITIC_NORM], start[CRITIC_NORM])


def test_the_state_keeps_the_norms_and_the_average_does_not(tiny, run_of):
    state = jax.eval_shape(tiny("ivae_gan", ema=True, **SPECTRAL).trainer.init, run_of())
    assert CRITIC_NORM in state.params
    assert set(state.ema) == {"encoder", "prior", "generator"}
