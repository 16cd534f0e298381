"""Calibration: its cases, its rates where theory knows them, and what it keeps."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from experiments.calibrations import Case, all_cases, chosen, measure
from experiments.calibrations._case import (
    AT_MOST,
    COVERAGE,
    EXACT,
    FALSE_ALARMS,
    INTERVALS,
    POWER,
    Counts,
)
from experiments.calibrations._tables import tables_of
from experiments.calibrations._workers import counted, keep, kept
from experiments.calibrations.ranks import Latents
from experiments.calibrations.series import autoregression, independent
from experiments.calibrations.shares import share_covers
from ivaegan_jax.metrics.statistics import success_rate
from ivaegan_jax.types import InputError

CASES = {f"{case.name}: {case.setting}": case for case in all_cases()}


def coin(heads, **fields):
    """A test of 300 throws that rejects in the first so many of them."""
    left = iter([True] * heads + [False] * (300 - heads))
    return Case(FALSE_ALARMS, "coin", "thrown", lambda rng: next(left), AT_MOST, 300, **fields)


def test_every_case_has_a_name_of_its_own():
    assert len(CASES) == len(all_cases())


def test_every_interval_is_expected_to_cover_its_nominal_rate():
    intervals = [case for case in CASES.values() if case.kind == INTERVALS]
    assert {(case.nominal, case.band) for case in intervals} == {(0.95, COVERAGE)}
    alarms = [case for case in CASES.values() if case.kind == FALSE_ALARMS]
    assert {(case.nominal, case.band) for case in alarms} == {
        (0.05, EXACT), (0.05, AT_MOST), (0.005, (0.0, 0.01)),
    }  # fmt: skip


def test_a_draw_is_a_function_of_the_case_and_its_number():
    seen = []
    case = Case(INTERVALS, "a", "b", lambda rng: seen.append(rng.random()) is None, COVERAGE, 3)
    measure(case, 2)
    measure(case, 3)
    assert seen[:2] == seen[2:4]
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("heads", "verdict"), [(15, "ok"), (0, "ok"), (24, "ok within error"), (60, "MISSED")]
)
def test_a_rate_is_held_against_its_band_with_its_own_error(heads, verdict):
    found = measure(coin(heads), 300)
    assert found.rate == success_rate(np.arange(300) < heads)
    assert (found.verdict, found.holds) == (verdict, verdict != "MISSED")


@pytest.mark.parametrize(("rate", "holds"), [(0.9, True), (0.5, True), (0.2, False)])
def test_power_is_held_against_that_of_a_reference(rate, holds):
    case = Case(POWER, "a", "b", lambda rng: bool(rng.random() < rate), (0, 1), 100,
                reference=lambda rng: bool(rng.random() < 0.5))  # fmt: skip
    found = measure(case, 100)
    assert 0.3 < found.case.band[0] < 0.5
    assert found.holds is holds


@pytest.mark.parametrize("coefficient", [0.5, 0.9])
def test_independent_rows_of_a_reference_tell_as_much_of_a_variance(coefficient):
    """The variance of a mean square of n independent Gaussian rows is 2 / n."""
    rng = np.random.default_rng(0)
    squares = [np.square(autoregression(coefficient, rng)).mean(axis=0) for _ in range(100)]
    x, u, _ = independent(np.arange(1500) * 10 // 1500, coefficient, 0.0, rng)
    assert 2 / np.var(squares) == pytest.approx(len(x), rel=0.25)
    assert len(u) == len(x)
    assert np.ptp(np.bincount(u)) <= 1
    assert len(np.bincount(u)) == 10


def test_a_known_miss_gives_its_reason():
    assert measure(coin(60, limit="it is bent"), 300).verdict == "MISSED: it is bent"


@pytest.mark.parametrize(("rate", "runs"), [(0.05, 10), (0.5, 10), (0.9, 30)])
def test_a_simulated_coverage_is_the_exact_one(rate, runs):
    draws = np.random.default_rng(0)
    simulated = np.mean([share_covers(rate, 0.0, (runs, 1), draws) for _ in range(1000)])
    wins = np.arange(runs + 1)
    intervals = [success_rate(np.arange(runs) < count) for count in wins]
    held = [low <= rate <= high for _, low, high in intervals]
    assert simulated == pytest.approx(binom.pmf(wins, runs, rate)[held].sum(), abs=0.03)


def test_a_signed_rank_test_of_ten_pairs_has_its_exact_level():
    case = CASES["Wilcoxon: Gaussian, 10 data seeds, 1 and 1 runs"]
    # 25 of 1024 patterns of signs on either side have a sum of ranks of 8 or less
    assert measure(case, 800).rate.estimate == pytest.approx(2 * 25 / 1024, abs=0.025)


def test_latents_move_as_they_are_said_to():
    rng = np.random.default_rng(0)
    _, std = Latents(modulated="proportion").tables(rng)
    np.testing.assert_allclose(std[:, 1], 2 * std[:, 0])
    _, std = Latents(modulated="average").tables(rng)
    np.testing.assert_allclose(std[:, 0] ** -2, (std[:, 1:] ** -2).mean(axis=1))
    mean, std = Latents(3, modulated="means").tables(rng)
    z, code = Latents(3, modulated="means").draw(mean, std, 4000, rng)
    for level in range(3):
        np.testing.assert_allclose(z[code == level].mean(axis=0), mean[level], atol=0.1)
        np.testing.assert_allclose(z[code == level].std(axis=0), 1, atol=0.1)


def test_one_table_for_each_kind_that_was_measured():
    found = [measure(case, 2) for case in chosen(["success", "Holm"])]
    assert {kind: len(table.records) for kind, table in tables_of(found).items()} == {
        "Intervals": 30, "False alarms": 4, "Power": 2,
    }  # fmt: skip


def test_an_unknown_name_is_refused(refused):
    assert "--only=agreemnet is no interval or test; did you mean agreement" in refused(
        "calibration", "--only=agreemnet"
    )
    with pytest.raises(InputError, match="known: mean, iqm, difference"):
        chosen(["zzz"])


FEW = ("--quick", "--only=control,agreement")


def test_the_program_keeps_what_it_found(run, tmp_path):
    command, kept = (*FEW, f"--workdir={tmp_path / 'run'}", "--processes=1"), tmp_path / "kept"
    ended = run("calibration", *command, f"--out={kept}")
    assert (ended.code, ended.err) == (0, "")
    assert "1/16 agreement: 4 runs, 0 % fail: " in ended.out
    found = json.loads((kept / "summary.json").read_text())
    assert {case["name"] for case in found} == {"agreement", "control"}
    assert {case["repeats"] for case in found} == {20}
    assert "## False alarms" in (kept / "summary.md").read_text()
    manifest = json.loads((kept / "manifest.json").read_text())
    said = "python -m experiments.calibration --quick --only=control,agreement --processes=1"
    assert manifest["command"] == said
    again = run("calibration", *command)  # nothing is left, and the tables are the same
    assert "/16 " not in again.out
    assert again.out.strip() == ended.out[ended.out.index("\n\n") :].strip()


def cases():
    """Three coins, one of them fair."""
    return [
        Case(POWER, f"coin {rate}", "thrown", lambda rng, p=rate: bool(rng.random() < p), (0, 1), 9)
        for rate in (0.0, 0.5, 1.0)
    ]


def test_processes_count_what_one_counts():
    work = [(case, 9) for case in cases()]
    one = dict(counted(cases, work, [0, 1, 2], 1))
    assert dict(counted(cases, work, [2, 1], 2)) == {i: one[i] for i in (1, 2)}
    assert (one[0].happened, one[2].happened) == (0, 9)


def test_counts_are_kept_for_the_same_draws_of_the_same_code(tmp_path):
    path, work = tmp_path / "counts.jsonl", [(case, 9) for case in cases()]
    assert kept(path, work, "a") == {}
    keep(path, *work[1], "a", Counts(4, 3))
    assert kept(path, work, "a") == {1: Counts(4, 3)}
    assert kept(path, [(case, 10) for case, _ in work], "a") == {}
    assert kept(path, work, "b") == {}
    assert kept(path, work, "a") == {}  # other code has dropped them


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_rate_lies_where_it_is_expected(name):
    """A quarter of the draws that are kept in results/calibration."""
    case = CASES[name]
    assert measure(case, case.repeats // 4).holds or case.limit
