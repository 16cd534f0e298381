"""The loss terms, each one function of a forward pass: a new term is one function plus one key.

All are minimised, averaged over the batch and summed over dimensions, in nats where they are
likelihoods, and unweighted; weights are in hypers.py.
"""

import math
from collections.abc import Callable
from functools import cached_property

import jax
import jax.numpy as jnp
import optax
from jax.nn import logsumexp
from jaxtyping import Array, Float

from ivaegan_jax.adversarial import ADVERSARIAL_LOSSES
from ivaegan_jax.distributions import gaussian_log_prob, gaussian_sample
from ivaegan_jax.hypers import Hypers
from ivaegan_jax.networks import Networks
from ivaegan_jax.types import Batch, Params, Scalar, Terms


class Pass:
    """One forward pass: every quantity is computed when a term first asks for it.

    So a model pays, in tracing and at run time, for what its row mentions and nothing else.
    """

    def __init__(
        self, nets: Networks, params: Params, batch: Batch, key: jax.Array, hypers: Hypers
    ):
        """Keeps the inputs; computes nothing."""
        self.nets, self.params, self.batch, self.hypers = nets, params, batch, hypers
        self.key_posterior, self.key_prior = jax.random.split(key)

    @cached_property
    def posterior(self):
        """`(mu, log_var)` of q(z|x) or q(z|x,u)."""
        return self.nets.encode(self.params, self.batch.x, self.batch.u)

    @cached_property
    def prior(self):
        """`(loc, log_var)` of p(z|u)."""
        return self.nets.prior(self.params, self.batch.u)

    @cached_property
    def z(self) -> Float[Array, "batch dim_z"]:
        """A reparameterised draw from the posterior."""
        return gaussian_sample(self.key_posterior, *self.posterior)

    @cached_property
    def recon(self):
        """The generator's raw output at `z` and the likelihood's log variance."""
        return self.nets.decode(self.params, self.z, self.hypers)

    @cached_property
    def x_recon(self) -> Float[Array, "batch dim_x"]:
        """`E[x|z]` at the posterior's draw."""
        return self.nets.likelihood.mean(self.recon[0])

    @cached_property
    def z_prior(self) -> Float[Array, "batch dim_z"]:
        """A reparameterised draw from p(z|u), with the u of the real batch."""
        return self.nets.family.sample(self.key_prior, *self.prior)

    @cached_property
    def x_fake(self) -> Float[Array, "batch dim_x"]:
        """`f(z_prior)`."""
        return self.nets.generate(self.params, self.z_prior)

    @cached_property
    def fakes(self) -> tuple[Float[Array, "fakes_batch dim_x"], Float[Array, "fakes_batch dim_z"]]:
        """The generated (x, z) that the critic sees: prior samples, reconstructions, or both."""
        pairs = {
            "prior": lambda: (self.x_fake, self.z_prior),
            "recon": lambda: (self.x_recon, self.z),
        }
        chosen = [pairs[name]() for name in self.nets.config.fakes.split(",")]
        x, z = zip(*chosen, strict=True)
        return jnp.concatenate(x), jnp.concatenate(z)

    @cached_property
    def real(self) -> tuple[Float[Array, "batch dim_x"], Float[Array, "batch dim_z"]]:
        """The real (x, z); z costs an encoder and is a placeholder where the critic ignores it."""
        sees_z = "z" in self.nets.critic_sees
        return self.batch.x, self.z if sees_z else jnp.zeros_like(self.batch.x[:, :1])

    @cached_property
    def logit_real(self) -> Float[Array, " batch"]:
        """The critic on real rows."""
        return self._logit(*self.real)

    @cached_property
    def logit_fake(self) -> Float[Array, "fakes batch"]:
        """The critic on generated rows, one row of logits per kind of fake."""
        return self._logit(*self.fakes).reshape(-1, self.batch.x.shape[0])

    def features(self, x: Float[Array, "batch dim_x"]) -> Float[Array, "batch width"]:
        """The critic's last hidden layer at x, with the batch's own z and u."""
        hypers = self.hypers
        return self.nets.critic(self.params, x, self.real[1], self.batch.u, hypers.label_scale)[1]

    def squared_slope(self, x: jax.Array, z: jax.Array) -> Scalar:
        """`E |grad D|^2`, the gradient taken in all that the critic sees but u.

        Rows do not interact, so the gradient of the summed logits holds every row's gradient.
        """
        slopes = jax.grad(lambda pair: jnp.sum(self._logit(*pair)))((x, z))
        return optax.tree.norm(slopes, squared=True) / x.shape[0]

    def _logit(self, x: jax.Array, z: jax.Array) -> jax.Array:
        u = jnp.tile(self.batch.u, (x.shape[0] // self.batch.u.shape[0], 1))
        return self.nets.critic(self.params, x, z, u, self.hypers.label_scale)[0]


def nll(run: Pass) -> Scalar:
    """`-E_q log p(x|z)`, one sample (Khemakhem et al. 2020, eq. 8, first part)."""
    return _batch_mean(run.nets.likelihood.nll(run.batch.x, *run.recon))


def kl(run: Pass) -> Scalar:
    """`KL(q(z|x) || p(z|u))`, closed form (eq. 8, second part)."""
    return _batch_mean(run.nets.family.kl(*run.posterior, *run.prior))


def _aggregate(run: Pass) -> tuple[jax.Array, jax.Array, jax.Array]:
    """`log q(z|x) [batch]`, `log q(z) [batch]`, `log q(z_i) [batch, dim_z]`.

    Minibatch-weighted sampling over the batch (Chen et al. 2018, eq. S5).
    """
    mu, log_var = run.posterior
    pairs = gaussian_log_prob(run.z[:, None], mu[None], log_var[None])
    norm = math.log(run.z.shape[0] * run.nets.dims.rows)
    log_q_given_x = jnp.sum(jnp.diagonal(pairs), axis=0)
    return (
        log_q_given_x,
        logsumexp(jnp.sum(pairs, -1), axis=1) - norm,
        logsumexp(pairs, axis=1) - norm,
    )


def mi(run: Pass) -> Scalar:
    """`E log q(z|x) - log q(z)`: index-code mutual information."""
    log_q_given_x, log_q, _ = _aggregate(run)
    return jnp.mean(log_q_given_x - log_q)


def tc(run: Pass) -> Scalar:
    """`E log q(z) - sum_i log q(z_i)`: total correlation."""
    _, log_q, log_q_each = _aggregate(run)
    return jnp.mean(log_q - jnp.sum(log_q_each, -1))


def dim_kl(run: Pass) -> Scalar:
    """`E sum_i log q(z_i) - log p(z_i|u)`: dimension-wise KL."""
    _, _, log_q_each = _aggregate(run)
    return _batch_mean(log_q_each - run.nets.family.log_prob(run.z, *run.prior))


def feat(run: Pass) -> Scalar:
    """`1/2 |D_l(x) - D_l(x_recon)|^2` in the critic's features (Larsen et al. 2016, eq. 7)."""
    return 0.5 * _batch_mean(jnp.square(run.features(run.batch.x) - run.features(run.x_recon)))


def cycle(run: Pass) -> Scalar:
    """Latent cycle: squared distance of E(f(z_prior)) to z_prior over the prior's variance."""
    z_back, _ = run.nets.encode(run.params, run.x_fake, run.batch.u)
    return _batch_mean(jnp.square(z_back - run.z_prior) * jnp.exp(-run.prior[1]))


def adv_g(run: Pass) -> Scalar:
    """What the generating side minimises.

    Where the critic sees z, the encoder's pairs are the other side of the game, so the whole
    critic loss is played with swapped labels (Donahue et al. 2017, eq. 4).
    """
    pair = ADVERSARIAL_LOSSES[run.nets.config.adversarial]
    if "z" in run.nets.critic_sees:
        return pair.critic(run.logit_fake, run.logit_real)
    return pair.generator(run.logit_real, run.logit_fake)


def adv_d(run: Pass) -> Scalar:
    """What the critic minimises."""
    return ADVERSARIAL_LOSSES[run.nets.config.adversarial].critic(run.logit_real, run.logit_fake)


def r1(run: Pass) -> Scalar:
    """`1/2 E |grad D(real)|^2` (Mescheder et al. 2018, eq. 9)."""
    return 0.5 * run.squared_slope(*run.real)


def r2(run: Pass) -> Scalar:
    """`1/2 E |grad D(fake)|^2` (Mescheder et al. 2018, eq. 10)."""
    return 0.5 * run.squared_slope(*run.fakes)


def critic_accuracy(run: Pass) -> Scalar:
    """Share of rows on the right side of zero; .5 at chance. Logged, never minimised."""
    return 0.5 * (jnp.mean(run.logit_real > 0) + jnp.mean(run.logit_fake < 0))


TERMS: dict[str, Callable[[Pass], Scalar]] = {
    "nll": nll,
    "kl": kl,
    "mi": mi,
    "tc": tc,
    "dim_kl": dim_kl,
    "feat": feat,
    "cycle": cycle,
    "adv_g": adv_g,
    "adv_d": adv_d,
    "r1": r1,
    "r2": r2,
    "critic_accuracy": critic_accuracy,
}


def evaluate_terms(run: Pass, names: tuple[str, ...]) -> Terms:
    """The named terms of one pass."""
    return {name: TERMS[name](run) for name in names}


def _batch_mean(values: Float[Array, "batch dims"]) -> Scalar:
    return jnp.mean(jnp.sum(values, axis=-1))
