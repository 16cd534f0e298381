"""Players and the game between them: who owns which block and minimises what."""

from typing import NamedTuple

from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.terms import TERMS

PLAYERS = ("vae", "generator", "gan")
"""All names a player can have; the position fixes the player's random numbers."""


UNWEIGHTED = ("adv_d", "supervised")
"""Terms that always count once: what a player minimises is up to a factor."""


class Player(NamedTuple):
    """A player moves only the blocks it owns, to lower the weighted sum of its payoff's terms."""

    blocks: tuple[str, ...]
    payoff: tuple[str, ...]


class Game(NamedTuple):
    """The players in the order in which they move.

    Attributes:
      players: by name.
      critic_rounds: how often the critic moves per round.
      balance: how the adversarial gradient is weighed against the others; see `config.CHOICES`.
    """

    players: dict[str, Player]
    critic_rounds: int = 1
    balance: str = "fixed"

    @property
    def blocks(self) -> tuple[str, ...]:
        """All owned blocks."""
        return tuple(block for player in self.players.values() for block in player.blocks)

    @property
    def terms(self) -> frozenset[str]:
        """All terms that some player minimises."""
        return frozenset(term for player in self.players.values() for term in player.payoff)


def check_game(game: Game) -> None:
    """Raises ValueError unless blocks have one owner each, players names, and terms weights."""
    for term in sorted(game.terms):
        weight_name(term)
    if len(set(game.blocks)) != len(game.blocks):
        raise ValueError(f"a block has two owners: {game.players}")
    if unknown := set(game.players) - set(PLAYERS):
        raise ValueError(f"unknown players {sorted(unknown)}; known: {PLAYERS}")


def weighed_as(term: str) -> str:
    """The term whose weight and ramp it has: those of a mixture stand for the usual ones.

    All that were registered from outside share those of `own`.
    """
    return "own" if term in TERMS.origins else term.removeprefix("mixture_")


def weight_name(term: str) -> str | None:
    """The field of `Hyperparameters` that multiplies a term; None for those that count once.

    Raises:
      ValueError: for a term that `Hyperparameters` has no weight for.
    """
    name = f"{weighed_as(term)}_weight"
    if name in Hyperparameters.__dataclass_fields__:
        return name
    if term in UNWEIGHTED:
        return None
    raise ValueError(
        f"term {term!r} has no weight: give Hyperparameters a field {name}, or name the term in "
        "game.UNWEIGHTED if it always counts once"
    )
