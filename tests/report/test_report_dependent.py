"""Where rows depend on each other, nothing is supported that such rows show by themselves."""

from typing import get_args

import pytest
from test_report_first_page import rows, with_likelihood

from ivaegan_jax.data.dependence.nulls import Kind
from ivaegan_jax.doctor.dependence import COMPARED
from ivaegan_jax.evaluation import Gate
from ivaegan_jax.report.dependent import PAIRINGS
from ivaegan_jax.report.evidence import NOT_SUPPORTED, SUPPORTED, UNKNOWN
from ivaegan_jax.report.first_page import first_page

FIVE = range(1, 6)


def gate(carries=0.01, modulates=0.01, least=0.01, pairings="shifts", length=78):
    passed = max(carries, modulates) <= 0.05
    about = {"pairings": pairings, "length": length, "least": least}
    return Gate(passed=passed, **about, carries=carries, modulates=modulates, data="b1")


def page(*extra, seeds=FIVE, control=-4.0, usable=None):
    """A model on dependent rows, and its control with shifted u where it has a likelihood."""
    own = rows(usable=seeds if usable is None else usable, seeds=seeds)
    found = with_likelihood(own, "ivae_gan", -3.0)
    if control is not None:
        spoilt = rows("ivae_gan+shifted_u", seeds=seeds)
        found += with_likelihood(spoilt, "ivae_gan+shifted_u", control)
    [short] = first_page([*found, *extra])
    return short, " ".join([*short.sentences, *(reason.text for reason in short.reasons)])


def test_a_model_that_beats_its_control_on_rows_that_follow_u_is_supported():
    short, text = page(gate())
    assert short.verdict == SUPPORTED
    assert "resemble each other for about 78 rows" in text
    assert "x follows u further than it follows a u shifted in time" in text
    assert "1.00 above shifted_u, better in 5 of 5 runs" in text


@pytest.mark.parametrize("p", [{"carries": 0.4}, {"modulates": 0.4}])
@pytest.mark.parametrize("control", [None, -4.0, -3.0])
def test_rows_that_follow_u_no_further_than_a_shifted_one_support_nothing(p, control):
    short, text = page(gate(**p), control=control)
    assert short.verdict == NOT_SUPPORTED
    assert "no further than it follows a u shifted in time (p = " in short.reasons[0].text
    assert ".40" in text


def test_groups_too_few_to_be_tested_leave_it_open():
    short, _ = page(gate(carries=0.3, modulates=0.3, least=0.3, pairings="labels"))
    assert short.verdict == UNKNOWN
    assert "too few of them to say" in short.reasons[0].text


def test_without_a_control_nothing_is_supported():
    short, _ = page(gate(), control=None)
    assert short.verdict == UNKNOWN
    assert short.reasons[0].text.startswith("No control with shifted u was trained: nothing can be")


@pytest.mark.parametrize("control", [-3.0, -2.0, -3.15])
def test_a_control_that_is_not_beaten_speaks_against(control):
    short, _ = page(gate(), control=control)
    assert short.verdict == (SUPPORTED if control == -3.15 else NOT_SUPPORTED)
    assert any("(shifted_u)" in reason.text for reason in short.reasons) == (control != -3.15)


def test_fewer_than_five_runs_are_the_reason_where_they_are():
    short, text = page(gate(), seeds=range(1, 5))
    assert short.verdict == UNKNOWN
    assert short.reasons[0].text.startswith("Fewer than five runs (4)")
    assert "That takes five runs" in text
    assert "Fewer than five" not in page(gate())[1]


def test_runs_that_are_not_usable_are_not_identified_whatever_the_rows():
    assert page(gate(), usable=())[0].verdict == NOT_SUPPORTED


def test_exchangeable_rows_ask_for_nothing():
    short, text = page(control=None)
    assert short.verdict == SUPPORTED
    assert "resemble" not in text


def test_every_kind_of_pairing_has_its_words():
    assert set(COMPARED) == set(get_args(Kind)) == {*PAIRINGS, "rows"}
