"""One round of the game: every player's gradient, its step, and when a run stops for good."""

from collections.abc import Callable
from typing import cast

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool

from ivaegan_jax.models import (
    PLAYERS,
    Game,
    Hyperparameters,
    Model,
    Player,
    weighed_as,
    weight_name,
)
from ivaegan_jax.training.schedules import TINY, optimiser, risen
from ivaegan_jax.types import Batches, Params, Scalar, Terms


def weights(
    player: Player, hyperparameters: Hyperparameters, progress: Scalar
) -> dict[str, Scalar]:
    """A player's weight of each of its terms at this moment; of terms without a ramp the whole."""

    def weight(term: str) -> Scalar:
        name, ramp = weight_name(term), f"{weighed_as(term)}_ramp"
        whole = 1.0 if name is None else getattr(hyperparameters, name)
        return whole * risen(getattr(hyperparameters, ramp, 0.0), progress)

    return {term: weight(term) for term in player.payoff}


def player_gradient(
    terms_of: Callable[[Params], Terms],
    owned: Params,
    weight: dict[str, Scalar],
    balance: str,
) -> tuple[Params, Scalar, Terms]:
    """Gradient of a player's weighted terms, the loss, and the terms.

    With `balance="gradient_norm"` the adversarial gradient, measured on the generator, is
    `adv_g_weight` times as long as that of all other terms (after Esser et al. 2021, eq. 7).
    """

    def losses_of(owned: Params) -> tuple[jax.Array, Terms]:
        terms, zero = terms_of(owned), jnp.zeros(())
        others = sum((w * terms[t] for t, w in weight.items() if t != "adv_g"), zero)
        adversarial = sum((w * terms[t] for t, w in weight.items() if t == "adv_g"), zero)
        return jnp.stack([others, adversarial]), terms

    losses, pull_back, terms = jax.vjp(losses_of, owned, has_aux=True)
    two_sides = "generator" in owned and "adv_g" in weight and len(weight) > 1
    if balance == "fixed" or not two_sides:
        (grads,) = pull_back(jnp.ones_like(losses))
    else:
        (others,), (adversarial,) = (pull_back(side) for side in jnp.eye(2, dtype=losses.dtype))
        length = [optax.tree.norm(side["generator"]) for side in (others, adversarial)]
        scale = weight["adv_g"] * length[0] / (length[1] + TINY)
        grads = jax.tree.map(lambda a, b: a + (scale * b).astype(a.dtype), others, adversarial)
    return grads, jnp.sum(losses), terms


def player_update(
    model: Model,
    game: Game,
    name: str,
    params: Params,
    opt_state: optax.OptState,
    batch: Batches,
    key: jax.Array,
    hyperparameters: Hyperparameters,
    progress: Scalar,
    alive: Bool[Array, ""],
) -> tuple[Params, optax.OptState, Terms, Bool[Array, ""]]:
    """One gradient step of one player; all other players' blocks come back untouched.

    The step is not taken, now and ever after, once a term, the gradient or the rate is not finite.
    That is known before the step, so that choosing between new and old costs no pass of its own.

    Returns the new parameters, the player's new optimiser state, its log (terms, weighted loss and
    gradient norm), and whether the run is still alive.
    """
    player = game.players[name]
    watched = player.payoff + (("critic_accuracy",) if "adv_d" in player.payoff else ())
    current = model.refresh(params) if "critic" in player.blocks else params
    owned = {block: current[block] for block in player.blocks}
    grads, loss, terms = player_gradient(
        lambda owned: model.terms(current | owned, batch, key, hyperparameters, watched),
        owned,
        weights(player, hyperparameters, progress),
        game.balance,
    )
    tx = optimiser(name, hyperparameters, progress)
    updates, moved_state = tx.update(grads, opt_state, owned)
    moved = current | cast(Params, optax.apply_updates(owned, updates))
    log = {f"loss_{name}": loss, f"grad_norm_{name}": optax.tree.norm(grads)}
    rate = getattr(hyperparameters, f"{name}_rate")
    alive = alive & jnp.all(jnp.isfinite(jnp.stack([*terms.values(), *log.values(), rate])))
    params, opt_state = optax.tree.where(alive, (moved, moved_state), (params, opt_state))
    return params, opt_state, terms | log, alive


def play_round(
    model: Model,
    game: Game,
    params: Params,
    opt_state: dict[str, optax.OptState],
    draw: Callable[[jax.Array], Batches],
    key: jax.Array,
    hyperparameters: Hyperparameters,
    progress: Scalar,
    alive: Bool[Array, ""],
) -> tuple[Params, dict[str, optax.OptState], Terms, Bool[Array, ""]]:
    """Lets every player move once, in order, each on a fresh batch; the critic may move more often.

    A player's random numbers depend on its name and move only, so taking one player out of the
    game leaves the draws of the others as they were.
    """
    log: Terms = {}
    opt_state = dict(opt_state)
    for name in game.players:
        player_key = jax.random.fold_in(key, PLAYERS.index(name))
        for move in range(game.critic_rounds if name == "gan" else 1):
            key_batch, key_noise = jax.random.split(jax.random.fold_in(player_key, move))
            params, opt_state[name], terms, alive = player_update(
                model, game, name, params, opt_state[name], draw(key_batch), key_noise,
                hyperparameters, progress, alive,
            )  # fmt: skip
            log |= terms
    return params, opt_state, log, alive
