"""Scores along an axis: a line for every series of arms, and what their data allow."""

from pathlib import Path

import numpy as np
import pytest
from report_results import baseline, score

from ivaegan_jax.report.figures.along import OF_CEILING, strips_along
from ivaegan_jax.report.inputs import Arm, Records

NOISE = (0.1, 0.5, 1.0)
CEILINGS = {0.1: 0.9, 0.5: 0.8, 1.0: 0.5}
SCORES = {"ivae_gan": (0.8, 0.6, 0.3), "ivae_gan_column": (0.9, 0.7, 0.4), "igan": (0.7, 0.5, 0.2)}


@pytest.fixture
def arms_and_records():
    arms, read = [], []
    for series, scores in SCORES.items():
        preset = series.removesuffix("_column")
        for noise, mcc in zip(NOISE, scores, strict=True):
            name = f"{preset}_noise_{noise:g}" + ("_column" if series != preset else "")
            results = [score("mcc", mcc, name, seed) for seed in (1, 2, 3)]
            results += [baseline("random_rotation", 0.25, seed) for seed in (1, 2, 3)]
            arms.append(Arm(Path(), name, preset, f"noisy {noise}", {"noise": noise}))
            read.append(Records(name, results, [], {}, {}))
    return arms, read


def lines_of(figure):
    [ax] = figure.axes
    return {line.get_label(): line.get_ydata() for line in ax.lines if len(line.get_ydata()) == 3}


def test_arms_of_one_preset_with_other_settings_have_a_line_of_their_own(arms_and_records):
    [figure] = strips_along("noise", *arms_and_records, {})
    lines = lines_of(figure)
    assert set(lines) == {*SCORES, "rotation"}
    for series, scores in SCORES.items():
        np.testing.assert_allclose(lines[series], scores)


def test_the_second_panel_is_of_what_the_data_allow(arms_and_records):
    ceilings = {f"noisy {noise}": value for noise, value in CEILINGS.items()}
    _, figure = strips_along("noise", *arms_and_records, ceilings)
    lines = lines_of(figure)
    for series, scores in SCORES.items():
        np.testing.assert_allclose(lines[series], np.divide(scores, list(CEILINGS.values())))
    np.testing.assert_allclose(lines["rotation"], np.divide(0.25, list(CEILINGS.values())))
    assert figure.axes[0].get_ylabel() == OF_CEILING


def test_an_axis_that_no_arm_lies_on_has_no_panel(arms_and_records):
    assert strips_along("rows", *arms_and_records, {}) == []
