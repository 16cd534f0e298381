"""Synthetic work directories, small and made of plain numbers."""

import json

import numpy as np

from ivaegan_jax.evaluation import to_row
from ivaegan_jax.report.view import as_result

HEADLINE = {
    "split": "test",
    "latent": "posterior_mean",
    "corr": "pearson",
    "assignment": "held_out",
}
LEVEL = {"vae": 0.55, "ivae": 0.67, "vae_gan": 0.58, "ivae_gan": 0.9, "igan": 0.93}
BASELINES = {
    "random_rotation": 0.73,
    "random_rotation_p95": 0.82,
    "raw_x": 0.57,
    "fastica": 0.58,
    "label_only": 0.02,
    "linear_supervised": 0.83,
}


def run_row(metric, value, preset="ivae", data_seed=1, seed=1, **fields):
    base = {"metric": metric, "value": value, "preset": preset, "data": "b1", "seed": seed}
    return {**base, "data_seed": data_seed, **HEADLINE, "kind": "run", "status": "ok", "step": 500,
            **fields}  # fmt: skip


def baseline_row(name, value, data_seed=1, metric="mcc", **fields):
    return run_row(metric, value, name, data_seed, None, kind="baseline", **fields)


def truth_rows(presets=tuple(LEVEL), data_seeds=(5, 6, 7, 8), seeds=(1, 2), seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        baseline_row(n, v + rng.normal(0, 0.01), d)
        for n, v in BASELINES.items()
        for d in data_seeds
    ]
    for preset in presets:
        for data_seed in data_seeds:
            shift = rng.normal(0, 0.04)
            for model_seed in seeds:
                mcc = float(np.clip(LEVEL[preset] + shift + rng.normal(0, 0.02), 0, 0.99))
                where = {"preset": preset, "data_seed": data_seed, "seed": model_seed}
                rows += [
                    run_row("mcc", mcc, **where),
                    run_row("mcc", mcc + 0.01, **where, assignment="in_sample"),
                    run_row("mcc", mcc - 0.05, **where, latent="posterior_sample"),
                    run_row("mcc", mcc - 0.02, **where, corr="spearman"),
                    run_row("mcc_within", mcc - 0.1, **where),
                    run_row("affine_r2", mcc**2, **where, corr=None, assignment=None),
                    run_row("elbo", -12.3 + mcc, **where, corr=None, assignment=None, latent=None),
                ]
    return rows


def real_rows(presets=("vae", "ivae", "ivae_gan"), seeds=(1, 2, 3, 4)):
    rng = np.random.default_rng(1)
    blank = {"corr": None, "assignment": None, "latent": None, "data": "digits"}
    rows = []
    for preset in presets:
        for seed in seeds:
            values = {"elbo": -40.0, "recon_r2": 0.7, "active_units": 6, "c2st": 0.8,
                      "c2st_real": 0.5}  # fmt: skip
            rows += [run_row(m, v, preset, 1, seed, **blank) for m, v in values.items()]
        for seed in seeds:
            for other in (s for s in seeds if s > seed):
                value = LEVEL[preset] + rng.normal(0, 0.03)
                extra = {"other_seed": other, "data": "digits", "kind": "agreement"}
                rows.append(run_row("agreement_mcc", value, preset, 1, seed, **extra))
    return rows


def train_rows(presets=tuple(LEVEL), data_seeds=(5, 6), seeds=(1, 2)):
    rng = np.random.default_rng(2)
    rows = []
    for preset in presets:
        for data_seed in data_seeds:
            for seed in seeds:
                for step in range(100, 2100, 100):
                    row = {"preset": preset, "data_seed": data_seed, "seed": seed, "step": step,
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


def write_workdir(path, rows, train=(), arrays=None):
    path.mkdir(parents=True)
    results = [to_row(as_result(row)) for row in rows]
    for name, found in (("metrics", results), ("train", train)):
        text = "".join(json.dumps(row) + "\n" for row in found)
        (path / f"{name}.jsonl").write_text(text)
    (path / "manifest.json").write_text(json.dumps({"revision": "<abc>", "device": "cpu"}))
    (path / "config.json").write_text(json.dumps({"steps": 500}))
    for preset, stored in (arrays or {}).items():
        (path / "arrays").mkdir(exist_ok=True)
        np.savez(path / "arrays" / f"{preset}.npz", **stored)
    return path
