"""How many latents: the rule by hand, its uncertainty, and its place in a report."""

from dataclasses import replace

import numpy as np
import pytest
from report_results import BLANK, score, write_workdir

from ivaegan_jax import report
from ivaegan_jax.report import recommend
from ivaegan_jax.report.figures.along import latents_panels
from ivaegan_jax.report.latents import DIM_Z, along

RNG = np.random.default_rng(0)


def test_the_fewest_within_one_standard_error_are_recommended():
    best = np.array([1.0, 1.0, 1.0, 1.0])
    # differences of mean .2: the standard errors are .1 and .4, with n - 1 in the variance
    near, far = best - [0.4, 0.4, 0.0, 0.0], best - [1.1, -0.7, 1.1, -0.7]
    assert recommend({3: near, 5: best}).dim == 5
    assert recommend({3: far, 5: best}).dim == 3
    assert recommend({7: best, 3: best, 5: best}).dim == 3


def test_resamples_say_how_sure_that_is():
    noise = RNG.normal(size=30)
    clear = recommend({4: noise - 1, 5: noise, 6: noise + 0.1 * np.tile([1, -1], 15)})
    assert clear.dim == 5
    assert clear.shares[5] > 0.7
    assert sum(clear.shares.values()) == pytest.approx(1)
    assert 4 not in clear.shares
    assert str(clear).startswith("5 latents are recommended (in ")


def test_what_all_runs_share_makes_no_difference():
    noise, gain = RNG.normal(size=20), RNG.normal(0.3, 0.5, size=20)
    alone = recommend({2: 0 * noise, 3: gain})
    assert recommend({2: noise, 3: noise + gain}) == alone


def test_a_single_run_takes_the_best():
    assert recommend({2: np.array([0.0]), 3: np.array([1.0]), 4: np.array([0.5])}).dim == 3


@pytest.fixture
def swept(tmp_path):
    """`swept(presets)`: arms of two, three and four latents, three runs each, and what they say."""

    def write(presets=("igan",)):
        arms = [
            report.Arm(tmp_path / f"{p}{dim}", f"{p}{dim}", p, "mine", {report.DIM_Z: dim})
            for p in presets
            for dim in (2, 3, 4)
        ]
        for arm in arms:
            dim = arm.axis[report.DIM_Z]
            own = {"label": arm.preset, "data": "mine"}
            rows = [
                score(metric, value + seed / 100, seed=seed, split=split, **BLANK, **own)
                for seed in (1, 2, 3)
                for metric, split, value in (
                    ("log_likelihood", "valid", -(dim == 2)),
                    ("log_likelihood", "test", dim == 2),
                    ("active_units", "test", dim),
                )
            ]
            write_workdir(arm.path, rows)
        return arms, report.read_arms(arms)

    return write


def test_a_sweep_is_told_in_a_sentence_a_table_and_a_figure(swept):
    arms, read = swept()
    assert report.recommended(arms, read).startswith("3 latents are recommended (in 100%")
    table = report.latents_table(arms, read)
    assert [record["latents"] for record in table.records] == [2, 3, 4]
    assert [record["chosen"] for record in table.records] == [0.0, 1.0, 0.0]
    assert len(latents_panels(along(arms, read), DIM_Z)) == 3


def test_a_number_of_latents_with_a_lost_run_is_not_recommended(swept):
    arms, read = swept()
    spoilt = [
        each._replace(results=[
            replace(row, value=np.nan) if row.seed == 2 and row.split == "valid" else row
            for row in each.results
        ]) if arm.axis["latents"] == 3 else each
        for arm, each in zip(arms, read, strict=True)
    ]  # fmt: skip
    assert report.recommended(arms, spoilt).startswith("4 latents are recommended (in 100%")


def test_other_studies_have_no_such_table(swept):
    arms, read = swept(("igan", "ivae"))
    assert report.recommended(arms, read) == ""
    assert not report.latents_table(arms, read).records
    assert not along(arms, read)
