import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.adversarial import ADVERSARIAL_LOSSES

NAMES = sorted(ADVERSARIAL_LOSSES)
REAL = jnp.array([0.3, -1.2, 2.0, 0.1])
FAKE = jnp.array([[0.5, 0.4, -0.7, 1.1], [-2.0, 0.2, 0.9, 0.0]])


@pytest.mark.parametrize(
    ("name", "at_chance"), [("non_saturating", 2 * np.log(2)), ("relativistic", np.log(2))]
)
def test_critic_value_at_chance(name, at_chance):
    value = ADVERSARIAL_LOSSES[name].critic(jnp.zeros(4), jnp.zeros((2, 4)))
    assert float(value) == pytest.approx(at_chance)


@pytest.mark.parametrize("name", NAMES)
def test_generator_value_at_chance(name):
    value = ADVERSARIAL_LOSSES[name].generator(jnp.zeros(4), jnp.zeros((2, 4)))
    assert float(value) == pytest.approx(np.log(2))


@pytest.mark.parametrize("name", NAMES)
def test_critic_loss_falls_when_real_logits_rise_and_fake_logits_fall(name):
    by_real, by_fake = jax.grad(ADVERSARIAL_LOSSES[name].critic, (0, 1))(REAL, FAKE)
    assert (by_real < 0).all()
    assert (by_fake > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_generator_loss_falls_when_fake_logits_rise(name):
    assert (jax.grad(ADVERSARIAL_LOSSES[name].generator, 1)(REAL, FAKE) < 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_fake_counts_the_same(name):
    for loss in ADVERSARIAL_LOSSES[name]:
        each = [float(loss(REAL, fake[None])) for fake in FAKE]
        assert float(loss(REAL, FAKE)) == pytest.approx(np.mean(each))


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_finite_for_extreme_logits(name):
    for loss in ADVERSARIAL_LOSSES[name]:
        assert np.isfinite(loss(1e4 * REAL, -1e4 * FAKE))


def test_relativistic_roles_are_exchanged():
    pair = ADVERSARIAL_LOSSES["relativistic"]
    fake = FAKE[0]
    assert float(pair.critic(REAL, fake)) == float(pair.generator(fake, REAL))


def test_relativistic_losses_see_differences_only():
    pair = ADVERSARIAL_LOSSES["relativistic"]
    for loss in pair:
        assert float(loss(REAL + 5, FAKE + 5)) == pytest.approx(float(loss(REAL, FAKE)), rel=1e-5)


def test_non_saturating_generator_ignores_real_rows():
    generator = ADVERSARIAL_LOSSES["non_saturating"].generator
    assert float(generator(REAL, FAKE)) == float(generator(-REAL, FAKE))
