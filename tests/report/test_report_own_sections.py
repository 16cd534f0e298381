"""Sections from outside the package: a frame of the results in, a table of the report out."""

import pandas as pd
import pytest
from report_results import score

from ivaegan_jax.report.own_sections import own_tables
from ivaegan_jax.studies import SECTIONS
from ivaegan_jax.types import InputError

RESULTS = [score("mcc", 0.9, seed=1), score("mcc", 0.7, seed=2), score("kl", 3.0)]


@pytest.fixture
def shown(monkeypatch):
    """`shown(function)`: the tables of a report in which it is the only section from outside."""
    for name in ("_pieces", "origins"):
        monkeypatch.setattr(SECTIONS, name, {})

    def shown(function):
        SECTIONS.register("my_table", function)
        return list(own_tables(RESULTS))

    return shown


def test_a_section_sees_every_result_and_is_a_table(shown):
    def means(results):
        assert len(results) == len(RESULTS)
        return results.groupby("metric").value.mean().rename("mean").to_frame()

    [table] = shown(means)
    assert table.title == "My table"
    assert table.columns == {"metric": "metric", "mean": "mean"}
    found = {record["metric"]: record["mean"] for record in table.records}
    assert found == pytest.approx({"mcc": 0.8, "kl": 3.0})


def test_columns_of_any_name_are_shown_by_it(shown):
    [table] = shown(lambda results: pd.DataFrame({1: [2], "two": [3]}))
    assert (table.columns, table.records) == ({"1": "1", "two": "two"}, [{"1": 2, "two": 3}])


def test_a_section_with_nothing_to_show_is_left_out(shown):
    assert shown(lambda results: None) == []


@pytest.mark.parametrize("broken", [lambda results: results.no_such, lambda results: 7])
def test_a_section_that_fails_is_one_line(shown, broken):
    with pytest.raises(InputError, match=r"^report section 'my_table' of .* fails: .*; mend it"):
        shown(broken)
