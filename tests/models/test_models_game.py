import jax
import jax.numpy as jnp
import optax
import pytest

from ivaegan_jax.models.game import PLAYERS, Game, Player, check_game
from ivaegan_jax.models.model import Model, build
from ivaegan_jax.models.presets import ELBO, PRESETS
from ivaegan_jax.training.schedules import optimiser
from ivaegan_jax.training.step import play_round, player_update, weights
from ivaegan_jax.training.trainer import make_trainer
from ivaegan_jax.types import Batch

KEY = jax.random.key(0)
MOVES = [(preset, name) for preset, row in PRESETS.items() for name in row.players]
START, ALIVE = jnp.zeros(()), jnp.array(True)


@pytest.mark.parametrize(("preset", "name"), MOVES)
def test_a_player_moves_all_it_owns_and_nothing_else(tiny, run_of, batch, same, preset, name):
    _, game, model, trainer = tiny(preset)
    run = run_of(seed=1)
    state = trainer.init(run)
    params, *_ = player_update(
        model, game, name, state.params, state.opt_state[name], batch, KEY, run.hyperparameters,
        START, state.alive,
    )  # fmt: skip
    owned = game.players[name].blocks
    others = set(params) - set(owned)
    assert same({b: params[b] for b in others}, {b: state.params[b] for b in others})
    for block in owned:
        moved = jax.tree.map(lambda a, b: bool((a != b).any()), params[block], state.params[block])
        moved.pop("log_var_ratio", None)  # of no use to a likelihood with a fixed variance
        assert all(jax.tree.leaves(moved)), f"{block} did not move: {moved}"


def test_a_block_has_one_owner():
    game = Game({"vae": Player(("encoder", "prior"), ()), "gan": Player(("prior",), ())})
    with pytest.raises(ValueError, match="two owners"):
        check_game(game)


def test_players_have_known_names():
    with pytest.raises(ValueError, match=r"unknown players.*referee.*known"):
        check_game(Game({"referee": Player(("critic",), ())}))


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("cylce", "'cylce' has no weight: give Hyperparameters a field cylce_weight"),
        ("critic_accuracy", "'critic_accuracy' has no weight"),
    ],
)
def test_a_term_without_a_weight_is_refused_where_the_game_is_built(run_of, term, message):
    player = Player(("encoder",), (term,))
    with pytest.raises(ValueError, match=message):
        check_game(Game({"vae": player}))
    with pytest.raises(ValueError, match=message):
        weights(player, run_of().hyperparameters, START)


def test_a_partition_of_the_blocks_passes():
    check_game(Game({"vae": Player(("encoder",), ()), "gan": Player(("critic",), ())}))


def test_a_game_lists_its_blocks_and_terms():
    game = Game({"gan": Player(("critic",), ("adv_d", "r1")), "vae": Player(("encoder",), ELBO)})
    assert game.blocks == ("critic", "encoder")
    assert game.terms == {"adv_d", "r1", "nll", "kl"}


@pytest.mark.parametrize("name", PLAYERS)
def test_the_first_step_has_the_length_of_the_players_own_rate(run_of, name):
    tx = optimiser(name, run_of(**{f"{name}_rate": 0.125}).hyperparameters, START)
    updates, _ = tx.update({"w": jnp.array(3.0)}, tx.init({"w": jnp.array(0.0)}))
    assert float(updates["w"]) == pytest.approx(-0.125, rel=1e-5)


@pytest.mark.parametrize(("norm", "kept"), [(10.0, 2.0), (1.0, 1.0)])
def test_gradients_are_clipped_to_their_global_norm(run_of, norm, kept):
    tx = optimiser("vae", run_of(max_grad_norm=2.0, vae_beta1=0.5).hyperparameters, START)
    grads = {"v": jnp.array(0.6 * norm), "w": jnp.array(0.8 * norm)}
    _, state = tx.update(grads, tx.init(grads))
    assert float(optax.tree.norm(state[1].mu)) == pytest.approx(0.5 * kept, rel=1e-5)


class Recorder:
    """A model with one number per block; keeps the key of every draw and of every forward pass."""

    def __init__(self):
        self.draws, self.noise = [], []
        unused = [None] * 3
        self.model = Model(None, self.terms, None, *unused, lambda params: params, *unused)

    def terms(self, params, batch, key, hyperparameters, names):
        self.noise.append(tuple(jax.random.key_data(key).tolist()))
        square = sum(jnp.square(value) for value in params.values())
        return dict.fromkeys(names, square)

    def draw(self, key):
        self.draws.append(tuple(jax.random.key_data(key).tolist()))
        return Batch(jnp.zeros((1, 1)), jnp.zeros((1, 1)))


@pytest.fixture(scope="module")
def play(run_of):
    """`play(game) -> (recorder, opt_state)` after one round."""

    def make(game):
        recorder, hyperparameters = Recorder(), run_of().hyperparameters
        params = {block: jnp.array(3.0) for block in game.blocks}
        opt_state = {
            name: optimiser(name, hyperparameters, START).init(
                {b: params[b] for b in player.blocks}
            )
            for name, player in game.players.items()
        }
        _, opt_state, *_ = play_round(
            recorder.model,
            game,
            params,
            opt_state,
            recorder.draw,
            KEY,
            hyperparameters,
            START,
            ALIVE,
        )
        return recorder, opt_state

    return make


THREE = {
    "gan": Player(("critic",), ("adv_d",)),
    "generator": Player(("generator",), ("adv_g",)),
    "vae": Player(("encoder",), ("kl",)),
}


def test_every_move_has_its_own_batch_and_its_own_noise(play):
    recorder, _ = play(Game(THREE, critic_rounds=3))
    keys = recorder.draws + recorder.noise
    assert len(keys) == 2 * (3 + 1 + 1)
    assert len(set(keys)) == len(keys)


def test_the_critic_alone_moves_more_often(play):
    _, opt_state = play(Game(THREE, critic_rounds=3))
    counts = {name: int(state[1].count) for name, state in opt_state.items()}
    assert counts == {"gan": 3, "generator": 1, "vae": 1}


@pytest.mark.parametrize("absent", sorted(THREE))
def test_a_players_random_numbers_do_not_depend_on_who_else_plays(play, absent):
    def numbers(players):
        recorder, _ = play(Game(players))
        return dict(zip(players, zip(recorder.draws, recorder.noise, strict=True), strict=True))

    fewer = {name: player for name, player in THREE.items() if name != absent}
    everyone = numbers(THREE)
    assert numbers(fewer) == {name: everyone[name] for name in fewer}


def test_further_critic_rounds_leave_the_draws_of_the_others(play):
    one, _ = play(Game(THREE, critic_rounds=1))
    two, _ = play(Game(THREE, critic_rounds=2))
    assert two.draws == [one.draws[0], two.draws[1], *one.draws[1:]]


@pytest.mark.parametrize("critic_moves", [False, True])
def test_ivae_gan_without_its_adversary_is_ivae_to_the_bit(
    tiny, dims, data, run_of, same, critic_moves
):
    """The same posterior; the critic is left out of the game, or plays to no effect on the rest."""
    config, game, _, _ = tiny("ivae_gan", posterior="x,u", prior_family="gaussian")
    players = {"vae": game.players["vae"]._replace(payoff=ELBO)}
    if critic_moves:
        players = {"gan": game.players["gan"]} | players
    game = game._replace(players=players)
    reduced = make_trainer(build(config, dims, game.blocks), game, 8, dims.dim_u)
    trainers, run = (tiny("ivae").trainer, reduced), run_of(seed=4)
    states = [trainer.init(run) for trainer in trainers]
    for _ in range(4):
        states = [t.train_step(run, s, data)[0] for t, s in zip(trainers, states, strict=True)]
    ivae, ivae_gan = states
    assert same(ivae.params, {block: ivae_gan.params[block] for block in ivae.params})
    assert same(ivae.opt_state["vae"], ivae_gan.opt_state["vae"])
    assert ("critic" in ivae_gan.params) is critic_moves
