import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.terms.losses import ADVERSARIAL_LOSSES

NAMES = sorted(ADVERSARIAL_LOSSES)
REAL = jnp.array([0.3, -1.2, 2.0, 0.1])
FAKE = jnp.array([[0.5, 0.4, -0.7, 1.1], [-2.0, 0.2, 0.9, 0.0]])
# least squares pulls back what overshoots its targets 0 and 1, hinge forgets what is beyond them
WITHIN_TARGETS = jax.nn.sigmoid(REAL), jax.nn.sigmoid(FAKE)


def softplus(x):
    return np.log1p(np.exp(x))


# name: (critic, generator) at logits of 0, and at a real logit of 2 against a fake one of -1
VALUES = {
    "non_saturating": ((2 * np.log(2), np.log(2)), (softplus(-2) + softplus(-1), softplus(1))),
    "minimax": ((2 * np.log(2), -np.log(2)), (softplus(-2) + softplus(-1), -softplus(-1))),
    "hinge": ((2, 0), (0, 1)),
    "least_squares": ((0.5, 0.5), (1, 2)),
    "wasserstein": ((0, 0), (-3, 1)),
    "relativistic": ((np.log(2), np.log(2)), (softplus(-3), softplus(3))),
}


@pytest.mark.parametrize("name", NAMES)
def test_values_by_hand(name):
    chance, apart = VALUES[name]
    for real, fake, expected in ((0.0, 0.0, chance), (2.0, -1.0, apart)):
        logits = jnp.full(4, real), jnp.full((2, 4), fake)
        found = [float(loss(*logits)) for loss in ADVERSARIAL_LOSSES[name]]
        assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_critic_loss_falls_when_real_logits_rise_and_fake_logits_fall(name):
    by_real, by_fake = jax.grad(ADVERSARIAL_LOSSES[name].critic, (0, 1))(*WITHIN_TARGETS)
    assert (by_real < 0).all()
    assert (by_fake > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_generator_loss_falls_when_fake_logits_rise(name):
    assert (jax.grad(ADVERSARIAL_LOSSES[name].generator, 1)(*WITHIN_TARGETS) < 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_fake_counts_the_same(name):
    for loss in ADVERSARIAL_LOSSES[name]:
        each = [float(loss(REAL, fake[None])) for fake in FAKE]
        assert float(loss(REAL, FAKE)) == pytest.approx(np.mean(each))


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_finite_for_extreme_logits(name):
    for loss in ADVERSARIAL_LOSSES[name]:
        assert np.isfinite(loss(1e4 * REAL, -1e4 * FAKE))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"relativistic"}))
def test_all_but_the_relativistic_generator_ignore_real_rows(name):
    generator = ADVERSARIAL_LOSSES[name].generator
    assert float(generator(REAL, FAKE)) == float(generator(-REAL, FAKE))


def test_relativistic_roles_are_exchanged():
    pair = ADVERSARIAL_LOSSES["relativistic"]
    fake = FAKE[0]
    assert float(pair.critic(REAL, fake)) == float(pair.generator(fake, REAL))


@pytest.mark.parametrize("fakes", [FAKE[:1], FAKE])
def test_a_relativistic_critic_compares_each_row_with_the_fake_of_its_own_place(fakes):
    critic = ADVERSARIAL_LOSSES["relativistic"].critic
    raised = np.asarray(jax.hessian(critic, 0)(REAL, fakes))
    assert np.diagonal(raised).all()
    assert not (raised - np.diag(np.diagonal(raised))).any()
    order = jnp.array([2, 0, 3, 1])
    paired = float(critic(REAL[order], fakes[:, order]))
    assert paired == pytest.approx(float(critic(REAL, fakes)))
    assert paired != pytest.approx(float(critic(REAL, fakes[:, order])), abs=1e-3)


def test_relativistic_losses_see_differences_only():
    pair = ADVERSARIAL_LOSSES["relativistic"]
    for loss in pair:
        assert float(loss(REAL + 5, FAKE + 5)) == pytest.approx(float(loss(REAL, FAKE)), rel=1e-5)


def test_minimax_is_a_zero_sum_game_that_saturates():
    """Both pairs have one critic; where it wins, only the non-saturating generator still learns."""
    minimax, other = (ADVERSARIAL_LOSSES[name] for name in ("minimax", "non_saturating"))
    assert minimax.critic is other.critic
    to_critic = jax.grad(minimax.critic, 1)(REAL, FAKE)
    np.testing.assert_allclose(jax.grad(minimax.generator, 1)(REAL, FAKE), -to_critic)
    lost = jnp.full((1, 4), -30.0)
    assert abs(jax.grad(minimax.generator, 1)(REAL, lost)).max() < 1e-9
    np.testing.assert_allclose(jax.grad(other.generator, 1)(REAL, lost), -0.25, rtol=1e-6)
