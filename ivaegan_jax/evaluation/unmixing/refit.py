"""The prior of latents that were mapped: its own network, fitted again to encoded training rows."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh

from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.models import PRIOR, UNMIXED, Model, gaussian_sample, to_unmixed
from ivaegan_jax.training import KEPT, Call, Run, default_how, over_runs
from ivaegan_jax.types import Params

REFIT_STEP = 2**32 - 3
"""Stands for the step in the key of the refit's draws; no training step reaches it."""

STEPS, BATCH, RATE = 1000, 1024, 0.02
"""Steps of Adam, rows of each, and the rate from which it decays to 0 by a cosine."""

KL_TERMS = frozenset({"kl", "dim_kl", "mixture_kl"})
"""Terms that train the posterior's variance: the prior is then that of its draws, not its means."""


def refit_priors(
    trained: Trained,
    latents: tuple[np.ndarray, np.ndarray],
    block: Params,
    u: np.ndarray,
    mesh: Mesh,
) -> Params:
    """The parameters of p(z'|u) of every run, by maximum likelihood, from those of p(z|u).

    Args:
      trained: the runs.
      latents: mean and log variance of the posterior on training rows, `[runs, rows, dim_z]`.
      block: matrices of every run, and the prior to begin with (see `models.unmixed`).
      u: of the same rows, for every data seed or run.
      mesh: devices that the runs are split over.
    """
    return refit_call(trained, latents, block, u, mesh)()


def refit_call(trained: Trained, latents: Any, block: Params, u: np.ndarray, mesh: Mesh) -> Call:
    """The call behind `refit_priors`, to be compiled alone as well."""
    program = _over_refit(trained.model, bool(KL_TERMS & trained.game.terms), mesh)
    return Call(program, (block, latents, trained.runs), u, mesh, trained.at_once)


@lru_cache(maxsize=KEPT)  # configurations of one structure are fitted by one program
def _over_refit(model: Model, spread: bool, mesh: Mesh) -> Callable[..., Params]:
    adam = optax.adam(optax.cosine_decay_schedule(RATE, STEPS))

    def loss(prior: Params, z: jax.Array, u: jax.Array) -> jax.Array:
        def own(z: jax.Array, u: jax.Array) -> jax.Array:
            return model.log_prior({"prior": prior}, z[None], u[None])[0, 0]

        return -jnp.mean(jax.vmap(own)(z, u))

    def one(block: Params, latents: tuple[jax.Array, jax.Array], run: Run, u: Any) -> Params:
        key, u = jax.random.fold_in(jax.random.key(run.seed), REFIT_STEP), u[run.of_u]

        def step(i: jax.Array, carry: tuple[Any, Any]) -> tuple[Any, Any]:
            prior, state = carry
            key_rows, key_z = jax.random.split(jax.random.fold_in(key, i))
            rows = jax.random.randint(key_rows, (BATCH,), 0, len(u))
            mu, log_var = to_unmixed({UNMIXED: block}, (latents[0][rows], latents[1][rows]))
            z = gaussian_sample(key_z, mu, log_var) if spread else mu
            slope = jax.grad(loss)(prior, z, u[rows])
            moves, state = adam.update(slope, state, prior)
            return optax.apply_updates(prior, moves), state

        return jax.lax.fori_loop(0, STEPS, step, (block[PRIOR], adam.init(block[PRIOR])))[0]

    return over_runs(one, mesh, default_how())
