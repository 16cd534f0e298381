"""Synthetic run directories, small and made of plain numbers."""

import json
from dataclasses import replace

import numpy as np

from ivaegan_jax.evaluation import Agreement, Baseline, Finding, Reason, Score, Verdict, to_row
from ivaegan_jax.files import without_nan

HEADLINE = {
    "split": "test",
    "latent": "posterior_mean",
    "corr": "pearson",
    "assignment": "held_out",
}
BLANK = {"latent": None, "corr": None, "assignment": None}
LEVEL = {"vae": 0.55, "ivae": 0.67, "vae_gan": 0.58, "ivae_gan": 0.9, "igan": 0.93}
BASELINES = {
    "random_rotation": 0.73,
    "random_rotation_p95": 0.82,
    "raw_x": 0.57,
    "fastica": 0.58,
    "label_only": 0.02,
    "linear_supervised": 0.83,
}
RUN = {"data": "b1", "step": 500}


def _number(value):
    return np.nan if value is None else float(value)


def score(metric, value, label="ivae", data_seed=1, seed=1, **fields):
    where = {"label": label, "data_seed": data_seed, "seed": seed, **RUN, **HEADLINE, **fields}
    return Score(metric=metric, value=_number(value), **where)


def baseline(name, value, data_seed=1, metric="mcc"):
    return Baseline(baseline=name, metric=metric, value=value, data_seed=data_seed, data="b1")


def pair(value, label, data_seed, seed, other_seed, **fields):
    where = {"label": label, "data_seed": data_seed, "seed": seed, **RUN, **HEADLINE, **fields}
    return Agreement(metric="agreement_mcc", value=_number(value), other_seed=other_seed, **where)


def finding(metric, value, label, data_seed, seed):
    return Finding(metric=metric, value=value, label=label, data_seed=data_seed, seed=seed, **RUN)


def verdict(text, reasons, label, data_seed, seed):
    found = tuple(Reason(code, why) for code, why in reasons)
    where = {"label": label, "data_seed": data_seed, "seed": seed, **RUN}
    return Verdict(verdict=text, reasons=found, **where)


def changed(results, **fields):
    """The same results with other fields."""
    return [replace(each, **fields) for each in results]


def truth_results(presets=tuple(LEVEL), data_seeds=(5, 6, 7, 8), seeds=(1, 2), seed=0):
    rng = np.random.default_rng(seed)
    results = [
        baseline(n, v + rng.normal(0, 0.01), d) for n, v in BASELINES.items() for d in data_seeds
    ]
    for preset in presets:
        for data_seed in data_seeds:
            shift = rng.normal(0, 0.04)
            for model_seed in seeds:
                mcc = float(np.clip(LEVEL[preset] + shift + rng.normal(0, 0.02), 0, 0.99))
                where = {"label": preset, "data_seed": data_seed, "seed": model_seed}
                results += [
                    score("mcc", mcc, **where),
                    score("mcc", mcc + 0.01, **where, assignment="in_sample"),
                    score("mcc", mcc - 0.05, **where, latent="posterior_sample"),
                    score("mcc", mcc - 0.02, **where, corr="spearman"),
                    score("mcc_within", mcc - 0.1, **where),
                    score("affine_r2", mcc**2, **where, corr=None, assignment=None),
                    score("elbo", -12.3 + mcc, **where, **BLANK),
                ]
    return results


def real_results(presets=("vae", "ivae", "ivae_gan"), seeds=(1, 2, 3, 4)):
    rng = np.random.default_rng(1)
    values = {"elbo": -40.0, "recon_r2": 0.7, "active_units": 6, "c2st": 0.8, "c2st_real": 0.5}
    results = []
    for preset in presets:
        for seed in seeds:
            results += [score(m, v, preset, 1, seed, **BLANK) for m, v in values.items()]
        for seed in seeds:
            for other in (s for s in seeds if s > seed):
                value = LEVEL[preset] + rng.normal(0, 0.03)
                results.append(pair(value, preset, 1, seed, other))
    return changed(results, data="digits")


def train_rows(presets=tuple(LEVEL), data_seeds=(5, 6), seeds=(1, 2)):
    rng = np.random.default_rng(2)
    rows = []
    for preset in presets:
        for data_seed in data_seeds:
            for seed in seeds:
                for step in range(100, 2100, 100):
                    row = {"label": preset, "data_seed": data_seed, "seed": seed, "step": step,
                           "alive": True, "nll": 5000 * np.exp(-step / 300) + 5 + rng.random(),
                           "kl": 6 + rng.random()}  # fmt: skip
                    if "gan" in preset:
                        row |= {"adv_g": 0.7 + rng.random() / 5, "adv_d": 1.3 + rng.random() / 5,
                                "critic_accuracy": 0.5 + rng.random() / 5}  # fmt: skip
                    rows.append(row)
    return rows


def truth_arrays(runs=4, data_seeds=2, rows=300, dim=5):
    rng = np.random.default_rng(3)
    s = rng.normal(size=(data_seeds, rows, dim)).astype(np.float32)
    index = np.repeat(np.arange(data_seeds), runs // data_seeds)
    turned = -s[index][..., ::-1] + 0.3 * rng.normal(size=(runs, rows, dim))
    return {"z": turned, "s": s, "u": rng.integers(0, 40, (data_seeds, rows)),
            "data_seed_index": index, "seed": np.tile([1, 2], runs // 2)}  # fmt: skip


def image_arrays(runs=2, rows=200):
    rng = np.random.default_rng(4)
    u = rng.integers(0, 10, (1, rows))
    z = rng.normal(size=(runs, rows, 4)) * [0.1, 2, 1, 0.1]
    z[..., 1] += u
    images = rng.random((1, 12, 64))
    fake = rng.random((runs, 12, 64))
    return {"z": z, "u": u, "data_seed_index": np.zeros(runs, int), "seed": np.arange(1, runs + 1),
            "x": images, "x_recon": np.repeat(images, runs, 0), "x_fake": fake,
            "image_shape": np.array([8, 8])}  # fmt: skip


def write_workdir(path, results, train=(), arrays=None):
    path.mkdir(parents=True)
    for name, found in (("metrics", map(to_row, results)), ("train", train)):
        text = "".join(json.dumps(without_nan(row)) + "\n" for row in found)
        (path / f"{name}.jsonl").write_text(text)
    (path / "manifest.json").write_text(json.dumps({"revision": "<abc>", "device": "cpu"}))
    (path / "config.json").write_text(json.dumps({"steps": 500}))
    for preset, stored in (arrays or {}).items():
        (path / "arrays").mkdir(exist_ok=True)
        np.savez(path / "arrays" / f"{preset}.npz", **stored)
    return path
