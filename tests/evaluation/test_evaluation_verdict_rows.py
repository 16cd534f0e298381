import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ivaegan_jax.data.benchmarks.synthetic import b1
from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.evaluation.as_rows import to_row
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.evaluation.verdict import (
    consensus_arrays,
    consensus_of_runs,
    consensus_rows,
    held_out_rows,
    hold_out,
    judge_runs,
    precondition_of_runs,
)
from ivaegan_jax.evaluation.verdict import rows as verdict_rows
from ivaegan_jax.training.trainer import as_batch

DATA_SEEDS = (3, 4)
INDEX = (0, 0, 0, 1, 1, 1)
SEEDS = (1, 2, 3, 1, 2, 3)


def stamp(i):
    return {"label": "ivae_gan", "seed": SEEDS[i], "data_seed": DATA_SEEDS[INDEX[i]]}


@pytest.fixture(scope="module")
def held_out():
    """Two data seeds of b1: three observed columns as the small models have, four levels."""
    datasets = [b1(seed, segments=4, per_segment=60, dim=3) for seed in DATA_SEEDS]
    data = prepare(datasets, DATA_SEEDS, DataConfig(), batch=8)
    return [hold_out(*held_out_rows((data.valid, data.test), i), dim_u=4, dim_z=2) for i in (0, 1)]


@pytest.fixture(scope="module")
def trained(tiny, run_of, stack):
    """Six runs of the small ivae_gan that never moved; the last one is said to have diverged."""
    small = tiny("ivae_gan")
    runs = [run_of(seed, index) for seed, index in zip(SEEDS, INDEX, strict=True)]
    states = stack([jax.device_get(small.trainer.init(run)) for run in runs])
    states = states.replace(alive=np.array([True] * 5 + [False]))
    return Trained("ivae_gan", small.model, small.game, stack(runs), states)


@pytest.fixture(scope="module")
def checked(trained, held_out, mesh):
    return precondition_of_runs(trained, held_out, 4, mesh)


def test_every_run_is_seen_on_its_own_data_seed(trained, held_out, checked):
    rows = 2 * 4 * 6
    assert held_out[0].x.shape == (rows, 3)
    assert checked.mu.shape == (6, rows, 2)
    assert checked.slope.shape == (6, rows, 2, 2)
    params = jax.tree.map(lambda leaf: leaf[4], trained.states.params)
    batch = as_batch(*map(jnp.asarray, (held_out[1].x, held_out[1].u)), 4)
    mu, _ = jax.jit(trained.model.encode)(params, batch.x, batch.u)
    np.testing.assert_allclose(checked.mu[4], mu, rtol=1e-4, atol=1e-5)


def test_every_run_has_one_verdict_and_the_same_findings(trained, checked, held_out):
    rows = list(judge_runs(trained, checked, held_out, stamp))
    assert {row.kind for row in rows} == {"verdict", "finding"}
    verdicts = [row for row in rows if row.kind == "verdict"]
    findings = [row for row in rows if row.kind == "finding"]
    assert len(findings) == 6 * len({row.metric for row in findings})
    assert [row.verdict for row in verdicts][5] == "diverged"
    assert all(row.reasons for row in verdicts)
    assert all(type(row.value) is float for row in findings)


def test_a_data_seed_has_one_consensus_of_the_runs_that_did_not_diverge(trained, checked, held_out):
    found = consensus_of_runs(trained, checked)
    first, second = consensus_rows(trained, checked, found, stamp)
    assert sorted(seed for group in first.groups for seed in group) == [1, 2, 3]
    assert sorted(seed for group in second.groups for seed in group) == [1, 2]
    assert first.data_seed == 3
    assert len(first.stability) == 2
    assert 0 < first.rotation < first.rotation_p95 <= 1
    rows = len(held_out[0].x)
    arrays = consensus_arrays(found, np.arange(3 * rows).reshape(3, rows))
    np.testing.assert_array_equal(arrays["consensus_row"], np.arange(2 * rows).reshape(2, rows))
    assert arrays["consensus_z"].shape == (2, len(held_out[0].x), 2)
    assert arrays["consensus_index"].tolist() == [0, 1]
    json.dumps([to_row(first), to_row(second)], allow_nan=False)


def test_of_very_many_runs_some_are_looked_at(trained, checked, monkeypatch):
    monkeypatch.setattr(verdict_rows, "AGREED_RUNS", 2)
    found = consensus_of_runs(trained, checked)
    assert [agreed.members.tolist() for agreed in found.values()] == [[0, 2], [3, 4]]


def test_a_run_that_is_not_finite_has_a_verdict_and_no_part_in_the_consensus(
    trained, checked, held_out
):
    spoilt = jax.tree.map(np.copy, checked)
    spoilt.mu[0, 3] = np.nan
    spoilt.slope[1, 0] = np.inf
    rows = list(judge_runs(trained, spoilt, held_out, stamp))
    verdicts = [row for row in rows if row.kind == "verdict"]
    assert [row.verdict for row in verdicts][:2] == ["diverged", "diverged"]
    agreed = consensus_of_runs(trained, spoilt)
    assert agreed[0].members.tolist() == [1, 2]
