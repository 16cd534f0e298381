"""The gradient of a player's weighted terms, and how the adversarial one is balanced in it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.training.step import player_gradient

OWNED = {"generator": jnp.array([0.4, -0.2]), "encoder": jnp.array(0.3)}
WEIGHT = {"nll": 2.0, "adv_g": 4.0}
# slopes of the two terms; those of adv_g on the generator have length 5
NLL = {"generator": np.array([1.5, 0.0]), "encoder": np.array(1.0)}
ADV = {"generator": np.array([3.0, 4.0]), "encoder": np.array(7.0)}


def terms_of(owned, scale=1.0):
    def linear(slopes):
        return sum(jnp.sum(slopes[block] * leaf) for block, leaf in owned.items())

    return {"nll": linear(NLL), "adv_g": scale * linear(ADV), "adv_d": jnp.array(1e6)}


def gradient(weight=WEIGHT, balance="gradient_norm", owned=OWNED, scale=1.0):
    weight = jax.tree.map(jnp.float32, weight)
    return player_gradient(lambda owned: terms_of(owned, scale), owned, weight, balance)


def assert_gradient(found, nll, adversarial):
    """The gradient is a sum of the two terms' own, in these shares."""
    expected = {b: nll * NLL[b] + adversarial * ADV[b] for b in found}
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5), found, expected)


def test_fixed_balance_is_the_gradient_of_the_weighted_sum():
    grads, loss, terms = gradient(balance="fixed")
    assert_gradient(grads, 2.0, 4.0)
    assert float(loss) == pytest.approx(2 * float(terms["nll"]) + 4 * float(terms["adv_g"]))
    assert float(terms["adv_d"]) == 1e6


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3])
def test_the_adversarial_gradient_is_weight_times_as_long_as_the_rest_on_the_generator(scale):
    """The rest is 2 x 1.5 long, so the adversary's becomes 4 x 3, whatever it was before."""
    grads, _, _ = gradient(scale=scale)
    assert_gradient(grads, 2.0, 4.0 * 3.0 / 5.0)


def test_a_weight_that_has_not_risen_yet_leaves_the_rest():
    grads, _, _ = gradient(WEIGHT | {"adv_g": 0.0})
    assert_gradient(grads, 2.0, 0.0)


@pytest.mark.parametrize(
    ("weight", "owned"),
    [
        ({"adv_g": 4.0}, OWNED),
        (WEIGHT, {"encoder": OWNED["encoder"]}),
        ({"nll": 2.0}, OWNED),
    ],
)
def test_where_there_is_nothing_to_balance_the_weights_count(weight, owned):
    for balance in ("fixed", "gradient_norm"):
        grads, _, _ = gradient(weight, balance, owned)
        assert_gradient(grads, weight.get("nll", 0.0), weight.get("adv_g", 0.0))
