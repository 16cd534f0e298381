"""Every reason has a next step, whose command is the one that was given with few changes."""

import re
from pathlib import Path

import pytest
from report_results import finding, score

import ivaegan_jax
from ivaegan_jax.report import truth
from ivaegan_jax.report.evidence import NOT_SUPPORTED, SUPPORTED, UNKNOWN
from ivaegan_jax.report.first_page import GOOD, STATUS
from ivaegan_jax.report.made_by import MadeBy
from ivaegan_jax.report.steps import RULES, case_of, step_for

ROOT = Path(ivaegan_jax.__file__).parent
GIVEN = "python -m experiments.compare --data=my.npz --presets ivae,ivae_gan --seeds=3 --steps=900"
CONFIG = {
    "steps": 900,
    "data": "my.npz",
    "data_seeds": [1],
    "sizes": {"dim_z": 5},
    "config": {"hyperparameters": {"vae_rate": 0.003}},
}
MADE_BY = MadeBy(GIVEN, "runs/a b", CONFIG)


def case(made_by=MADE_BY, **numbers):
    found = [finding(name, float(value), "ivae_gan", 1, 1) for name, value in numbers.items()]
    return case_of([*found, score("active_units", 5, "ivae_gan")], "ivae_gan", made_by)


def codes():
    """All codes that reasons are given under."""
    files = [*(ROOT / "evaluation/verdict").glob("*.py"), *(ROOT / "report").glob("*.py")]
    text = "".join(path.read_text() for path in files)
    return set(re.findall(r"""Reason\(\s*"(\w+)""", text))


def test_every_reason_against_a_model_has_a_rule_of_its_own():
    against = {code for code in codes() if not code.endswith("_ok")}
    assert {"levels", "disagreement", "unrelated"} <= against <= set(RULES)


@pytest.mark.parametrize("code", RULES)
def test_every_step_is_a_sentence_and_a_command(code):
    step = step_for(code, case(levels=6, levels_needed=11, natural_rank_quadratic=3))
    assert re.fullmatch(r"[A-Z].*\.", step.text)
    assert step.command.startswith("python -m experiments.")
    assert "--data=my.npz" in step.command


def test_a_code_of_a_later_version_leads_to_the_doctor():
    assert "experiments.doctor" in step_for("of tomorrow", case()).command


def test_flags_are_replaced_however_they_were_spelt():
    command = step_for("few_runs", case()).command
    assert command == (
        "python -m experiments.compare --data=my.npz --steps=900 --presets=ivae_gan --seeds=5 "
        "'--workdir=runs/a b-ivae_gan-few_runs'"
    )


def test_other_programs_are_asked_with_the_flags_that_they_have():
    assert step_for("information", case()).command == (
        "python -m experiments.doctor --data=my.npz --preset=ivae_gan"
    )
    swept = MadeBy("ivaegan sweep --preset=igan --grid='hold=0,.5' --data=b1", "runs/s", CONFIG)
    command = step_for("disagreement", case(swept)).command
    assert command == (
        "ivaegan compare --data=b1 --presets=ivae_gan --steps=3600 "
        "--workdir=runs/s-ivae_gan-disagreement"
    )


@pytest.mark.parametrize(
    ("code", "numbers", "dim"),
    [
        ("levels", {"levels": 6, "levels_needed": 11}, 2),  # five latents take 11: two take 5
        ("levels", {"levels": 6, "levels_needed": 6}, None),  # that is no fewer
        ("levels", {"levels": 2, "levels_needed": 11}, None),  # not even one
        ("rank", {"natural_rank_quadratic": 3}, 3),
        ("rank", {"natural_rank_quadratic": 0}, None),
        ("flat", {}, 4),
    ],
)
def test_as_many_latents_as_can_be(code, numbers, dim):
    command = step_for(code, case(**numbers)).command
    found = re.search(r"--config.model.dim_z=(\d+)", command)
    assert (int(found[1]) if found else None) == dim


def test_rates_are_those_of_the_study():
    assert "--config.hyperparameters.vae_rate=0.001 " in step_for("diverged", case()).command


@pytest.mark.parametrize(
    ("data", "data_seeds", "flag"),
    [
        ("b1", [6, 7], "--data_seeds=20"),
        ("b1", range(20), "--steps=3600"),
        ("a.csv", [1], "--seeds=8"),
    ],
)
def test_more_data_are_new_draws_or_else_more_runs(data, data_seeds, flag):
    config = CONFIG | {"data": data, "data_seeds": data_seeds, "seeds": [1, 2, 3, 4]}
    assert f" {flag} " in step_for("open", case(MadeBy(GIVEN, "runs/a", config))).command


@pytest.mark.parametrize("command", ["", "python -m experiments.reproduce --name=b1", "my_script"])
def test_without_a_command_that_trains_the_flags_are_in_the_sentence(command):
    step = step_for("few_seeds", case(MadeBy(command, "runs/a", CONFIG)))
    assert step == ("Train 5 model seeds. (--seeds=5)", "")


def test_verdict_and_truth_are_one_status_and_good_only_where_neither_is_against():
    verdicts = (SUPPORTED, NOT_SUPPORTED, UNKNOWN)
    known = (truth.RECOVERED, truth.LINEAR, truth.OPEN, truth.MISSED, truth.UNKNOWN)
    assert set(STATUS) == {(one, other) for one in verdicts for other in known}
    good = {pair for pair, status in STATUS.items() if status.tone == GOOD}
    confirmed = (truth.RECOVERED, truth.LINEAR, truth.UNKNOWN)
    assert good == {(SUPPORTED, each) for each in confirmed}
    for (_, says), status in STATUS.items():
        assert ("{mcc}" in status.sentence) == (says != truth.UNKNOWN)
        assert ("{missed}" in status.sentence) == (says in (truth.LINEAR, truth.OPEN, truth.MISSED))


def test_rows_in_blocks_need_memory_before_u_can_be_shifted():
    def step(command):
        streamed = CONFIG | {"stream": {"rows": 1000}}
        return step_for("no_shifted", case(MADE_BY._replace(command=command, config=streamed)))

    asked = step(f"{GIVEN} --config.train.block_rows=1000")
    assert "on rows that fit in memory" in asked.text
    assert asked.command.count("block_rows") == 1
    assert "--controls=auto --config.train.block_rows=0" in asked.command
    assert step(GIVEN) == (asked.text, "")
    assert "memory" not in step_for("no_shifted", case()).text


@pytest.mark.parametrize(
    ("dim_z", "seeds", "flag"),
    [(2, 3, "--seeds=6"), (2, 5, "--steps=3600"), (5, 3, "--steps=3600")],
)
def test_few_runs_of_two_latents_need_more_runs_to_differ_from_rotations(dim_z, seeds, flag):
    config = CONFIG | {"sizes": {"dim_z": dim_z}, "seeds": [*range(seeds)]}
    assert flag in step_for("disagreement", case(MADE_BY._replace(config=config))).command
