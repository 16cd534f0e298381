"""The ranking of a sweep: by what needs no truth, with ties named, however many configurations."""

import json
from dataclasses import replace

import numpy as np
import pytest
from report_results import BLANK, baseline, score, write_workdir

from ivaegan_jax.report import recommendation, sweep_of, sweep_table, write_report


def rows_of(label, nats, mcc=0.8, diverged=(), shaken=0.01):
    """Three data seeds of one run; those named as diverged have useless numbers."""
    found = []
    for data_seed in (1, 2, 3):
        lost = data_seed in diverged
        own = {"label": label, "data_seed": data_seed, "status": "diverged" if lost else "ok"}
        told = 99.0 if lost else nats + data_seed + shaken * np.sin(3 * data_seed + nats)
        found += [
            score("information_on_u", told, **own, **BLANK | {"split": "valid"}),
            score("mcc", mcc, **own),
            score("log_likelihood", nats, **own, **BLANK),
            score("log_likelihood", -nats, **own, **BLANK | {"split": "valid"}),
        ]
    return found


def a_sweep(count=3):
    return [row for i in range(count) for row in rows_of(f"igan[r1_weight={i + 1}]", -i / 2, i / 9)]


def test_the_criterion_ranks_and_the_truth_does_not():
    sweep = sweep_of([*a_sweep(), *rows_of("ivae", 9.0)])
    assert [each.label for each in sweep.ranking] == [f"igan[r1_weight={i}]" for i in (1, 2, 3)]
    assert sweep.criterion == "information_on_u"
    assert sweep.ranking[1].behind.estimate == pytest.approx(0.5, abs=0.02)
    assert "igan[r1_weight=1] is recommended" in recommendation(sweep)[0]
    assert "Every other one is behind it" in recommendation(sweep)[1]


def test_what_cannot_be_told_from_the_first_is_named():
    rows = [*a_sweep(), *rows_of("igan[r1_weight=9]", -0.001, shaken=0.2)]
    told = " ".join(recommendation(sweep_of(rows)))
    assert "1 of the other 3 do not differ from it" in told
    assert "igan[r1_weight=9]" in told


def test_a_diverged_run_counts_as_the_worst_of_its_data_seed():
    rows = [*a_sweep(), *rows_of("igan[r1_weight=9]", 0.1, diverged=(2,))]
    found = {each.label: each for each in sweep_of(rows).ranking}
    lost, worst = found["igan[r1_weight=9]"], found["igan[r1_weight=3]"]
    assert lost.values[1] == worst.values[1]
    assert lost.values[0] > worst.values[0]


def test_without_information_on_u_the_likelihood_of_validation_rows_ranks():
    rows = [row for row in a_sweep() if row.metric != "information_on_u"]
    sweep = sweep_of(rows)
    assert sweep.criterion == "log_likelihood"
    assert sweep.ranking[0].label == "igan[r1_weight=3]"


def test_a_configuration_without_numbers_comes_last_and_changes_no_criterion():
    lost = [replace(row, value=np.nan) for row in rows_of("igan[r1_weight=0.5]", 5)]
    sweep = sweep_of([*lost, *a_sweep()])
    assert sweep.criterion == "information_on_u"
    assert sweep.ranking[-1].label == "igan[r1_weight=0.5]"
    assert [each.values.tolist() for each in sweep.ranking[:3]] == [
        each.values.tolist() for each in sweep_of(a_sweep()).ranking
    ]
    assert sweep_of([replace(row, value=np.nan) for row in a_sweep()]) is None


def test_a_data_seed_on_which_all_are_lost_counts_for_none():
    lost = [replace(r, value=np.nan if r.data_seed == 2 else r.value) for r in a_sweep()]
    values = sweep_of(lost).ranking[0].values
    assert values.tolist() == sweep_of(a_sweep()).ranking[0].values[[0, 2]].tolist()


def test_plain_models_and_one_with_settings_are_no_sweep():
    assert sweep_of([*rows_of("ivae", 1), *rows_of("igan[r1_weight=1]", 2)]) is None
    assert sweep_of([*rows_of("ivae", 1), *rows_of("igan", 2)]) is None


def test_a_model_without_settings_takes_part_and_controls_do_not():
    rows = [*a_sweep(), *rows_of("igan", 3), *rows_of("igan+shuffled_u", 5)]
    labels = [each.label for each in sweep_of(rows).ranking]
    assert labels[0] == "igan"
    assert "igan+shuffled_u" not in labels


def test_each_configuration_has_a_row_and_each_setting_a_column():
    rows = [*a_sweep(), *rows_of("igan[hold=0.5]", -9), baseline("raw_x", 0.5)]
    table = sweep_table(sweep_of(rows), rows)
    assert [record.get("set.r1_weight") for record in table.records] == ["1", "2", "3", None]
    assert table.records[3]["set.hold"] == "0.5"
    assert [line["label"] for line in table.footer] == ["raw_x"]
    assert any("optimistic" in note for note in table.notes)


def test_a_large_sweep_fills_the_ranking_alone(tmp_path):
    path = write_workdir(tmp_path / "run", [*a_sweep(50), baseline("raw_x", 0.5)])
    write_report([path])
    found = json.loads((path / "summary.json").read_text())["data"]["b1"]
    assert len(found["summary"]) == 50
    assert len({record["label"] for record in found["runs"]}) == 50
    page = (path / "report.html").read_text()
    assert page.count("igan[r1_weight=50]") < 6
    assert "igan[r1_weight=1] is recommended" in page
