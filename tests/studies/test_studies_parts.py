"""Runs in parts: who shares a program, how large a part is, and whose states lie where."""

from itertools import chain

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.evaluation import METRICS
from ivaegan_jax.files import read_json
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies import plan as plans
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.jobs import make_groups
from ivaegan_jax.studies.parts import job_by_job, parts_of
from ivaegan_jax.studies.plan import at_most, make_plan, recorded_at_once
from ivaegan_jax.studies.study import Study
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training import memory
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.training.memory import Footprint, choose_at_once
from ivaegan_jax.types import InputError

DATA = DataConfig(segments=4, per_segment=60)
RATES = ("ivae", "ivae[vae_rate=0.003]", "ivae[kl_weight=0.1,vae_rate=0.02]")
DEVICES = 4


def study_of(*labels, seeds=(1, 2, 3)):
    config = Config(DATA, ModelConfig(width=8, critic_width=8), TrainConfig(batch=16))
    return Study(Experiment("b1", labels, seeds, (3, 4), 10, config))


def test_labels_of_one_structure_on_the_same_rows_share_a_program():
    wide = [f"{label[:-1]},width=16]" for label in RATES[1:]]
    study = study_of(*RATES, *wide, "ivae[vae_rate=0.003]+u_only", "vae", "ivae[batch=8]")
    together = [[job.label for job in group.jobs] for group in study.groups]
    assert together == [list(RATES), wide, ["ivae[vae_rate=0.003]+u_only"], ["vae"],
                        ["ivae[batch=8]"]]  # fmt: skip
    titles = [group.title for group in study.groups]
    assert titles[:3] == ["ivae x 3", "ivae[width=16] x 2", "ivae[vae_rate=0.003]+u_only"]
    assert len({group.name for group in study.groups}) == 5
    assert all(len({id(job.trainer) for job in group.jobs}) == 1 for group in study.groups)


def test_studies_of_one_structure_share_what_is_compiled_until_a_piece_is_registered():
    first, second = study_of(*RATES), study_of("ivae", seeds=(7,))
    assert second.jobs[0].trainer is first.jobs[0].trainer
    assert second.jobs[0].model is first.jobs[0].model
    assert study_of("ivae[batch=8]").jobs[0].trainer is not first.jobs[0].trainer
    METRICS.register("counted_rows", lambda run: len(run.z))
    try:
        assert study_of("ivae").jobs[0].trainer is not first.jobs[0].trainer
    finally:
        del METRICS._pieces["counted_rows"], METRICS.origins["counted_rows"]


def test_stacked_runs_have_the_numbers_of_their_label():
    [group] = study_of(*RATES).groups
    assert group.runs_per_job == 6
    rates = group.runs.hyperparameters.vae_rate.reshape(3, 6)
    assert rates.tolist() == np.float32([[0.01] * 6, [0.003] * 6, [0.02] * 6]).tolist()
    assert group.runs.seed.tolist() == [1, 2, 3] * 6
    assert group.runs.data_index.tolist() == [0, 0, 0, 1, 1, 1] * 3


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("ivae[adv_g_weight=3]", "adv_g_weight changes nothing, this model has no term 'adv_g'"),
        ("ivae[gan_rate=0.1]", "gan_rate changes nothing, this model has no player 'gan'"),
        ("ivae_gan[gp_weight=0.1]", "no term 'gp'"),
        ("ivae[batch=500]", "a batch of 500 rows does not fit 192 training rows"),
        ("ivae_gan[packing=3]", "must be a multiple of packing=3"),
        ("ivae[vae_rate=-1]", "vae_rate of ivae.* must be a finite number of at least 0"),
        ("ivae[vae_rate=nan]", "must be a finite number"),
        ("ivae[activation=cubic]", "activation of ivae.* must be one of xtanh"),
        ("ivae[vae_rate=0.0030]", r"write the label .* as 'ivae\[vae_rate=0.003\]'"),
    ],
)
def test_a_setting_that_cannot_be_or_does_nothing_is_named(label, message):
    with pytest.raises(InputError, match=message):
        study_of(label)


def test_weights_that_other_words_stand_for_have_an_effect():
    assert study_of("ivae_gan[gp_weight=0.1,regularisers=gp]", "ci_ivae[kl_weight=0.1]").jobs


@given(st.integers(1, 18))
def test_parts_hold_every_run_once_in_order(at_once):
    group = GROUP
    found = parts_of(group, at_once)
    runs = [part.runs.seed[: part.count].tolist() for part in found]
    assert list(chain.from_iterable(runs)) == group.runs.seed.tolist()
    assert {len(part.runs.seed) for part in found} == {at_once}
    assert len({part.name for part in found}) == len(found)
    numbered = group.runs._replace(seed=np.arange(18))

    def numbers(part):
        return at_most(numbered, part.start, at_once)

    labels = [job.label for job in group.jobs]
    found_runs = job_by_job(group, at_once, labels, numbers)
    whole = {job.label: runs.seed.tolist() for job, runs in found_runs}
    assert whole == dict(zip(labels, np.arange(18).reshape(3, 6).tolist(), strict=True))
    one = job_by_job(group, at_once, labels[1:2], numbers)
    assert [(job.label, runs.seed.tolist()) for job, runs in one] == [(labels[1], whole[labels[1]])]
    lost = found[7 // at_once].name

    def but_one(part):
        return None if part.name == lost else numbers(part)

    left = job_by_job(group, at_once, labels, but_one)
    assert labels[1] not in [job.label for job, _ in left]


GROUP = make_groups((_study := study_of(*RATES)).experiment, _study.jobs)[0]


@given(st.integers(1, 500), st.floats(1, 100), st.floats(0, 1000), st.floats(0, 5000))
def test_as_many_as_fit_are_chosen_in_parts_of_equal_size(runs, each, constant, shared):
    free, tried = 10_000.0, []

    def measure(size):
        tried.append(size)
        return Footprint(size, size * each + constant, shared)

    if shared + DEVICES * each + constant > free:
        with pytest.raises(InputError, match="one run on each device needs"):
            choose_at_once(measure, runs, free)
        return
    found = choose_at_once(measure, runs, free)
    assert found.own + found.shared <= free
    assert found.runs % DEVICES == 0
    assert tried[0] == -(-runs // DEVICES) * DEVICES
    if found.runs < runs:
        parts_needed = -(-runs // found.runs)
        assert found.runs - runs / parts_needed < DEVICES * parts_needed
        assert tried == sorted(set(tried), reverse=True)


@pytest.fixture
def machine(monkeypatch):
    """`machine(bytes)`: a machine with that much memory to spare."""
    return lambda free: monkeypatch.setattr(plans, "available_bytes", lambda: free)


def test_the_choice_follows_the_programs_own_analysis_and_is_kept(machine, mesh, tmp_path):
    study, workdir = study_of(*RATES), Workdir(tmp_path)
    [group] = study.groups
    data = study.train_data(group.jobs[0])
    plenty = make_plan(group, data, mesh, Workdir(tmp_path / "plenty"))
    assert (plenty.at_once, plenty.reason) == (18, "all fit")
    assert "3 configurations x 6 runs" in str(plenty)
    assert "all at once" in str(plenty)
    state = memory.tree_bytes(jax.eval_shape(group.jobs[0].trainer.init, one_of(group.runs)))
    assert state < plenty.run_bytes < 20 * state

    shared = DEVICES * memory.tree_bytes(data)
    eight = make_plan(group, data, mesh, Workdir(tmp_path / "eight"), runs_at_once=8)
    assert (eight.at_once, eight.reason) == (8, "as set")
    machine((shared + 8.1 * eight.run_bytes) / memory.SHARE)
    plan = make_plan(group, data, mesh, workdir)
    assert plan.at_once == 8
    assert plan.reason == "no more fit"
    assert "8 at once, in 3 parts" in str(plan)
    assert read_json(workdir.parts) == {group.name: 8}

    machine(1e12)
    again = make_plan(group, data, mesh, workdir, runs_at_once=2)
    assert (again.at_once, again.reason) == (8, "as this work directory was begun")
    machine(shared)
    with pytest.raises(InputError, match="begun with 8 runs at once"):
        make_plan(group, data, mesh, workdir)
    with pytest.raises(InputError, match="one run on each device needs"):
        make_plan(group, data, mesh, Workdir(tmp_path / "none"))


def one_of(runs):
    return jax.tree.map(lambda leaf: leaf[0], runs)


def test_checkpoints_from_before_there_were_parts_hold_all_runs(tmp_path):
    [group], workdir = study_of("ivae").groups, Workdir(tmp_path)
    assert recorded_at_once(workdir, group) == 0
    workdir.checkpoints("ivae").mkdir(parents=True)
    assert recorded_at_once(workdir, group) == 6
    assert [part.name for part in parts_of(group, 6)] == ["ivae"]
