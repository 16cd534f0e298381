"""The summary says what the rows say, in numbers and in every rendering."""

import json
import re

import numpy as np
import pytest
from report_results import baseline, changed, pair, real_results, score, truth_results
from scipy.stats import t

from ivaegan_jax.evaluation import Baseline
from ivaegan_jax.metrics.statistics import Interval, agreement_interval
from ivaegan_jax.report import (
    conventions,
    per_seed,
    summary,
    to_json,
    to_markdown,
    to_text,
)
from ivaegan_jax.report.estimates import agreement, interval, paired
from ivaegan_jax.report.first_page import first_page
from ivaegan_jax.report.page import Section, page
from ivaegan_jax.report.recorded import scores
from ivaegan_jax.report.render import Table, cell, decimal
from ivaegan_jax.report.truth import truths
from ivaegan_jax.report.wording import headline


def by_preset(table):
    return {record["label"]: record for record in table.records}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9312, ".931"), (-0.2, "-.200"), (1.0, "1.000"), (0.9999, "1.000"), (-12.34, "-12.3"),
        (1234.5, "1234"), (0.00002, "2e-05"), (0.0, ".000"), (None, "-"), (float("nan"), "-"),
        (7, "7"), ("ok", "ok"), (Interval(0.5, 0.4, 0.6), ".500 [.400, .600]"),
        (Interval(0.5, float("nan"), float("nan")), ".500"), (10.0, "10.0"), (9.9996, "10.000"),
    ],
)  # fmt: skip
def test_cells_are_rounded_for_people(value, text):
    assert cell(value) == text


def test_two_digits():
    assert decimal(0.934, 2) == ".93"


def test_means_are_over_all_runs():
    rows = truth_results()
    record = by_preset(summary(rows))["ivae_gan"]
    values = scores(rows, "mcc", "ivae_gan").values
    assert record["mcc"].estimate == pytest.approx(values.mean())
    assert record["success"].estimate == pytest.approx((values >= 0.9).mean())
    assert record["runs"] == 8
    assert record["difference"].estimate == pytest.approx(
        values.mean() - scores(rows, "mcc", "ivae").values.mean()
    )


def test_the_reference_is_not_compared_with_itself():
    table = summary(truth_results())
    assert "difference" not in by_preset(table)["ivae"]
    assert table.columns["difference"] == "minus ivae"
    assert summary(truth_results(("vae", "igan"))).columns["difference"] == "minus vae"


def test_a_diverged_run_lowers_the_mean_and_is_no_success():
    rows = [score("mcc", 0.95, seed=s) for s in (1, 2, 3)]
    lost = [*rows, score("mcc", None, seed=4, status="diverged")]
    frozen = [*rows, score("mcc", 0.96, seed=4, status="diverged")]
    record = summary(lost).records[0]
    assert record["mcc"].estimate == pytest.approx(0.95 * 3 / 4)
    assert (record["runs"], record["diverged"]) == (4, 1)
    assert summary(frozen).records[0]["success"].estimate == pytest.approx(0.75)


def test_success_asks_for_more_than_a_lucky_rotation():
    rows = [score("mcc", 0.95), baseline("random_rotation_p95", 0.97)]
    assert summary(rows).records[0]["success"].estimate == 0
    assert summary(rows, success_threshold=0.9).records[0]["success"].estimate == 1


def test_baselines_stand_beneath_in_rising_order():
    values = [record["mcc"] for record in summary(truth_results()).footer]
    assert values == sorted(values)
    assert len(values) == 6


def test_under_noise_a_score_stands_beside_what_noise_allows():
    taught = [score("mcc", 0.95, "supervised", seed, 1) for seed in (5, 6, 7, 8)]
    plain = [*truth_results(("ivae_gan",)), *taught]
    noisy = [*plain, *(baseline("bayes", 0.92, seed) for seed in (5, 6, 7, 8))]
    noisy += [score("mcc_clean", 0.99, "ivae_gan", seed, 1) for seed in (5, 6, 7, 8)]
    table = by_preset(summary(noisy))
    own = table["ivae_gan"]
    assert own["of_ceiling"] == pytest.approx(float(own["mcc"].estimate) / 0.95)
    assert table["supervised"]["of_ceiling"] == pytest.approx(1)
    assert own["mcc_clean"] == pytest.approx(0.99)
    assert {"of_ceiling", "mcc_clean"} <= set(summary(noisy).columns)
    assert not {"of_ceiling", "mcc_clean"} & set(summary(plain).columns)
    assert summary(noisy).footer[-1]["label"] == "bayes"
    assert any("noise took the rest" in note for note in summary(noisy).notes)


def test_a_ceiling_is_no_baseline_that_must_be_beaten():
    results = truth_results(("ivae_gan",))
    before = truths(results)["ivae_gan"]
    after = truths([*results, *(baseline("bayes", 0.99, seed) for seed in (5, 6, 7, 8))])[
        "ivae_gan"
    ]
    assert before.says == after.says
    assert "bayes" not in after.baselines


def test_a_preset_without_an_encoder_is_listed_without_mcc():
    rows = [*truth_results(("ivae",)), score("c2st", 0.6, "gan", 5)]
    record = by_preset(summary(rows))["gan"]
    assert record["runs"] == 1
    assert "mcc" not in record


def test_one_run_has_an_estimate_and_no_interval():
    record = summary([score("mcc", 0.8)]).records[0]
    assert cell(record["mcc"]) == ".800"


def test_intervals_stay_where_a_score_can_be():
    rows = [score("mcc", v, data_seed=d) for d, v in ((1, 0.5), (2, 0.99))]
    found = interval(rows, "mcc", "ivae")
    assert found is not None
    assert (found.low, found.high) == (0, 1)


def test_missing_runs_leave_their_data_seed_its_weight():
    rows = [score("mcc", 0.2, data_seed=1), score("mcc", 0.8, data_seed=2)]
    found = interval([*rows, score("mcc", 0.6, data_seed=2, seed=2)], "mcc", "ivae")
    assert found is not None
    assert found.estimate == pytest.approx((0.2 + 0.7) / 2)


def test_pairs_are_data_seeds_both_presets_have():
    rows = [score("mcc", 0.5, data_seed=d) for d in (1, 2, 3)]
    rows += [score("mcc", 0.7, "igan", d, s) for d in (2, 3, 4) for s in (1, 2)]
    found = paired(scores(rows, "mcc", "igan"), scores(rows, "mcc", "ivae"))
    assert found is not None
    assert found.pairs == 2
    assert found.difference.estimate == pytest.approx(0.2)


def test_on_one_data_seed_pairs_are_shared_model_seeds():
    rows = [score("mcc", s / 10, seed=s) for s in (1, 2, 3)]
    rows += [score("mcc", s / 10 + 0.3, "igan", seed=s) for s in (2, 3, 4)]
    found = paired(scores(rows, "mcc", "igan"), scores(rows, "mcc", "ivae"))
    assert found is not None
    assert found.pairs == 2
    assert found.difference.estimate == pytest.approx(0.3)


def pair_rows(values, data_seed=1):
    return [pair(v, "ivae", data_seed, i, j) for (i, j), v in values.items()]


def test_agreement_resamples_runs():
    found = agreement(pair_rows({(1, 2): 0.9, (1, 3): 0.5, (2, 3): 0.7}))
    expected = agreement_interval(np.array([[1, 0.9, 0.5], [0.9, 1, 0.7], [0.5, 0.7, 1]]))
    assert found is not None
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.low == pytest.approx(max(expected.low, 0))


def test_agreement_over_data_seeds_is_tighter_and_counts_failures():
    one = pair_rows({(1, 2): 0.72, (1, 3): 0.68, (2, 3): 0.7})
    two = [*one, *pair_rows({(1, 2): 0.72, (1, 3): 0.68, (2, 3): 0.7}, data_seed=2)]
    first, both = agreement(one), agreement(two)
    failed = agreement(pair_rows({(1, 2): 0.9, (1, 3): None, (2, 3): None}))
    assert first is not None
    assert both is not None
    assert failed is not None
    ratio = t.ppf(0.975, 2 * 2) / t.ppf(0.975, 2) / np.sqrt(2)
    assert both.high - both.low == pytest.approx((first.high - first.low) * ratio, rel=0.01)
    assert failed.estimate == pytest.approx(0.3)
    assert agreement([]) is None


def test_without_truth_the_table_shows_agreement_and_calibrated_samples():
    table = summary(real_results())
    assert {"agreement", "elbo", "c2st", "c2st_real"} <= set(table.columns)
    assert not {"mcc", "success", "mmd2"} & set(table.columns)


def test_every_run_is_kept_with_its_status():
    rows = truth_results()
    table = per_seed([*rows, score("mcc", None, "igan", 99, status="diverged")])
    assert len(table.records) == 41
    assert [r["status"] for r in table.records].count("diverged") == 1
    assert table.records[0]["mcc"] == scores(rows, "mcc", "vae").values[0, 0]


def test_conventions_are_listed_apart():
    table = conventions(truth_results())
    mcc = [record for record in table.records if record["metric"] == "mcc"]
    assert len(mcc) == 4
    assert len({record["ivae"] for record in mcc}) == 4


def test_text_is_aligned_and_fits_a_terminal():
    lines = to_text(summary(truth_results())).splitlines()
    assert max(map(len, lines)) <= 124
    assert len({len(line) for line in lines if line.startswith("---")}) == 1


def test_renderings_escape_what_they_show():
    table = Table("a < b", {"k": "<k>"}, [{"k": "x|y<script>"}], (), ["1 < 2"])
    text = page("<i>", [Section("<u>", ["<b>"], table, [table], [])], {"<s>": "<em>"})
    assert not set(re.findall("<(?:script|k|i|u|b|s|em)>", text))
    assert "&lt;k&gt;" in text
    assert "x\\|y" in to_markdown(table)


def test_json_has_null_for_what_is_not_finite():
    value = to_json({"a": Interval(0.5, float("nan"), np.float64(1)), "b": [np.int64(2)]})
    assert json.loads(json.dumps(value, allow_nan=False)) == {
        "a": {"estimate": 0.5, "low": None, "high": 1.0}, "b": [2],
    }  # fmt: skip


def words(rows):
    return " ".join(headline("b1", rows, summary(rows), first_page(rows)))


def test_the_headline_claims_recovery_only_above_every_baseline():
    many = truth_results(data_seeds=tuple(range(20)))
    assert "igan recovers the sources with held-out MCC .9" in words(many)
    assert "Caution" not in words(many)
    weak = truth_results(("vae", "ivae"), data_seeds=tuple(range(20)))
    assert "recovers" not in words(weak)
    assert "recovery is not shown" in words(weak)


def test_the_headline_warns_of_a_single_run_without_an_interval():
    rows = [score("mcc", 0.99), baseline("random_rotation", 0.7)]
    assert "recovers" not in words(rows)


def test_the_headline_warns_of_few_data_seeds_and_of_divergence():
    rows = [*truth_results(), score("mcc", None, "vae", 5, 9, status="diverged")]
    assert "too few to tell models apart" in words(rows)
    assert "1 of 41 runs diverged (vae 1)" in words(rows)


def test_the_headline_without_truth_speaks_of_agreement_only():
    text = words(real_results())
    assert "agree with each other" in text
    assert "recovers" not in text


def test_resplits_of_a_table_are_said_and_allowed_for():
    rows = truth_results(("ivae", "igan"))
    split = changed([each for each in rows if not isinstance(each, Baseline)], resplit=0.125)
    plain, found = (by_preset(summary(each))["igan"] for each in (rows, split))
    for column in ("mcc", "difference"):
        widths = [record[column].high - record[column].low for record in (found, plain)]
        assert widths[0] / widths[1] == pytest.approx(1.5**0.5, rel=0.2)
    assert found["p_holm"] != plain["p_holm"]
    assert np.isnan(found["success"].low)
    assert found["success"].estimate == plain["success"].estimate
    table = summary(split)
    assert "4 re-splits x 2 model seeds" in table.title
    assert any("Nadeau and Bengio" in note for note in table.notes)
    assert "data seed" not in table.title
    assert not any("Nadeau" in note for note in summary(rows).notes)
