"""A perfect model, sent through the whole scoring, scores what its calibration does.

The data are linear and Gaussian given u, and the parameters of a real model are set to the truth:
each number is then known in closed form, or equals the same number of real against real rows.
"""

import functools

import jax
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from ivaegan_jax.data.config import DataConfig
from ivaegan_jax.data.prepare import prepare
from ivaegan_jax.evaluation.as_rows import to_row
from ivaegan_jax.evaluation.results import BOTH, Agreement, Finding, OfRun, Score
from ivaegan_jax.evaluation.scoring import Trained
from ivaegan_jax.evaluation.selection import COMBINED, CRITERIA, candidates, choose
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.models.hyperparameters import Hyperparameters, stack_hyperparameters
from ivaegan_jax.models.model import build
from ivaegan_jax.models.networks import Dims
from ivaegan_jax.models.presets import PRESETS, resolve
from ivaegan_jax.report import to_lines
from ivaegan_jax.report.recorded import count_runs
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.scorer import Scorer
from ivaegan_jax.training.state import init_state
from ivaegan_jax.training.trainer import Run
from ivaegan_jax.types import Auxiliary, Dataset

LEVELS, PER_LEVEL, DIM_Z = 8, 120, 3
DATA_SEEDS, SEEDS = tuple(range(12)), (1, 2)
FEW = DATA_SEEDS[:3]
"""Where each data seed shows it; a mean over data seeds takes them all."""
HELD_OUT = DataConfig(valid_fraction=0.25, test_fraction=0.25)


def drawn(seed, noise=0.0, dim_x=DIM_Z):
    """A table ordered by u, its mixing, and mean and variance of every source per level."""
    rng = np.random.default_rng(seed)
    u = np.repeat(np.arange(LEVELS), PER_LEVEL).astype(np.int32)
    loc, var = rng.normal(size=(LEVELS, DIM_Z)), rng.uniform(0.3, 3, (LEVELS, DIM_Z))
    if noise:  # the posterior mean is linear in x and u where variances do not follow u
        var[:] = var[0]
    mixing = np.linalg.qr(rng.normal(size=(dim_x, DIM_Z)))[0] * rng.uniform(0.5, 2, DIM_Z)
    s = (loc[u] + np.sqrt(var[u]) * rng.normal(size=(len(u), DIM_Z))).astype(np.float32)
    x = s @ mixing.T + noise * rng.normal(size=(len(u), dim_x))
    table = Dataset(f"table {seed}", x.astype(np.float32), Auxiliary.categorical(u), s, (1, dim_x))
    return table, mixing, loc, var  # pixels share one scale, so that noise stays alike


def standardised(preprocessing, mixing, noise):
    """`(kernel, offset, noise)` of z -> x in the units of the standardised x."""
    scale = preprocessing.scale / preprocessing.x_std
    return mixing.T * scale, -preprocessing.x_mean * scale, noise * scale[0]


def raw_log_var(log_var):
    """What `bounded_log_var` bounds."""
    return 12 * np.arctanh(np.asarray(log_var) / 12)


def true_params(preprocessing, mixing, loc, var, noise, turn):
    """The truth as parameters of nets of one layer; `turn` permutes and scales the latents."""
    forward, offset, noise = standardised(preprocessing, mixing, noise)
    forward, loc, var = np.linalg.inv(turn) @ forward, loc @ turn, var @ np.square(turn)
    if noise:  # the posterior mean, linear in x and in the level's one-hot code
        covariance = np.linalg.inv(np.diag(1 / var[0]) + forward @ forward.T / noise**2)
        back, posterior = forward.T @ covariance / noise**2, np.diag(covariance)
        inputs = np.concatenate([back, loc / var @ covariance])
    else:
        inputs = back = np.linalg.inv(forward)
        posterior = np.full(DIM_Z, 1e-4)
    bias = np.r_[-offset @ back, raw_log_var(np.log(posterior).clip(-11))]

    def dense(kernel, bias):
        return {"Dense_0": {"kernel": np.float32(kernel), "bias": np.float32(bias)}}

    return {
        "encoder": dense(np.c_[inputs, 0 * inputs], bias),
        "generator": dense(forward, offset) | {"log_var_ratio": np.float32(0)},
        "prior": dense(np.c_[loc, raw_log_var(np.log(var))], np.zeros(2 * DIM_Z)),
    }


@functools.cache
def built(dim_x, rows, posterior):
    """A model of nets of one layer, and its game."""
    config, game = resolve(PRESETS["ivae"], ModelConfig(depth=1, posterior=posterior))
    dims = Dims(dim_x, LEVELS, DIM_Z, rows)
    return build(config, dims, game.blocks), game, dims


def as_they_are(data, states):
    """Nothing is spoilt."""
    return data, states


def scored(
    mesh,
    noise=0.0,
    dim_x=DIM_Z,
    sources=True,
    data_seeds=FEW,
    seeds=SEEDS,
    spoilt=as_they_are,
    **hyperparameters,
):
    """All rows of the perfect model's runs, and the prepared data."""
    tables = [drawn(seed, noise, dim_x) for seed in data_seeds]
    data = prepare([table for table, *_ in tables], data_seeds, HELD_OUT, batch=8)
    if not sources:
        data = data._replace(valid=data.valid._replace(s=None), test=data.test._replace(s=None))
    model, game, dims = built(dim_x, data.train.x.shape[1], "x,u" if noise else "x")
    turns = [np.eye(DIM_Z), np.diag([1.0, -2.0, 0.5])[[2, 0, 1]]]
    index, seed = np.meshgrid(np.arange(len(data_seeds)), seeds, indexing="ij")
    runs = Run(seed.ravel(), index.ravel(), np.ones(index.size, int),
               stack_hyperparameters(Hyperparameters(**hyperparameters), index.size))  # fmt: skip
    states = [
        init_state(model, game, 1, Hyperparameters()).replace(
            params=true_params(data.preprocessing[i], *tables[i][1:], noise, turns[k - 1])
        )
        for i, k in zip(runs.data_index, runs.seed, strict=True)
    ]
    states = jax.tree.map(lambda *leaves: np.stack(leaves), *jax.device_get(states))
    data, states = spoilt(data, states)
    experiment = Experiment("tables", ("ivae",), seeds, data_seeds, 1, Config(data=HELD_OUT))
    found, _ = Scorer(experiment, data, dims, mesh).score(
        Trained("ivae", model, game, runs, states)
    )
    return found, data, tables


def values(rows, metric, split="test", **convention):
    wanted = {"metric": metric, "split": split, **convention}.items()
    return np.array([
        row.value for row in rows if isinstance(row, Score | Agreement | Finding)
        and all(getattr(row, name, None) == value for name, value in wanted)
    ])  # fmt: skip


@pytest.fixture(scope="module")
def noiseless(mesh):
    return scored(mesh)[0]


def test_a_perfect_generator_scores_as_real_rows_do(noiseless, mesh):
    rows = scored(mesh, sources=False, data_seeds=DATA_SEEDS, seeds=SEEDS[:1])[0]
    for measure in ("energy_distance", "mmd2", "c2st"):
        fake, real, wrong = (
            values(rows, f"{measure}{end}", BOTH) for end in ("", "_real", "_wrong_u")
        )
        error = np.std(fake - real, ddof=1) / len(fake) ** 0.5
        assert abs(np.mean(fake - real)) < 3 * error, measure
        assert np.mean(wrong - real) > 10 * error
    taught, real = (values(rows, f"samples_accuracy{end}", BOTH) for end in ("", "_real"))
    error = np.std(taught - real, ddof=1) / len(taught) ** 0.5
    assert abs(np.mean(taught - real)) < 3 * error
    assert np.mean(real) > 3 * error + 1 / LEVELS
    for measure in ("energy_distance", "mmd2"):
        same = values(noiseless, measure, BOTH, seed=SEEDS[0])
        np.testing.assert_allclose(values(rows, measure, BOTH)[: len(FEW)], same, rtol=1e-5)


def test_what_is_reported_knows_nothing_of_free_bits_weights_and_ramps(noiseless, mesh):
    changed = {
        "free_bits": 9.0,
        "kl_weight": 7.0,
        "kl_ramp": 1.0,
        "nll_weight": 3.0,
        "mixture": 0.1,
    }
    assert values(noiseless, "kl").max() < 9 * DIM_Z - 1
    assert scored(mesh, **changed)[0] == noiseless


def garbage(part):
    """Finite rows that have nothing to do with the data."""
    rng = np.random.default_rng(99)
    x, s = (np.float32(9 * rng.normal(size=each.shape)) for each in (part.x, part.s))
    return part._replace(x=x, u=rng.permuted(part.u, axis=1), s=s)


@pytest.mark.parametrize("split", ["test", "valid"])
def test_choices_are_made_on_validation_rows_and_scores_on_test_rows(noiseless, mesh, split):
    def poisoned(data, states):
        return data._replace(**{split: garbage(getattr(data, split))}), states

    rows = scored(mesh, spoilt=poisoned)[0]
    choices = [candidates(each, "ivae") for each in (rows, noiseless)]
    scores = [[row for row in each if row.split == "test"] for each in (rows, noiseless)]
    same_choices = all(
        np.array_equal(one.scores[name], other.scores[name])
        for one, other in zip(choices[0].values(), choices[1].values(), strict=True)
        for name in (*COMBINED, "mean_rank")
        if name in one.scores
    )
    assert {"log_likelihood", "energy_distance"} <= set(choices[1][0].scores)
    assert {criterion.split for criterion in CRITERIA.values()} == {"valid"}
    assert (same_choices, scores[0] == scores[1]) == (split == "test", split == "valid")


def test_a_run_whose_parameters_are_not_finite_loses_and_is_counted(noiseless, mesh):
    def broken(data, states):
        params = jax.tree.map(np.copy, states.params)
        params["encoder"]["Dense_0"]["kernel"][0] = np.nan
        return data, states.replace(params=params)

    rows = scored(mesh, spoilt=broken)[0]
    lost = [row for row in rows if isinstance(row, OfRun) and (row.data_seed, row.seed) == (0, 1)]
    assert {row.status for row in lost if not isinstance(row, Agreement)} == {"diverged"}
    assert all(np.isnan(values(lost, metric)).all() for metric in ("mcc", "log_likelihood", "kl"))
    assert choose(candidates(rows, "ivae")[0]).seed == 2
    assert count_runs(rows, "ivae") == (len(FEW) * len(SEEDS), 1)
    others = [[row for row in each if row.data_seed > 0] for each in (rows, noiseless)]
    assert others[0] == others[1]
    assert "NaN" not in to_lines([to_row(row) for row in lost])


def test_a_perfect_encoder_scores_1_whatever_the_order_sign_and_scale(noiseless):
    default = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
    runs = len(FEW) * len(SEEDS)
    for metric in ("mcc", "mcc_within", "cca"):
        found = values(noiseless, metric, **default)
        np.testing.assert_allclose(found, np.ones(runs), atol=1e-5)
    for metric in ("affine_r2", "affine_r2_z_given_s", "recon_r2"):
        np.testing.assert_allclose(values(noiseless, metric), np.ones(runs), atol=1e-5)
    for metric in ("agreement_mcc", "agreement_affine_r2"):
        np.testing.assert_allclose(values(noiseless, metric), np.ones(len(FEW)), atol=1e-5)
    assert (values(noiseless, "mcc", corr="spearman") > 1 - 1e-5).all()


def true_log_likelihood(data, tables, noise, split):
    """Mean `log p(x|u)` of the odd rows of each data seed, in closed form, float64."""
    found = []
    for i, (_, mixing, loc, var) in enumerate(tables):
        forward, offset, own = standardised(data.preprocessing[i], mixing, noise)
        covariance = forward.T @ np.diag(var[0]) @ forward + own**2 * np.eye(len(offset))
        x, u = (getattr(getattr(data, split), name)[i][1::2] for name in "xu")
        left = x - (loc @ forward + offset)[u]
        found.append(multivariate_normal.logpdf(left, np.zeros(len(offset)), covariance).mean())
    return np.array(found)


@pytest.mark.parametrize(
    ("noise", "dim_x"), [pytest.param(0.1, 7, marks=pytest.mark.slow), (0.001, 7)]
)
def test_a_perfect_likelihood_is_the_true_one(mesh, noise, dim_x):
    rows, data, tables = scored(mesh, noise, dim_x)
    for split in ("valid", "test"):
        found = values(rows, "log_likelihood", split)
        truth = np.repeat(true_log_likelihood(data, tables, noise, split), len(SEEDS))
        np.testing.assert_allclose(found, truth, atol=0.06)
