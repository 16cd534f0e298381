"""Players and the game between them: who owns which block and minimises what."""

from collections.abc import Callable
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
import optax

from ivaegan_jax.hypers import Hypers
from ivaegan_jax.model import Model
from ivaegan_jax.types import Batch, Params, Scalar, Terms

PLAYERS = ("vae", "generator", "gan")
"""All names a player can have; the position fixes the player's random numbers."""


class Player(NamedTuple):
    """A player moves only the blocks it owns, to lower the weighted sum of its payoff's terms."""

    blocks: tuple[str, ...]
    payoff: tuple[str, ...]


class Game(NamedTuple):
    """The players in the order in which they move, and how often the critic moves per round."""

    players: dict[str, Player]
    critic_rounds: int = 1

    @property
    def blocks(self) -> tuple[str, ...]:
        """All owned blocks."""
        return tuple(block for player in self.players.values() for block in player.blocks)

    @property
    def terms(self) -> frozenset[str]:
        """All terms that some player minimises."""
        return frozenset(term for player in self.players.values() for term in player.payoff)


def check_ownership(game: Game) -> None:
    """Raises ValueError unless every block has exactly one owner and every player a name."""
    if len(set(game.blocks)) != len(game.blocks):
        raise ValueError(f"a block has two owners: {game.players}")
    if unknown := set(game.players) - set(PLAYERS):
        raise ValueError(f"unknown players {sorted(unknown)}; known: {PLAYERS}")


def optimiser(name: str, hypers: Hypers, progress: Scalar) -> optax.GradientTransformation:
    """Adam with clipping and a cosine-decayed rate, built from traced numbers.

    Args:
      name: of the player, which selects rate and momentum.
      hypers: traced numbers of this run.
      progress: share of the training that is done, 0 to 1.
    """
    decay = 0.5 * (1.0 + jnp.cos(jnp.pi * jnp.clip(progress, 0.0, 1.0)))
    rate = getattr(hypers, f"{name}_rate")
    return optax.chain(
        optax.clip_by_global_norm(hypers.max_grad_norm),
        optax.scale_by_adam(b1=getattr(hypers, f"{name}_beta1"), b2=hypers.beta2),
        optax.scale_by_learning_rate(
            rate * (hypers.final_rate + (1.0 - hypers.final_rate) * decay)
        ),
    )


def player_loss(player: Player, terms: Terms, hypers: Hypers) -> Scalar:
    """Weighted sum of a player's terms; a term without a weight counts once."""
    weights = {term: getattr(hypers, f"{term}_weight", 1.0) for term in player.payoff}
    return sum((weights[t] * terms[t] for t in player.payoff), jnp.zeros(()))


def player_update(
    model: Model,
    game: Game,
    name: str,
    params: Params,
    opt_state: optax.OptState,
    batch: Batch,
    key: jax.Array,
    hypers: Hypers,
    progress: Scalar,
) -> tuple[Params, optax.OptState, Terms]:
    """One gradient step of one player; all other blocks come back untouched.

    Returns the new parameters, the player's new optimiser state, and its log: terms, weighted
    loss and gradient norm.
    """
    player = game.players[name]
    watched = player.payoff + (("critic_accuracy",) if "adv_d" in player.payoff else ())

    def loss_of(owned: Params) -> tuple[Scalar, Terms]:
        terms = model.terms(params | owned, batch, key, hypers, watched)
        return player_loss(player, terms, hypers), terms

    owned = {block: params[block] for block in player.blocks}
    (loss, terms), grads = jax.value_and_grad(loss_of, has_aux=True)(owned)
    tx = optimiser(name, hypers, progress)
    updates, opt_state = tx.update(grads, opt_state, owned)
    log = {f"loss_{name}": loss, f"grad_norm_{name}": optax.tree.norm(grads)}
    moved = cast(Params, optax.apply_updates(owned, updates))
    return params | moved, opt_state, terms | log


def play_round(
    model: Model,
    game: Game,
    params: Params,
    opt_state: dict[str, optax.OptState],
    draw: Callable[[jax.Array], Batch],
    key: jax.Array,
    hypers: Hypers,
    progress: Scalar,
) -> tuple[Params, dict[str, optax.OptState], Terms]:
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
            params, opt_state[name], terms = player_update(
                model, game, name, params, opt_state[name], draw(key_batch), key_noise,
                hypers, progress,
            )  # fmt: skip
            log |= terms
    return params, opt_state, log
