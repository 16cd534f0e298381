"""Draws recovered.png: true sources, what is measured, and what two models make of it.

  .venv/bin/python docs/figures/recovered.py

Benchmark B2 with two sources and twelve segments, data seed 6; the run of each model is the one
that is chosen without the truth. The numbers are MCC of held-out rows.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ivaegan_jax import Dataset, Workdir, encode, load_dataset, restore
from ivaegan_jax.metrics import assign, correlation_matrix, mcc

SIZES = {"dim": 2, "segments": 12, "per_segment": 500}
MODELS = {"vae_gan": "VAE-GAN", "ivae_gan": "iVAE-GAN"}
DATA_SEED = 6


def main() -> None:
    """Trains both models, encodes all rows and draws four panels."""
    dataset = load_dataset("b2", DATA_SEED, SIZES)
    with tempfile.TemporaryDirectory() as folder:
        _train(folder)
        found = {name: _latents(folder, name, dataset) for name in MODELS}
    panels = [("true sources", dataset.s), ("what is measured", dataset.x)]
    panels += [(f"{MODELS[n]}: MCC {score:.2f}", z) for n, (z, score) in found.items()]
    _draw(panels, dataset.u.codes, Path(__file__).with_suffix(".png"))


def _train(folder: str) -> None:
    sizes = [f"--config.data.{name}={value}" for name, value in SIZES.items()]
    asked = ["--data=b2", f"--data_seeds={DATA_SEED}-{DATA_SEED}", "--seeds=2", "--steps=8000"]
    asked += [f"--presets={','.join(MODELS)}", f"--workdir={folder}", *sizes]
    subprocess.run([sys.executable, "-m", "ivaegan_jax.cli", "compare", *asked], check=True)


def _latents(folder: str, name: str, dataset: Dataset) -> tuple[np.ndarray, float]:
    """Latents of the chosen run, in the order and with the signs of the sources, and their MCC."""
    fitted = restore(Workdir(Path(folder)), name)
    assert fitted.chosen is not None
    z = encode(fitted, dataset)[0][list(fitted.seeds).index(fitted.chosen.seed)]
    valid, test = fitted.part == "valid", fitted.part == "test"
    pairs = assign(correlation_matrix(z[valid], dataset.s[valid]))
    return z[:, pairs.latent] * pairs.sign, mcc(z[test], dataset.s[test])


def _draw(panels: list[tuple[str, np.ndarray]], u: np.ndarray, path: Path) -> None:
    figure, axes = plt.subplots(1, len(panels), figsize=(12, 3.4), layout="constrained")
    for ax, (title, points) in zip(axes, panels, strict=True):
        ax.scatter(*points[::2, :2].T, c=u[::2], cmap="turbo", s=3, linewidths=0)
        ax.set(title=title, xticks=[], yticks=[])
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    main()
