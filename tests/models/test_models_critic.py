"""What the critic makes of u, and of rows that it judges together."""

import jax.numpy as jnp
import numpy as np
import pytest

PROJECTION = {"critic_conditioning": "projection", "critic_input": "x,u"}


def see(run, label_scale=2.0, **change):
    """`(logit, features)` of the batch with something in it changed."""
    batch = run.batch._replace(**change)
    z = jnp.sin(run.batch.x[:, :2])
    return run.nets.critic(run.params, batch.x, z, batch.u, label_scale)


def test_the_logit_is_linear_in_the_features(make_pass):
    run = make_pass(critic_depth=3, critic_width=7)
    logit, features = see(run)
    assert features.shape == (8, 7)
    head = run.params["critic"]["Dense_0"]
    np.testing.assert_allclose(logit, features @ head["kernel"][:, 0] + head["bias"], atol=1e-6)


def test_projection_adds_the_product_of_features_and_embedded_u(make_pass):
    run = make_pass(**PROJECTION)
    logit, features = see(run, label_scale=3.0)
    critic = run.params["critic"]
    w = critic["Dense_0"]["kernel"][:, 0] + 3.0 * run.batch.u @ critic["embedding"]["kernel"]
    np.testing.assert_allclose(logit, jnp.sum(features * w, axis=-1), atol=1e-6)


def test_projected_u_changes_the_logit_and_not_the_features(make_pass, same):
    run = make_pass(**PROJECTION)
    logit, features = see(run)
    other_logit, other_features = see(run, u=jnp.roll(run.batch.u, 1, axis=1))
    assert (logit != other_logit).all()
    assert same(features, other_features)


@pytest.mark.parametrize("critic_input", ["x", "x,z"])
def test_a_critic_that_does_not_see_u_has_nothing_to_project(make_pass, same, critic_input):
    projected = make_pass(critic_conditioning="projection", critic_input=critic_input)
    concatenated = make_pass(critic_input=critic_input)
    assert same(projected.params["critic"], concatenated.params["critic"])
    assert same(see(projected), see(concatenated))


def test_a_pack_is_judged_by_all_its_rows_and_by_no_others(make_pass):
    run = make_pass(packing=4)
    logit, _ = see(run)
    for row, own in ((1, 0), (6, 1)):
        other, _ = see(run, x=run.batch.x.at[row].add(1.0))
        assert (logit != other).tolist() == [own == 0, own == 1]


def test_a_pack_shows_its_u_once(make_pass):
    run = make_pass(packing=4)
    inputs = run.params["critic"]["Trunk_0"]["Dense_0"]["kernel"].shape[0]
    assert inputs == 4 * 3 + 4


@pytest.mark.parametrize("fakes", ["prior", "prior,recon"])
def test_packs_of_fakes_are_as_many_as_those_of_real_rows(make_pass, fakes):
    run = make_pass(packing=2, fakes=fakes)
    assert run.logit_real.shape == (4,)
    assert run.logit_fake.shape == (len(fakes.split(",")), 4)
