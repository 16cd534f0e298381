import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.evaluation.verdict import (
    USABLE,
    Precondition,
    find,
    hold_out,
    judge,
    looked_at,
    make_precondition,
)
from ivaegan_jax.evaluation.verdict.held_out import MOST_LEVELS, MOST_ROWS, REFERENCES
from ivaegan_jax.evaluation.verdict.judgement import NOT_IDENTIFIABLE
from ivaegan_jax.evaluation.verdict.precondition import in_blocks
from ivaegan_jax.models import Known, Theory

RNG = np.random.default_rng(0)
LEVELS, DIM = 12, 2
CODE = np.repeat(np.arange(LEVELS), 100)
STD = RNG.uniform(0.5, 3, (LEVELS, DIM))
EQUAL = np.ones((LEVELS, DIM))
Z = STD[CODE] * RNG.normal(size=(len(CODE), DIM))
HELD_OUT = hold_out(Z, CODE, LEVELS, DIM)
MEANS = RNG.uniform(-3, 3, (LEVELS, DIM))


def log_density(z, mean, std):
    return -(np.log(std) + 0.5 * np.square((z - mean) / std)).sum(axis=-1)


def run(z=Z, std=STD, mean=0 * STD, slope=((1.0, 0.0), (0.0, 1.0)), scale=(1.0, 1.0)):
    """A run whose posterior means are z, with this prior and this linear generator."""
    own = log_density(z, mean[CODE], std[CODE])
    pairs = log_density(z[:, None], mean, std)
    return Precondition(
        mu=z,
        log_var=np.full_like(z, -6.0) + 2 * np.log(scale),
        loc=mean[CODE],
        prior_log_var=2 * np.log(std[CODE]),
        log_prior=own,
        log_marginal=np.log(np.exp(pairs).mean(axis=1)),
        slope=np.tile(slope, (5, 1, 1)),
    )


def judged(alive=True, held_out=HELD_OUT, **changes):
    return judge(find(run(**changes), held_out), alive)


def test_a_run_whose_prior_nothing_is_proved_of_is_not_said_to_be_usable():
    unproved = judge(find(run(), HELD_OUT, Theory()), alive=True)
    assert unproved.verdict == "not covered by a theorem"
    assert codes(unproved) == {"unproved"}
    told = judge(find(run(), HELD_OUT, Theory(variance=Known(1, "order and scale"))), alive=True)
    assert told == judged()


def test_what_speaks_against_a_run_speaks_against_it_without_a_theorem_too():
    flat = judge(find(run(slope=((1.0, 0.0), (0.0, 0.0))), HELD_OUT, Theory()), alive=True)
    assert flat.verdict == NOT_IDENTIFIABLE
    assert "flat" in codes(flat)
    assert "rank" not in codes(judge(find(run(std=EQUAL, mean=MEANS), HELD_OUT, Theory()), True))


def codes(judgement):
    return {reason.code for reason in judgement.reasons}


def test_a_run_that_meets_all_preconditions_is_usable():
    judgement = judged()
    assert judgement.verdict == USABLE
    assert codes(judgement) == {"rank_ok", "information_ok", "slope_ok"}


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_scale_of_a_latent_does_not_matter(scale):
    by = np.array([scale, 1.0])
    ours, other = (
        find(run(Z * f, STD * f, slope=np.diag(1 / f), scale=f), HELD_OUT) for f in (by**0, by)
    )
    np.testing.assert_allclose(other.rank.singular, ours.rank.singular)
    np.testing.assert_allclose(other.slopes, ours.slopes, rtol=1e-6)


def test_the_slope_is_that_of_the_generator_at_latents_of_equal_scale():
    slope = np.diag([1.0, 0.25]) / Z.std(axis=0)
    np.testing.assert_allclose(find(run(slope=slope), HELD_OUT).slopes, 0.25)
    flat = judged(slope=np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert codes(flat) == {"flat"}


def test_a_diverged_run_is_nothing_else():
    assert judged(alive=False).verdict == "diverged"


def test_latents_that_do_not_move_have_collapsed():
    assert judged(z=0 * Z + 1e-3 * Z).verdict == "collapsed to the prior"


def test_latents_that_repeat_u_have_collapsed_to_its_prior():
    assert judged(z=MEANS[CODE] + 1e-3 * Z, mean=MEANS).verdict == "collapsed to p(z|u)"


def test_a_vanished_latent_is_left_out_and_told():
    judgement = judged(z=Z * [1, 1e-4], std=np.c_[STD[:, :1], EQUAL[:, :1]])
    assert judgement.verdict == USABLE
    assert "vanished" in codes(judgement)


def test_a_prior_without_u_is_not_identifiable():
    judgement = judged(std=EQUAL)
    assert (judgement.verdict, codes(judgement)) == ("not identifiable", {"prior"})


def test_means_alone_leave_a_rotation():
    z = MEANS[CODE] + RNG.normal(size=Z.shape)
    assert codes(judged(z=z, std=EQUAL, mean=MEANS)) == {"means"}


def test_variances_in_proportion_are_of_too_low_a_rank():
    std = np.repeat(STD[:, :1], 2, axis=1)
    assert codes(judged(z=std[CODE] * RNG.normal(size=Z.shape), std=std)) == {"rank"}


def test_a_prior_of_noise_alone_is_no_modulation():
    noise = np.exp(0.02 * RNG.normal(size=STD.shape))
    assert codes(judged(std=noise)) >= {"rank"}


def test_latents_that_know_nothing_of_u():
    shuffled = RNG.permutation(Z)
    assert "information" in codes(judged(z=shuffled))
    assert find(run(z=shuffled), HELD_OUT).p_value > 0.5


def test_as_many_values_of_u_as_the_theorem_asks_for():
    few = HELD_OUT._replace(levels=4)
    assert find(run(mean=1e-2 * MEANS), few).needed == 2 * DIM + 1
    assert codes(judged(held_out=few, mean=1e-2 * MEANS)) == {"levels"}
    assert judged(held_out=few).verdict == USABLE  # variances alone take three


def thinned(rows_per_level, prior):
    """A run with this prior on few rows of each level, as held out."""
    few = np.flatnonzero(np.arange(len(CODE)) % 100 < rows_per_level)
    held_out = hold_out(Z[few], CODE[few], LEVELS, DIM)
    whole = run(std=prior)
    return find(
        whole._replace(
            **{name: getattr(whole, name)[few] for name in Precondition._fields if name != "slope"}
        ),
        held_out,
    )


def test_a_test_that_could_hardly_see_anything_says_so():
    noise = np.exp(0.02 * RNG.normal(size=STD.shape))
    found = thinned(2, noise)
    assert found.power < 0.5
    told = judge(found, alive=True)
    assert codes(told) >= {"rank", "power"}
    assert any("2 held-out rows for each value of u" in reason.text for reason in told.reasons)
    seen = thinned(100, noise)
    assert seen.power > 0.8
    assert "power" not in codes(judge(seen, alive=True))


def test_few_rows_of_each_level_count_together():
    assert judge(thinned(12, STD), alive=True).verdict == USABLE


def test_a_prior_that_learned_another_u_is_of_no_rank():
    moments = [Z[RNG.permutation(len(Z))[:100]].std(axis=0) for _ in range(LEVELS)]
    found = thinned(100, np.stack(moments))
    assert found.rank.rank == 0
    assert found.rank.inflation > 10


def test_one_value_of_u_leaves_nothing_to_test():
    same = np.zeros(len(CODE), int)
    assert codes(judged(held_out=hold_out(Z, same, LEVELS, DIM))) >= {"rows"}


def test_many_values_of_u_are_sampled_whole_and_alike_for_all_data_seeds():
    u = np.arange(9000) // 3
    first, second = looked_at([u, np.roll(u, 1)])
    assert len(first) == len(second) == 3 * MOST_LEVELS
    assert (np.unique(u[first], return_counts=True)[1] == 3).all()
    few = np.arange(2 * MOST_ROWS) % 7
    [rows] = looked_at([few])
    assert len(rows) == MOST_ROWS
    np.testing.assert_array_equal(looked_at([CODE])[0], np.arange(len(CODE)))


def test_many_values_of_u_are_stood_for_by_a_sample():
    u = np.arange(len(CODE))
    held_out = hold_out(Z, u, len(u), DIM)
    assert held_out.sampled
    assert len(held_out.references) == len(held_out.weights) == REFERENCES
    assert held_out.levels == len(u)


def test_a_continuous_u_stands_for_itself_among_its_references():
    u = RNG.normal(size=(len(CODE), 1)).astype(np.float32)
    held_out = hold_out(Z, u, 1, DIM)
    assert held_out.weights.sum() == pytest.approx(1)
    assert held_out.levels == len(CODE)
    same = run()._replace(log_marginal=run().log_prior)
    assert find(same, held_out).information == pytest.approx(0)


def test_the_device_part_is_what_the_model_says(tiny, batch):
    model = tiny("ivae_gan").model
    params = model.init(jax.random.key(1))
    levels = jnp.eye(batch.u.shape[1])
    shares = jnp.full(len(levels), jnp.log(1 / len(levels)))
    code = np.argmax(batch.u, axis=1)
    known = np.arange(len(levels))
    whole = jax.jit(make_precondition(model, len(levels)))
    found = whole(params, batch.x, code, known, shares)
    pairs = jax.jit(model.log_prior)(params, found.mu, levels)
    np.testing.assert_allclose(found.log_prior, pairs[np.arange(len(code)), code], rtol=1e-4)
    marginal = np.log(np.exp(pairs).mean(axis=1))
    np.testing.assert_allclose(found.log_marginal, marginal, rtol=1e-3, atol=1e-4)
    decode = jax.jit(jax.jacobian(lambda z: model.decode(params, z[None])[0]))
    jacobian = decode(found.mu[0])
    squared = found.slope[0].T @ found.slope[0]
    np.testing.assert_allclose(squared, jacobian.T @ jacobian, rtol=1e-3, atol=1e-5)


def test_a_prior_that_is_too_sure_of_itself_hides_no_information():
    """Levels learned from 8 rows: the bound falls below 0, the careful one finds what is there."""
    rng = np.random.default_rng(3)
    true = np.exp(0.15 * rng.normal(size=(LEVELS, DIM)))
    z = true[CODE] * rng.normal(size=Z.shape)
    learned = true * np.sqrt(rng.gamma(4, 1 / 4, true.shape))
    found = find(run(z=z, std=learned), HELD_OUT)
    assert found.information < 0 < found.careful
    assert found.p_value < 0.05


@pytest.mark.parametrize("size", [1, 3, 5, 6, 7, 20])
def test_rows_in_blocks_are_the_rows(size):
    rows = jnp.arange(26.0).reshape(13, 2), jnp.arange(13)
    found = in_blocks(lambda both: {"sum": both[0].sum(1) + both[1]}, rows, size)
    np.testing.assert_array_equal(found["sum"], np.arange(13) * 5 + 1)
