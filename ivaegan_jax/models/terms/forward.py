"""One forward pass of one model on one batch, evaluated lazily; the terms are functions of it."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ivaegan_jax.models.batched import LEAST_AT_ONCE, ROWS_AT_ONCE, in_batches
from ivaegan_jax.models.distributions import gaussian_sample
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.networks import Networks
from ivaegan_jax.models.noise import without_noise
from ivaegan_jax.types import Batch, Params, Scalar


class Pass:
    """One forward pass: every quantity is computed when a term first needs it.

    So a model pays, in tracing and at run time, for what its row mentions and nothing else.
    """

    def __init__(
        self,
        nets: Networks,
        params: Params,
        batch: Batch,
        key: jax.Array,
        hyperparameters: Hyperparameters,
    ):
        """Keeps the inputs; computes nothing."""
        self.nets, self.params, self.batch, self.hyperparameters = (
            nets,
            params,
            batch,
            hyperparameters,
        )
        self.key = key
        self.key_posterior, self.key_prior = jax.random.split(key)
        self.key_between, self.key_evidence = (jax.random.fold_in(key, i) for i in (2, 3))
        self.key_observed = [jax.random.fold_in(key, i) for i in (4, 5)]

    @cached_property
    def of_unlabelled(self) -> "Pass | None":
        """The same of the rows without u, for terms that need none; u is that of other rows."""
        if self.batch.unlabelled is None:
            return None
        batch = Batch(self.batch.unlabelled, self.batch.u)
        return Pass(
            self.nets, self.params, batch, jax.random.fold_in(self.key, 6), self.hyperparameters
        )

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
    def posterior_with_u(self):
        """`(mu, log_var)` of q(z|x) p(z|u), normalised: the other part of a mixture posterior."""
        return self.nets.encode_with_u(self.params, self.batch.x, self.batch.u)

    @cached_property
    def z_with_u(self) -> Float[Array, "batch dim_z"]:
        """A draw from `posterior_with_u`, with noise of its own."""
        key = jax.random.fold_in(self.key_posterior, 1)
        return gaussian_sample(key, *self.posterior_with_u)

    @cached_property
    def recon(self):
        """The generator's raw output at `z` and the likelihood's log variance."""
        return self.nets.decode(self.params, self.z, self.hyperparameters)

    @cached_property
    def x_recon(self) -> Float[Array, "batch dim_x"]:
        """`E[x|z]` at the posterior's draw."""
        return self.nets.likelihood.mean(self.recon[0])

    @cached_property
    def x_recon_seen(self) -> Float[Array, "batch dim_x"]:
        """What would be observed at the posterior's draw."""
        fixed = without_noise(self.params)
        return self.nets.observe(fixed, self.key_observed[1], self.recon[0])

    @cached_property
    def bound_scale(self) -> Scalar | float:
        """What the bound's weights are multiplied by.

        They suit noise of the variance `decoder_variance`; counts are seen with one of 1.
        """
        counts = self.nets.likelihood.values == "counts"
        return 1.0 / self.hyperparameters.decoder_variance if counts else 1.0

    @cached_property
    def z_prior(self) -> Float[Array, "batch dim_z"]:
        """A reparameterised draw from p(z|u), with the u of the real batch."""
        return self.nets.family.sample(self.key_prior, *self.prior)

    @cached_property
    def x_fake(self) -> Float[Array, "batch dim_x"]:
        """What would be observed of `f(z_prior)`."""
        x_logit = self.nets.raw(self.params, self.z_prior)
        fixed = without_noise(self.params)
        return self.nets.observe(fixed, self.key_observed[0], x_logit)

    @cached_property
    def fakes(self) -> tuple[Float[Array, "fakes_batch dim_x"], Float[Array, "fakes_batch dim_z"]]:
        """The generated (x, z) that the critic sees: prior samples, reconstructions, or both."""
        pairs = {
            "prior": lambda: (self.x_fake, self.z_prior),
            "recon": lambda: (self.x_recon_seen, self.z),
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
    def logit_real(self) -> Float[Array, " packs"]:
        """The critic on real rows."""
        return self.logit(*self.real)

    @cached_property
    def logit_fake(self) -> Float[Array, "fakes packs"]:
        """The critic on generated rows, one row of logits per kind of fake."""
        return self.logit(*self.fakes).reshape(-1, self.logit_real.shape[0])

    def features(self, x: Float[Array, "batch dim_x"]) -> Float[Array, "packs width"]:
        """The critic's last hidden layer at x, with the batch's own z and u."""
        hyperparameters = self.hyperparameters
        return self.nets.critic(
            self.params, x, self.real[1], self.batch.u, hyperparameters.label_scale
        )[1]

    def slopes(self, x: jax.Array, z: jax.Array) -> Float[Array, "packs inputs"]:
        """Gradient of D in all that the critic sees but u, one row per pack.

        Packs do not interact, so the gradient of the summed logits holds every pack's gradient.
        """
        slopes = jax.grad(lambda pair: jnp.sum(self.logit(*pair)))((x, z))
        packs = x.shape[0] // self.nets.config.packing
        return jnp.concatenate([slope.reshape(packs, -1) for slope in slopes], axis=-1)

    def logit(self, x: jax.Array, z: jax.Array) -> jax.Array:
        """The critic at any (x, z), with the batch's own u, repeated as often as it takes."""
        u = self.batch.u
        u = jnp.tile(u, (x.shape[0] // len(u), *(1 for _ in u.shape[1:])))
        return self.nets.critic(self.params, x, z, u, self.hyperparameters.label_scale)[0]


def batch_mean(values: Float[Array, "batch dims"]) -> Scalar:
    """Sum over dimensions, mean over the batch."""
    return jnp.mean(jnp.sum(values, axis=-1))


def rows_and_jacobian(
    function: Callable[[jax.Array], jax.Array], rows: Float[Array, "rows inputs"]
) -> tuple[Float[Array, "rows outputs"], Float[Array, "rows outputs inputs"]]:
    """`function(rows)` and each row's Jacobian; rows must not depend on one another."""
    inputs = rows.shape[1]

    def whole(rows: jax.Array) -> tuple[jax.Array, jax.Array]:
        values, push = jax.linearize(function, rows)
        units = jnp.eye(inputs, dtype=rows.dtype)
        columns = jax.vmap(lambda unit: push(jnp.broadcast_to(unit, rows.shape)))(units)
        return values, jnp.moveaxis(columns, 0, -1)

    # every column passes through the hidden layers like a row of its own
    return in_batches(whole, rows, at_once=max(LEAST_AT_ONCE, ROWS_AT_ONCE // inputs))


Term: TypeAlias = Callable[[Pass], Scalar]
"""A loss term: minimised, mean over the batch, sum over dimensions, unweighted."""


BOUND = ("encoder", "prior")
GAME = (*BOUND, "critic")


def sees_u_by(*blocks: str) -> Callable[[Term], Term]:
    """Marks a term that depends on u only by what these blocks are shown of it.

    A term without the mark needs u itself, rows of one u, or true sources.
    """

    def mark(term: Term) -> Term:
        SEES_U_BY[term] = blocks
        return term

    return mark


SEES_U_BY: dict[Term, tuple[str, ...]] = {}
"""Filled by `sees_u_by`."""


def terms_of(*terms: Term) -> dict[str, Term]:
    """Terms by their functions' names."""
    return {term.__name__: term for term in terms}
