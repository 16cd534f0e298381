"""The linear step on trained states: networks that are linear, whose latents are mixed sources."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.data import Part
from ivaegan_jax.evaluation import from_row, scoring, to_row
from ivaegan_jax.evaluation.unmixing import step_rows, unmix_runs
from ivaegan_jax.metrics import mcc
from ivaegan_jax.models import UNMIXED
from ivaegan_jax.training import as_batch

MIXING = np.array([[1.0, 0.6], [-0.5, 1.0]])
STD = np.array([[1.0, 3.0], [2.5, 0.5], [0.4, 0.8], [2.0, 2.0]])
LOC = np.array([[1.0, 0.0], [-1.0, 2.0], [0.0, 0.0], [3.0, -2.0]])
LINEAR = {"depth": 1, "prior_depth": 1, "posterior": "x"}
NOISE = 0.05


def part_of(rows, seed, features):
    """Two data seeds: in the second, u moves means alone."""
    rng = np.random.default_rng(seed)
    u = rng.integers(4, size=(2, rows))
    s = rng.normal(size=(2, rows, 2)) * np.stack([STD[u[0]], np.ones((rows, 2))]) + LOC[u]
    x = np.concatenate([s @ MIXING, np.zeros((2, rows, 1))], axis=2).astype(np.float32)
    seen = np.eye(4)[u] + 0.01 * rng.normal(size=(2, rows, 4)) if features else u
    place = np.tile(np.arange(rows, dtype=np.int32), (2, 1))
    seen = seen.astype(np.float32 if features else np.int32)
    return Part(x, seen, s, place, place, np.zeros_like(place))


def linear_params(params):
    """An encoder that takes the first two columns of x for z, and the generator that inverts it."""
    zero = jax.tree.map(jnp.zeros_like, params)
    encoder, generator = (zero[block]["Dense_0"] for block in ("encoder", "generator"))
    kernel = encoder["kernel"].at[[0, 1], [0, 1]].set(1.0)
    bias = encoder["bias"].at[2:].set(2 * np.log(NOISE))
    zero["encoder"]["Dense_0"] = {"kernel": kernel, "bias": bias}
    zero["generator"]["Dense_0"]["kernel"] = generator["kernel"].at[[0, 1], [0, 1]].set(1.0)
    varied = jnp.arange(params["prior"]["Dense_0"]["kernel"].size) % 3 / 10
    zero["prior"]["Dense_0"]["kernel"] = varied.reshape(params["prior"]["Dense_0"]["kernel"].shape)
    return zero


@pytest.fixture(scope="module", params=["levels", "a quantity"])
def stepped(request, tiny, run_of, stack, mesh):
    """Two runs, one on each data seed: before, after, what was found, and validation rows."""
    small = tiny("ivae", **LINEAR)
    runs = [run_of(1, 0), run_of(2, 1)]
    states = stack([jax.device_get(small.trainer.init(run)) for run in runs])
    one = linear_params(jax.tree.map(lambda leaf: leaf[0], states.params))
    states = states.replace(params=jax.device_get(stack([one, one])))
    trained = scoring.Trained("ivae", small.model, small.game, stack(runs), states)
    features = request.param == "a quantity"
    train, valid = (part_of(rows, seed, features) for rows, seed in ((4000, 1), (1000, 2)))
    after, found = unmix_runs(trained, train, valid, 4, mesh)
    return trained, after, found, valid


def params_of(trained, run):
    return jax.tree.map(lambda leaf: jnp.asarray(leaf[run]), trained.states.evaluated)


def encoded(trained, part, run):
    batch = as_batch(jnp.asarray(part.x[run]), jnp.asarray(part.u[run]), 4)
    return trained.model.encode(params_of(trained, run), batch.x, batch.u)


def test_sources_mixed_linearly_come_back_and_what_is_decoded_stays(stepped):
    before, after, found, valid = stepped
    assert found[0].code == "taken", found[0].text
    z, moved = (encoded(each, valid, 0)[0] for each in (before, after))
    assert mcc(np.asarray(moved), valid.s[0]) > 0.99 > mcc(np.asarray(z), valid.s[0])
    decoded = (t.model.decode(params_of(t, 0), e) for t, e in ((before, z), (after, moved)))
    np.testing.assert_allclose(*decoded, atol=1e-5)


def test_the_prior_has_the_moments_of_the_mapped_latents(stepped):
    _, after, found, _ = stepped
    matrix = found[0].matrix @ MIXING.T
    corners = jnp.eye(4)
    loc, log_var = after.model.prior(params_of(after, 0), corners)
    np.testing.assert_allclose(loc, LOC @ matrix.T, atol=0.3)
    variance = np.square(STD) @ np.square(matrix).T
    np.testing.assert_allclose(log_var, np.log(variance), atol=0.25)


def test_a_run_whose_levels_have_equal_covariances_stays_to_the_bit(stepped):
    before, after, found, valid = stepped
    assert found[1].code == "equal"
    for one, other in zip(encoded(before, valid, 1), encoded(after, valid, 1), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert (encoded(before, valid, 1)[0] == encoded(after, valid, 1)[0]).all()
    kept = params_of(after, 1)[UNMIXED]["prior"], params_of(before, 1)["prior"]
    jax.tree.map(np.testing.assert_array_equal, *kept)


def test_what_was_decided_is_a_result_that_is_read_again(stepped):
    found = stepped[2]
    rows = [*step_rows(found, lambda i: {"label": "ivae", "seed": i, "split": "valid"})]
    assert [row.code for row in rows] == ["taken", "equal"]
    assert [from_row(to_row(row)) for row in rows] == rows


def test_means_that_move_alone_settle_no_axes_and_models_without_a_prior_have_no_step(
    tiny, run_of, stack, mesh
):
    train, valid = (part_of(rows, seed, False) for rows, seed in ((400, 1), (100, 2)))
    for preset, options in (("ivae", {"modulation": "mean"}), ("vae", {})):
        small = tiny(preset, **LINEAR | options)
        states = stack([jax.device_get(small.trainer.init(run_of(1, 0)))])
        trained = scoring.Trained(preset, small.model, small.game, stack([run_of(1, 0)]), states)
        after, found = unmix_runs(trained, train, valid, 4, mesh)
        assert after is trained
        assert [each.code for each in found] == (["means_only"] if preset == "ivae" else [])
