"""The variance of the posterior, found after training on generated rows, whose latents are known.

The game rewards the means of q(z|x) and no variance. Where generated rows have noise of
their own, the error of a mean follows from the trained generator and prior: its size at every x is
regression on as many rows as are drawn (the sleep phase of Hinton et al. 1995). Means stay as they
are. A function of the trained states and the data alone, as the linear step is.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
import optax
from jax.sharding import Mesh

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation.scoring import Trained, in_parts
from ivaegan_jax.models import SPREAD, Model
from ivaegan_jax.training import KEPT, Call, Run, as_batch, default_how, over_runs
from ivaegan_jax.types import Params

SPREAD_STEP = 2**32 - 4
"""Stands for the step in the key of the draws; no training step reaches it."""

STEPS, BATCH, RATE = 1000, 128, 1e-2
"""Steps of Adam, rows of each, and the rate from which it decays to 0 by a cosine."""

GENERATING = frozenset({"adv_g", "nll", "mixture_nll"})
"""Terms that bring the law of generated rows to that of real ones."""


def is_open(trained: Trained) -> bool:
    """Whether a model's generated rows have noise of their own and are meant to be real."""
    return trained.model.is_noisy and bool(GENERATING & trained.game.terms)


def fit_spread(trained: Trained, train: Part, dim_u: int, mesh: Mesh) -> Trained:
    """The runs with a second encoder, for the variance of their posteriors.

    Args:
      trained: the runs.
      train: the rows whose u generated rows have.
      dim_u: features of u as the networks see it.
      mesh: devices that the runs are split over.
    """
    if not is_open(trained):
        return trained
    found = [spread_call(some, train, dim_u, mesh)() for some in in_parts(trained, mesh)]
    runs = len(trained.runs.seed)
    return _with(trained, jax.tree.map(lambda *each: np.concatenate(each)[:runs], *found))


def foresee_spread(trained: Trained) -> Trained:
    """The runs as `fit_spread` gives them, with shapes for states."""
    return _with(trained, trained.states.evaluated["encoder"])


def spread_call(trained: Trained, train: Part, dim_u: int, mesh: Mesh) -> Call:
    """The call behind `fit_spread`, to be compiled alone as well."""
    program = _over_spread(trained.model, dim_u, mesh)
    return Call(program, trained.parameters, (train.x, train.u), mesh, trained.at_once)


def _with(trained: Trained, encoder: Params) -> Trained:
    params = trained.states.params | {SPREAD: encoder}
    return trained._replace(states=trained.states.replace(params=params))


@lru_cache(maxsize=KEPT)  # configurations of one structure are fitted by one program
def _over_spread(model: Model, dim_u: int, mesh: Mesh) -> Callable[..., Params]:
    adam = optax.adam(optax.cosine_decay_schedule(RATE, STEPS))

    def one(params: Params, run: Run, shared: Any) -> Params:
        x, u = shared[0][run.data_index], shared[1][run.of_u]
        key, first = jax.random.fold_in(jax.random.key(run.seed), SPREAD_STEP), params["encoder"]

        def loss(encoder: Params, key: jax.Array) -> jax.Array:
            key_rows, key_terms = jax.random.split(key)
            rows = jax.random.randint(key_rows, (BATCH,), 0, len(u))
            batch, own = as_batch(x[rows], u[rows], dim_u), params | {SPREAD: encoder}
            return model.terms(own, batch, key_terms, run.hyperparameters, ("spread",))["spread"]

        def step(i: jax.Array, carry: tuple[Any, Any]) -> tuple[Any, Any]:
            encoder, state = carry
            slope = jax.grad(loss)(encoder, jax.random.fold_in(key, i))
            moves, state = adam.update(slope, state, encoder)
            return optax.apply_updates(encoder, moves), state

        return jax.lax.fori_loop(0, STEPS, step, (first, adam.init(first)))[0]

    return over_runs(one, mesh, default_how())
