import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from ivaegan_jax.metrics import c2st, conditional_sample_quality, energy_distance, mmd2_unbiased
from ivaegan_jax.metrics.sample_quality import levels_compared

RNG = np.random.default_rng(0)
MEANS = RNG.normal(size=(4, 3)) * 2


def draw(u):
    return MEANS[u] + RNG.normal(size=(len(u), 3))


@pytest.mark.parametrize("measure", [mmd2_unbiased, energy_distance])
def test_unbiased_under_the_null(measure):
    values = [measure(*RNG.normal(size=(2, 50, 2))) for _ in range(200)]
    assert abs(np.mean(values)) < 4 * np.std(values) / 200**0.5
    assert min(values) < 0 < max(values)


@pytest.mark.parametrize("measure", [mmd2_unbiased, energy_distance])
def test_a_shift_is_seen(measure):
    x, y = RNG.normal(size=(2, 300, 2))
    assert measure(x, y + 1) > 10 * abs(measure(x, y))


def test_mmd_equals_the_sum_by_hand():
    x, y = np.array([[0.0], [1.0]]), np.array([[0.0], [3.0]])
    # the six distances are 1, 3 and 0, 3, 1, 2: their squares' median is (1 + 4) / 2
    k = lambda d: np.exp(-(d**2) / (2 * 2.5))  # noqa: E731
    by_hand = k(1) + k(3) - 2 * (k(0) + k(3) + k(1) + k(2)) / 4
    assert mmd2_unbiased(x, y) == pytest.approx(by_hand)


def test_energy_distance_equals_the_sum_by_hand():
    x, y = np.array([[0.0], [1.0]]), np.array([[0.0], [3.0]])
    assert energy_distance(x, y) == pytest.approx(2 * (0 + 3 + 1 + 2) / 4 - 1 - 3)


def test_equal_rows_do_not_divide_by_zero():
    assert mmd2_unbiased(np.ones((10, 2)), np.ones((10, 2))) == 0


def test_c2st_is_at_chance_for_equal_and_near_one_for_shifted_samples():
    x, y = RNG.normal(size=(2, 300, 4))
    assert c2st(x, y) == pytest.approx(0.5, abs=0.08)
    assert c2st(x, y + 4) > 0.98
    assert c2st(x, y + 4) == c2st(x, y + 4)


def test_c2st_sees_a_narrow_sample_in_many_dimensions():
    x, y = RNG.normal(size=(2, 300, 64))
    assert c2st(x, 0.7 * y) > 0.8


def test_large_samples_are_cut_and_unequal_ones_balanced():
    x = RNG.normal(size=(20_000, 2))
    assert abs(mmd2_unbiased(x, RNG.normal(size=(700, 2)))) < 0.02
    assert c2st(x[:900], x[900:1000]) < 0.7  # .9 if the larger sample were kept whole


def test_conditional_rows_of_a_perfect_generator():
    u = np.arange(800) % 4
    rows = conditional_sample_quality(draw(u), draw(u), u)
    assert set(rows) == {"mmd2", "energy_distance", "c2st"}
    for row in rows.values():
        assert set(row) == {"fake", "real", "wrong_u"}
        # three standard errors of the noisiest, the two-sample accuracy
        assert abs(row["fake"] - row["real"]) < 0.4 * (row["wrong_u"] - row["real"])


def test_conditional_rows_of_a_generator_that_ignores_u():
    u = np.arange(800) % 4
    rows = conditional_sample_quality(draw(u), draw(RNG.permutation(u)), u)
    assert all(row["fake"] > row["real"] + 0.05 for row in rows.values())
    assert rows["c2st"]["fake"] == pytest.approx(rows["c2st"]["wrong_u"], abs=0.1)


def test_conditional_rows_of_a_continuous_u():
    u = RNG.uniform(size=(1500, 1)).astype(np.float32)
    real, fake = (10 * u + 0.1 * RNG.normal(size=(1500, 2)) for _ in "ab")
    rows = conditional_sample_quality(real, fake, u)
    assert rows["c2st"]["fake"] < 0.6 < 0.8 < rows["c2st"]["wrong_u"]


def test_levels_without_enough_rows():
    u = np.arange(12) % 4
    with pytest.raises(ValueError, match="12 rows are fewer than 20"):
        conditional_sample_quality(draw(u), draw(u), u)


@pytest.mark.parametrize("levels", [None, 400])
def test_fakes_that_share_their_u_with_real_rows_are_no_nearer_than_real_rows(levels):
    """u tells x but for a little noise, so that a fake lies beside the real row of its u."""
    found = []
    for _ in range(3):
        u = RNG.uniform(size=(400, 1)).astype(np.float32)
        real, fake = (10 * u + 0.01 * RNG.normal(size=(400, 2)) for _ in "ab")
        given = u if levels is None else np.arange(levels)
        row = conditional_sample_quality(real, fake, given, measures=("energy_distance",))
        found.append(row["energy_distance"]["fake"] - row["energy_distance"]["real"])
    assert np.abs(found).max() < 2e-3


def test_levels_too_small_to_compare_count_as_one():
    u = np.arange(800) % 4
    alone = np.arange(800)
    rows = conditional_sample_quality(draw(u), draw(u), alone)
    assert rows["c2st"]["fake"] < 0.6
    shifted = conditional_sample_quality(draw(u), draw(u) + 9, alone)
    assert shifted["c2st"]["fake"] > 0.9


def test_not_finite_is_an_error():
    x = RNG.normal(size=(30, 2))
    for measure in (mmd2_unbiased, energy_distance, c2st):
        with pytest.raises(ValueError, match="infs or NaNs"):
            measure(x, x * np.nan)


@pytest.mark.parametrize(
    ("u", "said"),
    [
        (np.arange(400) % 4, ""),
        (RNG.normal(size=(400, 1)), ""),
        (np.repeat(np.arange(300), 60), "100 of 300"),
        (np.concatenate([np.arange(400) % 4, np.arange(9) + 4]), "4 of 13"),
        (np.arange(400), "all rows as one of 400"),
    ],
)
def test_levels_that_are_left_out_are_named(u, said):
    assert levels_compared(u) == said


@pytest.mark.parametrize("rows", [10, 37, 120])
def test_c2st_is_the_cross_validation_of_scikit_learn_to_the_bit(rows):
    x, y = draw(np.zeros(rows, int)), draw(np.ones(rows, int))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    classifier = make_pipeline(StandardScaler(), SVC())
    order = np.random.default_rng(0)
    both = np.concatenate([x[order.permutation(rows)], y[order.permutation(rows)]]).astype(float)
    label = np.repeat([0, 1], rows)
    assert c2st(x, y) == cross_val_score(classifier, both, label, cv=folds).mean()


@pytest.mark.parametrize("measures", [("energy_distance",), ("mmd2", "energy_distance", "c2st")])
def test_what_is_known_of_real_rows_is_found_once(measures):
    u = np.arange(400) % 4
    real, one, other = draw(u), draw(u), draw(RNG.permutation(u))
    first = conditional_sample_quality(real, one, u, measures=measures)
    again = conditional_sample_quality(real, other, u, measures=measures)
    found = conditional_sample_quality(real, other, u, measures=measures, known=first)
    assert found == again
    assert [*map(list, found.values())] == [*map(list, again.values())]
