"""The table of models: a new model is one new row."""

import dataclasses
from typing import Any, NamedTuple

from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.game import Game, Player, check_game
from ivaegan_jax.models.layers import OF_COLUMNS
from ivaegan_jax.models.likelihoods import LIKELIHOODS
from ivaegan_jax.models.noise import LEARNED
from ivaegan_jax.types import InputError, Registry

ELBO = ("nll", "kl")


class Preset(NamedTuple):
    """One row: distributions, what the critic sees, and the players in the order they move.

    `prior_family` is that of a conditional prior; a mixture learns how heavy its tails are.
    """

    prior: str
    posterior: str
    critic_input: str
    fakes: str
    players: dict[str, Player]
    prior_family: str = "gaussian"


# A critic moves before the side it judges. Without an encoder of its own kind, `gan` trains a
# latent regressor: the VAE player owns just the encoder and learns z back from f(z).
CRITIC = Player(("critic",), ("adv_d",))
GENERATOR = Player(("generator",), ("adv_g",))
DECODER = Player(("generator",), ("nll_mean",))
ALL_BUT_CRITIC = ("encoder", "prior", "generator")


def as_preset(piece: Any) -> Preset:
    """The row itself, if it can be played."""
    if not isinstance(piece, Preset):
        raise ValueError("it is no Preset")
    resolve(piece, ModelConfig())
    return piece


# fmt: off
PRESETS = Registry[Preset]("preset", as_preset, {
    "vae": Preset("standard", "x", "x", "prior", {
        "vae": Player(("encoder", "generator"), ELBO)}),
    "ivae": Preset("conditional", "x,u", "x", "prior", {
        "vae": Player(ALL_BUT_CRITIC, ELBO)}),
    "gan": Preset("standard", "x", "x", "prior", {
        "gan": CRITIC,
        "generator": GENERATOR,
        "vae": Player(("encoder",), ("latent_reconstruction",))}),
    "bigan": Preset("standard", "x", "x,z", "prior", {
        "gan": CRITIC,
        "vae": Player(("encoder", "generator"), ("adv_g",))}),
    "vae_gan": Preset("standard", "x", "x", "prior,recon", {
        "gan": CRITIC,
        "generator": Player(("generator",), ("feat", "adv_g")),
        "vae": Player(("encoder",), ("feat", "kl"))}),
    "ivae_gan": Preset("conditional", "x", "x,u", "prior", {
        "gan": CRITIC,
        "vae": Player(ALL_BUT_CRITIC, (*ELBO, "adv_g", "latent_reconstruction", "infonce"))},
        "learned_tails"),
    "igan": Preset("conditional", "x", "x,u", "prior", {
        "gan": CRITIC,
        "vae": Player(ALL_BUT_CRITIC, ("adv_g", "latent_reconstruction", "infonce"))},
        "learned_tails"),
    "ci_ivae": Preset("conditional", "mixture", "x", "prior", {
        "vae": Player(ALL_BUT_CRITIC, ELBO)}),
    "iflow": Preset("conditional", "x", "x", "prior", {
        "vae": Player(ALL_BUT_CRITIC, ("flow_likelihood", "nll_mean"))}),
    "tcl": Preset("conditional", "x", "x", "prior", {
        "vae": Player(("encoder", "prior"), ("infonce",)),
        "generator": DECODER}),
    "supervised": Preset("standard", "x", "x", "prior", {
        "vae": Player(("encoder",), ("supervised",)),
        "generator": DECODER}),
    "ibigan": Preset("conditional", "x,u", "x,z,u", "prior", {
        "gan": CRITIC,
        "vae": Player(ALL_BUT_CRITIC, ("adv_g", "latent_reconstruction"))}),
})
# fmt: on


PRODUCTS = ("product", "mixture")
"""Posteriors that multiply q(z|x) with p(z|u), which have to be Gaussian."""

KL_FORMS = {"decomposed": {"kl": ("mi", "tc", "dim_kl")}}
MIXTURE = {"nll": ("mixture_nll",), "kl": ("mixture_kl",)}


def resolve(
    preset: Preset, config: ModelConfig, critic_rounds: int = 1
) -> tuple[ModelConfig, Game]:
    """Fills the empty choices of `config` from the row and writes out the game's payoffs.

    Args:
      preset: a row of `PRESETS`, or one of your own.
      config: structure; an empty choice takes that of the row.
      critic_rounds: updates of the critic for each of the others.

    Returns:
      The structure without empty choices, and the game of its players.

    Raises:
      InputError: for choices that exclude each other.

    Examples:
      >>> from ivaegan_jax import PRESETS, ModelConfig, resolve
      >>> config, game = resolve(PRESETS["ivae_gan"], ModelConfig(dim_z=2))
      >>> config.prior, [*game.players]
      ('conditional', ['gan', 'vae'])
    """
    row = {name: getattr(preset, name) for name in ("prior", "posterior", "critic_input", "fakes")}
    config = dataclasses.replace(
        config, **{name: getattr(config, name) or value for name, value in row.items()}
    )
    whole = config.modulation == "both" and config.posterior not in PRODUCTS
    own = preset.prior_family if whole else "gaussian"
    family, likelihood = config.prior_family or own, config.likelihood or "gaussian"
    noise = config.noise or LIKELIHOODS[likelihood].noise
    activation = config.activation or OF_COLUMNS
    config = dataclasses.replace(
        config, prior_family=family, likelihood=likelihood, noise=noise, activation=activation
    )
    players = {name: _written_out(player, config) for name, player in preset.players.items()}
    if config.noise in LEARNED and not any("noise" in p.payoff for p in players.values()):
        config = dataclasses.replace(config, decoder_variance="learned")  # the bound learns it
    game = Game(players, critic_rounds, config.balance)
    check_game(game)
    _check(config, game)
    return config, game


def _check(config: ModelConfig, game: Game) -> None:
    """Raises InputError for choices that exclude each other."""
    if config.prior == "conditional" and "prior" not in game.blocks:
        raise InputError("a conditional prior needs a model that trains one, such as ivae_gan")
    if config.prior != "conditional" and config.posterior in PRODUCTS:
        raise InputError(f"posterior={config.posterior} needs a conditional prior, as in ivae")
    if config.posterior in PRODUCTS and config.prior_family != "gaussian":
        raise InputError(f"posterior={config.posterior} needs prior_family=gaussian")
    law = LIKELIHOODS[config.likelihood]
    if config.noise in LEARNED and not law.parameter:
        raise InputError(f"likelihood={config.likelihood} has no noise to learn; use noise=fixed")
    if config.noise != "none" and law.draw is None:
        raise InputError(f"likelihood={config.likelihood} has no draw; use noise=none")
    if config.noise_start <= 0:
        raise InputError(f"noise_start must be above 0, not {config.noise_start:g}")
    if "feat" in game.terms and "critic" not in game.blocks:
        raise InputError("extra_terms=feat needs a model with a critic, such as ivae_gan")
    if config.posterior == "mixture" and config.kl == "decomposed":
        raise InputError("kl=decomposed has no form for posterior=mixture; use kl=closed_form")


def _written_out(player: Player, config: ModelConfig) -> Player:
    """The player with its penalties, extras, the chosen form of the bound, and existing blocks."""
    replaced = KL_FORMS.get(config.kl, {}) | (MIXTURE if config.posterior == "mixture" else {})
    payoff = tuple(t for term in player.payoff for t in replaced.get(term, (term,)))
    if "adv_d" in payoff:
        payoff += listed(config.regularisers)
    if "generator" in player.blocks:
        payoff += tuple(t for t in listed(config.extra_terms) if t not in payoff)
    if "adv_g" in payoff and "generator" in player.blocks and config.noise in LEARNED:
        payoff += ("noise",)
    absent = () if config.prior == "conditional" else ("prior",)
    return Player(tuple(b for b in player.blocks if b not in absent), payoff)


def listed(names: str) -> tuple[str, ...]:
    """The members of a comma-separated list; an empty one has none."""
    return tuple(filter(None, names.split(",")))
