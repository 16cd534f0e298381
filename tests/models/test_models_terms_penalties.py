"""R1, R2 and the gradient penalty."""

import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.models.game import Player
from ivaegan_jax.models.terms import TERMS
from ivaegan_jax.training.step import weights

LINEAR = {"critic_depth": 1, "fakes": "prior,recon"}
# the slopes of a linear critic are its weights on all that it sees but u
SEEN = [("x", 1, 3), ("x,z,u", 1, 5), ("x,u", 2, 6)]


@pytest.mark.parametrize(("critic_input", "packing", "sloped"), SEEN)
def test_penalties_of_a_linear_critic(make_pass, critic_input, packing, sloped):
    run = make_pass(**LINEAR, critic_input=critic_input, packing=packing)
    kernel = np.asarray(run.params["critic"]["Dense_0"]["kernel"][:sloped, 0])
    length = np.linalg.norm(kernel)
    found = [float(TERMS[name](run)) for name in ("r1", "r2", "gp")]
    assert found == pytest.approx([length**2 / 2, length**2 / 2, (length - 1) ** 2], rel=1e-4)


def test_weights_are_gamma_and_lambda(run_of):
    hyperparameters = run_of(r1_weight=0.1, r2_weight=0.2, gp_weight=10.0).hyperparameters
    found = weights(Player((), ("r1", "r2", "gp")), hyperparameters, jnp.zeros(()))
    assert [float(found[name]) for name in ("r1", "r2", "gp")] == pytest.approx([0.1, 0.2, 10.0])


def test_r1_looks_at_real_rows_and_r2_at_fakes(make_pass):
    real, fake, moved = (make_pass(critic_activation="tanh") for _ in range(3))
    fake.x_fake = fake.x_fake + 1.0
    moved.batch = moved.batch._replace(x=moved.batch.x + 1.0)
    changed = {
        name: [float(TERMS[name](run)) != float(TERMS[name](real)) for run in (fake, moved)]
        for name in ("r1", "r2")
    }
    assert changed == {"r1": [False, True], "r2": [True, False]}


@pytest.mark.parametrize(
    ("critic_input", "fakes", "packing"),
    [("x,z,u", "prior", 1), ("x,u", "prior,recon", 1), ("x,z,u", "prior", 4)],
)
def test_the_penalty_is_taken_between_real_rows_and_fakes_of_one_u(
    make_pass, critic_input, fakes, packing
):
    run, seen = make_pass(fakes=fakes, critic_input=critic_input, packing=packing), []
    slopes = run.slopes
    run.slopes = lambda x, z: seen.append((x, z)) or slopes(x, z)
    TERMS["gp"](run)
    kinds, sees = len(fakes.split(",")), ["x", "z"][: critic_input.count(",")]
    ends = zip(sees, run.real, run.fakes, seen[0], strict=False)
    shares = [(at - fake) / (jnp.tile(real, (kinds, 1)) - fake) for _, real, fake, at in ends]
    of_row = np.hstack(shares)  # the same in every coordinate, x and z
    np.testing.assert_allclose(of_row, of_row[:, :1].repeat(of_row.shape[1], axis=1), atol=1e-3)
    of_pack = of_row[:, 0].reshape(-1, packing)
    np.testing.assert_allclose(of_pack, of_pack[:, :1].repeat(packing, axis=1), atol=1e-3)
    assert ((of_pack > 0) & (of_pack < 1)).all()
    assert len(set(of_pack[:, 0].round(3))) == len(of_pack)
