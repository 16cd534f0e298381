"""Rows are chosen by convention alone, and every run is counted."""

import numpy as np
import pytest
from report_results import baseline, score, truth_results

from ivaegan_jax.evaluation import Score
from ivaegan_jax.files import read_rows
from ivaegan_jax.report import recorded
from ivaegan_jax.types import InputError


def test_a_torn_last_line_is_skipped(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"a": 1}\n{"a": NaN}\n{"a": 3, "b"')
    rows = read_rows(path)
    assert rows[0] == {"a": 1}
    assert len(rows) == 2


def test_a_torn_line_in_the_middle_is_an_error(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"a": 1\n{"a": 2}\n')
    with pytest.raises(InputError, match="line 1"):
        read_rows(path)


def test_conventions_never_mix_and_are_never_maximised_over():
    headline = score("mcc", 0.5)
    others = [
        score("mcc", 0.9, latent="posterior_sample"),
        score("mcc", 0.9, corr="spearman"),
        score("mcc", 0.9, assignment="in_sample"),
        score("mcc", 0.9, split="train"),
        score("mcc", 0.9, assignment=None),
    ]
    assert recorded.select([*others, headline, *others], Score, "ivae", "mcc") == [headline]


def test_the_last_step_of_a_run_holds_even_where_it_is_worse():
    rows = [score("mcc", 0.4, step=900), score("mcc", 0.8, step=500)]
    assert recorded.scores(rows, "mcc", "ivae").values.tolist() == [[0.4]]


def test_scores_are_a_matrix_of_data_seeds_by_seeds():
    rows = [score("mcc", d + s / 10, data_seed=d, seed=s) for d in (10, 9) for s in (2, 1)]
    found = recorded.scores(rows[:-1], "mcc", "ivae")
    assert found.data_seeds == (9, 10)
    assert found.seeds == ((2,), (1, 2))
    np.testing.assert_allclose(found.values, [[9.2, np.nan], [10.1, 10.2]])
    assert found.present.tolist() == [[True, False], [True, True]]


def test_a_diverged_run_without_a_number_counts_as_nothing_recovered():
    rows = [score("mcc", None, status="diverged"), score("elbo", None, status="diverged")]
    assert recorded.scores(rows, "mcc", "ivae").values.tolist() == [[0.0]]
    assert np.isnan(recorded.scores(rows, "elbo", "ivae").values).all()
    assert recorded.scores(rows, "mcc", "ivae").diverged.all()


def test_a_diverged_run_with_a_number_keeps_it():
    rows = [score("mcc", 0.3, status="diverged")]
    assert recorded.scores(rows, "mcc", "ivae").values.tolist() == [[0.3]]


def test_baselines_are_means_over_data_seeds_and_no_models():
    rows = [baseline("raw_x", 0.5, 1), baseline("raw_x", 0.7, 2), score("mcc", 0.9)]
    assert recorded.baselines(rows) == {"raw_x": pytest.approx(0.6)}
    assert recorded.labels(rows) == ["ivae"]


def test_presets_keep_one_order_whoever_ran_first():
    rows = truth_results(("vae", "ivae", "igan"))[::-1]
    assert recorded.labels(rows) == ["vae", "ivae", "igan"]
    assert recorded.ordered(["mine", "b/igan", "a/vae"]) == ["a/vae", "b/igan", "mine"]


@pytest.mark.parametrize("value", [None, "nan", float("inf"), float("nan")])
def test_what_is_no_finite_number_is_nan(value):
    assert np.isnan(recorded.number(value))
