import contextlib
import dataclasses

import pytest

from ivaegan_jax.models.choices import CHOICES, COMBINATIONS
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.game import check_game
from ivaegan_jax.models.hyperparameters import Hyperparameters
from ivaegan_jax.models.presets import PRESETS, resolve
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.types import InputError

NAMES = sorted(PRESETS)
FROM_THE_ROW = ("prior", "posterior", "critic_input", "fakes")
BLOCKS = {"encoder", "prior", "generator", "critic"}


def resolved(name, **config):
    return resolve(PRESETS[name], ModelConfig(**config))


@pytest.mark.parametrize("name", NAMES)
def test_a_row_speaks_of_known_choices_blocks_and_terms(name):
    config, game = resolved(name)
    assert all(getattr(config, choice) in CHOICES[choice] for choice in CHOICES)
    assert all(getattr(config, choice) for choice in FROM_THE_ROW)
    assert set(game.blocks) <= BLOCKS
    assert game.terms <= set(TERMS)
    check_game(game)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_can_encode_and_generate(name):
    _, game = resolved(name)
    assert {"encoder", "generator"} <= set(game.blocks)


@pytest.mark.parametrize("name", NAMES)
def test_a_critic_is_there_where_a_term_needs_it(name):
    _, game = resolved(name)
    needs = bool(game.terms & {"adv_g", "adv_d", "feat", "r1", "r2", "gp"})
    assert ("critic" in game.blocks) is needs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("choice", FROM_THE_ROW)
def test_a_choice_of_the_user_wins_over_the_row(name, choice):
    for value in filter(None, CHOICES[choice]):
        with contextlib.suppress(InputError):  # of choices that exclude each other
            assert getattr(resolved(name, **{choice: value})[0], choice) == value


@pytest.mark.parametrize("name", NAMES)
def test_a_choice_left_empty_comes_from_the_row(name):
    config, _ = resolved(name)
    for choice in FROM_THE_ROW:
        assert getattr(config, choice) == getattr(PRESETS[name], choice)


@pytest.mark.parametrize("name", NAMES)
def test_all_other_choices_pass_through(name):
    given = ModelConfig(width=17, modulation="mean", activation="gelu", decoder_variance="learned")
    config, _ = resolve(PRESETS[name], given)
    row = {choice: getattr(config, choice) for choice in FROM_THE_ROW}
    assert config == dataclasses.replace(given, likelihood="gaussian", noise="none",
                                         prior_family="gaussian", **row)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "family"),
    [
        ({}, "learned_tails"),
        ({"modulation": "variance"}, "gaussian"),
        ({"posterior": "product"}, "gaussian"),
        ({"prior_family": "laplace"}, "laplace"),
    ],
)
def test_tails_are_learned_where_u_moves_means_and_variances(changes, family):
    assert [resolved(name, **changes)[0].prior_family for name in ("ivae_gan", "igan")] == [
        family
    ] * 2


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ci_ivae"])
def test_the_decomposed_kl_replaces_the_kl(name):
    closed, decomposed = resolved(name)[1].terms, resolved(name, kl="decomposed")[1].terms
    parts = {"mi", "tc", "dim_kl"} if "kl" in closed else set()
    assert decomposed == (closed - {"kl"}) | parts


@pytest.mark.parametrize("regularisers", ["", "r1", "r2,gp", "r1,r2,gp"])
@pytest.mark.parametrize("name", NAMES)
def test_penalties_go_to_the_critic_alone(name, regularisers):
    _, game = resolved(name, regularisers=regularisers)
    chosen = {part for part in regularisers.split(",") if part}
    for player in game.players.values():
        expected = chosen if "adv_d" in player.payoff else set()
        assert set(player.payoff) & {"r1", "r2", "gp"} == expected


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"ci_ivae"}))
def test_a_standard_prior_has_no_block(name):
    config, game = resolved(name, prior="standard")
    assert config.prior == "standard"
    assert "prior" not in game.blocks


@pytest.mark.parametrize("name", NAMES)
def test_no_conditional_prior_is_left_without_an_owner(name):
    with contextlib.suppress(InputError):  # a row may refuse it
        _, game = resolved(name, prior="conditional")
        assert "prior" in game.blocks


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("gan", {"prior": "conditional"}, "needs a model that trains one"),
        ("ci_ivae", {"prior": "standard"}, "posterior=mixture needs a conditional prior"),
        ("ci_ivae", {"kl": "decomposed"}, "kl=decomposed has no form for posterior=mixture"),
        ("vae", {"posterior": "product"}, "posterior=product needs a conditional prior"),
        ("ivae", {"posterior": "mixture", "prior_family": "laplace"}, "needs prior_family=gauss"),
        ("ivae", {"extra_terms": "feat"}, "needs a model with a critic"),
    ],
)
def test_choices_that_exclude_each_other_are_refused(name, config, message):
    with pytest.raises(InputError, match=message):
        resolved(name, **config)


@pytest.mark.parametrize("extra", COMBINATIONS["extra_terms"])
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"vae", "ivae", "ci_ivae", "iflow"}))
def test_the_owner_of_the_generator_minimises_an_extra_term_once(name, extra):
    if "critic" in resolved(name)[1].blocks or extra != "feat":
        for row, player in resolved(name, extra_terms=extra)[1].players.items():
            others = PRESETS[name].players[row].payoff.count(extra)
            assert player.payoff.count(extra) == max(others, "generator" in player.blocks)


def test_a_mixture_replaces_the_terms_of_the_bound():
    assert resolved("ivae_gan", posterior="mixture")[1].players["vae"].payoff == (
        "mixture_nll", "mixture_kl", "adv_g", "latent_reconstruction", "infonce",
    )  # fmt: skip


def test_critic_rounds_reach_the_game():
    assert resolve(PRESETS["gan"], ModelConfig(), critic_rounds=5)[1].critic_rounds == 5


def test_every_weight_belongs_to_a_term_and_only_what_stands_alone_has_none():
    fields = {field.name for field in dataclasses.fields(Hyperparameters)}
    weights = {field.removesuffix("_weight") for field in fields if field.endswith("_weight")}
    shared = {"mixture_nll", "mixture_kl"}  # with the terms they replace
    assert (
        weights - {"own"}  # those of registered terms
        == set(TERMS)
        - {"adv_d", "supervised", "critic_accuracy", "iwae", "divergence", "distortion", "spread"}
        - shared
    )
