"""Bands: means found, held or missed, and said in one line."""

import json

import numpy as np
import pytest
from report_results import score, verdict

from ivaegan_jax.report import bands_json, check_bands, to_text
from ivaegan_jax.report.bands import bands_table
from ivaegan_jax.studies import Band

ROWS = [
    score("mcc", value, preset, data_seed, seed)
    for preset, values in {"a": (0.9, 0.7, 0.5, 0.5), "b": (0.4, 0.4, 0.3, 0.3)}.items()
    for value, (data_seed, seed) in zip(values, [(1, 1), (1, 2), (2, 1), (2, 2)], strict=True)
]


def check(*args, **kwargs):
    [checked] = check_bands([Band(*args, **kwargs)], ROWS)
    return checked


def test_a_mean_is_taken_over_data_seeds():
    assert check("a", "mcc", 0.6, 0.7).value == pytest.approx(0.65)
    assert str(check("a", "mcc", 0.6, 0.7)) == "a mcc .650 in [.6, .7]: ok"
    assert str(check("a", "mcc", 0.7)) == "a mcc .650 in [.7, 1]: MISSED"


def test_a_difference_is_paired_by_data_seed():
    extra = [score("mcc", 0.0, "b", 3)]
    [checked] = check_bands([Band("a", "mcc", 0.25, minus="b")], ROWS + extra)
    assert checked.value == pytest.approx(0.3)
    assert str(checked) == "a minus b mcc .300 in [.25, 1]: ok"


@pytest.mark.parametrize(("low", "high"), [(0.65, 1), (0, 0.65), (0.65, 0.65)])
def test_the_ends_belong_to_the_band(low, high):
    rows = [score("mcc", 0.65, "a")]
    assert check_bands([Band("a", "mcc", low, high)], rows)[0].holds


def test_bands_of_arms_that_were_not_run_are_not_checked():
    bands = [Band("c", "mcc", 0), Band("a", "mcc", 0, minus="c"), Band("b", "mcc", 0)]
    assert [checked.band.arm for checked in check_bands(bands, ROWS)] == ["b"]


def test_a_metric_without_a_number_holds_nothing():
    checked = check("a", "mcc_within", -1)
    assert np.isnan(checked.value)
    assert not checked.holds
    assert json.loads(json.dumps(bands_json([checked]), allow_nan=False))[0]["value"] is None


def test_a_diverged_run_counts_as_zero():
    lost = score("mcc", None, "a", 3, status="diverged")
    [checked] = check_bands([Band("a", "mcc", 0)], [*ROWS, lost])
    assert checked.value == pytest.approx(1.3 / 3)


def test_the_table_says_what_was_expected_and_found():
    text = to_text(bands_table([check("a", "mcc", 0.7), check("b", "mcc", 0.1)]))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "a mcc .650 [.7, 1] MISSED" in lines
    assert "b mcc .350 [.1, 1] ok" in lines


def test_a_band_on_verdicts_is_one_on_the_share_of_usable_runs():
    rows = [verdict(v, (), "a", 1, i) for i, v in enumerate(("usable", "diverged"))]
    checked = check_bands([Band("a", "verdict", 0.5, 0.5)], [*ROWS, *rows])
    assert [str(c) for c in checked] == ["a verdict .500 in [.5, .5]: ok"]
