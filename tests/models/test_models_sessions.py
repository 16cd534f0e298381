"""Sessions share the prior and nothing else; their terms are the mean of those by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models import (
    PRESETS,
    Dims,
    Hyperparameters,
    ModelConfig,
    build,
    key_of,
    of_session,
    resolve,
    share_prior,
)
from ivaegan_jax.training import as_batch

SMALL = ModelConfig(width=8, depth=2, critic_width=8, critic_depth=2)
COLUMNS, LEVELS, KEY, NAMES = (
    (3, 5),
    4,
    jax.random.key(3),
    ("nll", "kl", "adv_g", "latent_reconstruction"),
)


@pytest.fixture(scope="module")
def built():
    """The models of two sessions, what joins them, and its first parameters."""

    def make(**config):
        own, game = resolve(PRESETS["ivae_gan"], ModelConfig(**vars(SMALL) | config))
        sizes = [Dims(columns, LEVELS, 2, 40) for columns in COLUMNS]
        models = [build(own, dims, game.blocks) for dims in sizes]
        joined = share_prior(models)
        return models, joined, joined.init(KEY)

    return make


@pytest.fixture(scope="module")
def batches():
    rng = np.random.default_rng(0)
    u = jnp.arange(8) % LEVELS
    return tuple(
        as_batch(jnp.asarray(rng.normal(size=(8, columns)), jnp.float32), u, LEVELS)
        for columns in COLUMNS
    )


def test_sessions_begin_as_they_would_alone_and_share_the_prior_of_the_first(built, same):
    models, _, params = built()
    for i, own in enumerate(models):
        alone, here = own.init(key_of(KEY, i)), of_session(params, i)
        assert here["encoder"]["Trunk_0"]["Dense_0"]["kernel"].shape == (COLUMNS[i], 8)
        for block in ("encoder", "generator", "critic"):
            assert same(here[block], alone[block])
    assert same(params["prior"], models[0].init(KEY)["prior"])


def test_terms_are_the_mean_over_sessions(built, batches):
    models, joined, params = built()
    found = joined.terms(params, batches, KEY, Hyperparameters(), NAMES)
    each = [
        own.terms(of_session(params, i), batches[i], key_of(KEY, i), Hyperparameters(), NAMES)
        for i, own in enumerate(models)
    ]
    for name in NAMES:
        assert found[name] == pytest.approx(float(each[0][name] + each[1][name]) / 2, rel=1e-6)
        assert each[0][name] != each[1][name]


def test_the_rows_of_a_session_move_its_own_blocks_and_the_prior(built, batches):
    _, joined, params = built()

    def slopes(second):
        seen = (batches[0], batches[1]._replace(x=second))
        return jax.grad(
            lambda p: sum(joined.terms(p, seen, KEY, Hyperparameters(), NAMES).values())
        )(params)

    before, after = slopes(batches[1].x), slopes(2 * batches[1].x)
    moved = {
        (block, i): not all(
            jax.tree.leaves(
                jax.tree.map(
                    np.array_equal, of_session(before, i)[block], of_session(after, i)[block]
                )
            )
        )
        for block in ("encoder", "generator", "prior")
        for i in range(2)
    }
    assert moved == {
        ("encoder", 0): False, ("encoder", 1): True,
        ("generator", 0): False, ("generator", 1): True,
        ("prior", 0): True, ("prior", 1): True,
    }  # fmt: skip


def test_the_spectral_norms_of_every_critic_move(built):
    _, joined, params = built(critic_norm="spectral")
    moved = joined.refresh(params)
    for i in range(2):
        for before, after in zip(
            *(jax.tree.leaves(of_session(p, i)["critic_norm"]) for p in (params, moved)),
            strict=True,
        ):
            assert not np.array_equal(before, after)
            assert np.linalg.norm(after) == pytest.approx(1, rel=1e-5)
    assert jax.tree.structure(moved) == jax.tree.structure(params)
