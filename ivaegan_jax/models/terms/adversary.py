"""Terms of the game with the critic, and the latent reconstruction that goes with it."""

import jax
import jax.numpy as jnp

from ivaegan_jax.models.noise import with_noise_alone
from ivaegan_jax.models.terms.forward import BOUND, GAME, Pass, batch_mean, sees_u_by, terms_of
from ivaegan_jax.models.terms.losses import ADVERSARIAL_LOSSES
from ivaegan_jax.types import Scalar

TINY = 1e-12
"""Below every residual that is more than rounding."""


@sees_u_by(*GAME)
def feat(run: Pass) -> Scalar:
    """`1/2 |D_l(x) - D_l(x_recon)|^2` in the critic's features (Larsen et al. 2016, eq. 7)."""
    return 0.5 * batch_mean(jnp.square(run.features(run.batch.x) - run.features(run.x_recon)))


@sees_u_by(*BOUND)
def latent_reconstruction(run: Pass) -> Scalar:
    """Latent reconstruction: squared distance of E(f(z_prior)) to z_prior, in prior variances."""
    z_back, _ = run.nets.encode(run.params, run.x_fake, run.batch.u)
    return batch_mean(jnp.square(z_back - run.z_prior) * jnp.exp(-run.prior[1]))


def spread(run: Pass) -> Scalar:
    """`-log q(z|x)` of generated rows as a function of the posterior's variance alone.

    Its least value has the variance at E[(z - mean)^2|x] (the sleep phase of Hinton et al. 1995),
    which no term of the game rewards. Fitted after training.
    """
    mu, log_var = run.nets.encode(run.params, run.x_fake, run.batch.u)
    error = jax.lax.stop_gradient(jnp.square(mu - run.z_prior))
    return 0.5 * batch_mean(log_var + error * jnp.exp(-log_var))


def noise(run: Pass) -> Scalar:
    """Distance of the residuals' log mean squares on generated rows to those on real ones.

    A residual is what is left of a row that was encoded and decoded. It holds less than the noise,
    by as much as latents can follow it, but equally less on both sides where the noise is right.
    Moves the noise alone.
    """
    nets, params = run.nets, with_noise_alone(run.params)
    raw = jax.lax.stop_gradient(nets.raw(run.params, run.z_prior))
    x_fake = nets.observe(params, run.key_observed[0], raw)

    def left(x: jax.Array) -> jax.Array:
        back = nets.generate(params, nets.encode(params, x, run.batch.u)[0])
        return jnp.log(jnp.mean(jnp.square(x - back), axis=0) + TINY)

    return 0.5 * jnp.sum(jnp.square(left(x_fake) - left(run.batch.x)))


@sees_u_by(*GAME)
def adv_g(run: Pass) -> Scalar:
    """What the generating side minimises.

    Where the critic sees z, the encoder's pairs are the other side of the game, so the whole
    critic loss is played with swapped labels (Donahue et al. 2017, eq. 4).
    """
    pair = ADVERSARIAL_LOSSES[run.nets.config.adversarial]
    if "z" in run.nets.critic_sees:
        return pair.critic(run.logit_fake, run.logit_real)
    return pair.generator(run.logit_real, run.logit_fake)


@sees_u_by(*GAME)
def adv_d(run: Pass) -> Scalar:
    """What the critic minimises."""
    return ADVERSARIAL_LOSSES[run.nets.config.adversarial].critic(run.logit_real, run.logit_fake)


@sees_u_by(*GAME)
def r1(run: Pass) -> Scalar:
    """`1/2 E |grad D(real)|^2` (Mescheder et al. 2018, eq. 9)."""
    return 0.5 * batch_mean(jnp.square(run.slopes(*run.real)))


@sees_u_by(*GAME)
def r2(run: Pass) -> Scalar:
    """`1/2 E |grad D(fake)|^2` (Mescheder et al. 2018, eq. 10)."""
    return 0.5 * batch_mean(jnp.square(run.slopes(*run.fakes)))


@sees_u_by(*GAME)
def gp(run: Pass) -> Scalar:
    """`E (|grad D| - 1)^2` between real and generated rows of one u (Gulrajani et al. 2017)."""
    x_fake, z_fake = run.fakes
    rows = x_fake.shape[0]
    mix = jax.random.uniform(run.key_between, (rows // run.nets.config.packing, 1))
    mix = jnp.repeat(mix, run.nets.config.packing, axis=0)
    x, z = (jnp.tile(real, (rows // real.shape[0], 1)) for real in run.real)
    slopes = run.slopes(mix * x + (1 - mix) * x_fake, mix * z + (1 - mix) * z_fake)
    norm = jnp.sqrt(jnp.sum(jnp.square(slopes), axis=-1) + 1e-12)  # finite slope at 0
    return jnp.mean(jnp.square(norm - 1.0))


def critic_accuracy(run: Pass) -> Scalar:
    """Share of rows on the right side of zero; .5 at chance. Logged, never minimised."""
    return 0.5 * (jnp.mean(run.logit_real > 0) + jnp.mean(run.logit_fake < 0))


TERMS = terms_of(
    noise, feat, latent_reconstruction, spread, adv_g, adv_d, r1, r2, gp, critic_accuracy
)
