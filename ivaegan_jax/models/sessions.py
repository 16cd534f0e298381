"""Several tables with columns of their own and one prior p(z|u), as one model.

A session has an encoder, a generator and a critic of its own, with as many inputs and outputs as
its table has columns: nothing is padded, and a session's blocks beside the prior are the parameters
of an ordinary model. A player owns a block of all sessions at once and minimises the mean of its
terms over sessions, so that no term and no player knows of them.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.model import Model
from ivaegan_jax.types import Batch, Params, Terms

SHARED = ("prior",)
"""Blocks that all sessions have in common."""


def key_of(key: jax.Array, session: int) -> jax.Array:
    """A session's own key; the first one's is the key itself, as where its table is alone."""
    return jax.random.fold_in(key, session) if session else key


def name_of(session: int) -> str:
    """What a session's part of a block is called."""
    return f"session_{session}"


def of_session(params: Params, session: int) -> Params:
    """The parameters of one session's own model, the shared blocks among them.

    Args:
      params: of all sessions, or of some of their blocks.
      session: its number, from 0.
    """
    return {
        block: own if block in SHARED else own[name_of(session)] for block, own in params.items()
    }


def of_all_sessions(each: Sequence[Params]) -> Params:
    """Undoes `of_session`; shared blocks are those of the first."""
    return {
        block: own if block in SHARED else {name_of(i): p[block] for i, p in enumerate(each)}
        for block, own in each[0].items()
    }


def share_prior(models: Sequence[Model]) -> Model:
    """One model to train of several that differ in the columns of x alone.

    Its batches are tuples with a batch for each session. What encodes, decodes and draws is that of
    each session's own model with its own parameters (`of_session`), not of this one.

    Args:
      models: one for each session, with the same blocks, latents and features of u.
    """

    def init(key: jax.Array) -> Params:
        return of_all_sessions([own.init(key_of(key, i)) for i, own in enumerate(models)])

    def terms(
        params: Params,
        batches: tuple[Batch, ...],
        key: jax.Array,
        hyperparameters: Hyperparameters,
        names: tuple[str, ...],
    ) -> Terms:
        each = [
            own.terms(of_session(params, i), batch, key_of(key, i), hyperparameters, names)
            for i, (own, batch) in enumerate(zip(models, batches, strict=True))
        ]
        return {name: jnp.mean(jnp.stack([found[name] for found in each])) for name in names}

    def refresh(params: Params) -> Params:
        moved = [own.refresh(of_session(params, i)) for i, own in enumerate(models)]
        return of_all_sessions(moved)

    return models[0]._replace(init=init, terms=terms, refresh=refresh)
