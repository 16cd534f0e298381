"""Commands that a report gives are commands: each is read by its program, and some are run."""

import shlex

import pytest
from programs_forked import parse

from ivaegan_jax.report.first_page import first_page
from ivaegan_jax.report.inputs import read_study
from ivaegan_jax.report.made_by import MadeBy
from ivaegan_jax.report.steps import RULES, Case, step_for

GIVEN = "python -m experiments.compare --data=b1 --presets=ivae_gan --controls=none --seeds=2"
GIVEN += " --split=random --steps=100 --runs_at_once=2 --config.model.width=8 --plugins="
CONFIG = {"data": "b1", "data_seeds": [6], "steps": 5000, "sizes": {"dim_z": 5}, "config": {}}
NUMBERS = {"levels": 6.0, "levels_needed": 11.0, "natural_rank_quadratic": 3.0, "active_units": 4.0}


def called(command):
    """The program and its arguments."""
    program, *argv = shlex.split(command.removeprefix("python -m experiments."))
    return program, argv


def test_every_command_is_read_by_its_program(fork):
    case = Case("ivae_gan", MadeBy(GIVEN, "runs/a", CONFIG), NUMBERS)
    commands = {step_for(code, case).command for code in RULES} - {""}
    started = {command: fork(parse, *called(command)) for command in sorted(commands)}
    ended = {command: running.wait() for command, running in started.items()}
    assert len(ended) > 15
    assert {command: each.err for command, each in ended.items() if each.code} == {}


COMPARE = pytest.param("compare", marks=pytest.mark.slow)


@pytest.mark.parametrize("program", [COMPARE, "doctor", "encode"])
def test_a_command_of_a_page_runs(run, on_b1, program):
    study = read_study(on_b1)
    steps = [step for each in first_page(study.results, study.made_by) for step in each.steps]
    commands = [step.command for step in steps if f".{program} " in step.command]
    commands += [study.made_by.encode("ivae")] if program == "encode" else []
    commands += [study.made_by.doctor("ivae")] if program == "doctor" else []
    name, argv = called(commands[0])
    argv += ["--notimed"] if program == "doctor" else []
    ended = run(name, *argv)
    # the doctor ends with 1 where something blocks, as four values of u do here
    assert ended.code == (program == "doctor"), ended.err
    if program == "compare":
        last = [line.partition(": ")[0] for line in ended.out.splitlines()[-3:]]
        assert last == ["verdict", "next", "report"]
