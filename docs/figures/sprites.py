"""Draws sprites.png: pictures, what a model makes of them, and what each of its latents does.

  .venv/bin/python -m experiments.reproduce --name=sprites --arms=ivae_gan --data_seeds=6-6
  .venv/bin/python docs/figures/sprites.py runs/reproduce-sprites/ivae_gan

Held-out pictures of the first data seed and the first model seed, whatever they came to. A latent
is matched to the source that it follows most closely, for its name alone.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from ivaegan_jax.metrics import assign, correlation_matrix, mcc

FACTORS = ("x", "y", "scale", "angle")
ROWS = {"x": "held out", "x_recon": "reconstructed", "x_fake": "generated at the same u"}


def main(workdir: Path) -> None:
    """Draws what the work directory of a model recorded of its first run."""
    with np.load(next((workdir / "arrays").glob("*.npz"))) as found:
        shape = tuple(found["image_shape"])
        lines = [found[name][0] for name in ROWS]
        z, s, moved = found["z"][0], found["s"][0], found["x_traversed"][0]
    pairs, score = assign(correlation_matrix(z, s)), mcc(z, s)
    figure, axes = plt.subplots(1, 2, figsize=(12, 2.4), layout="constrained", width_ratios=(12, 9))
    _draw(axes[0], lines, shape, list(ROWS.values()))
    axes[0].set_title("pictures of one data seed", fontsize=10)
    along = [
        images[:: int(sign)] for images, sign in zip(moved[pairs.latent], pairs.sign, strict=True)
    ]
    _draw(axes[1], along, shape, [f"latent of {name}" for name in FACTORS])
    axes[1].set_title(f"one latent moves, others stay (MCC of the run {score:.2f})", fontsize=10)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)


def _draw(ax: Axes, lines: list[np.ndarray], shape: tuple[int, ...], names: list[str]) -> None:
    framed = [
        np.concatenate([np.pad(image.reshape(shape), 1, constant_values=1) for image in line], 1)
        for line in lines
    ]
    ax.imshow(np.clip(np.concatenate(framed), 0, 1), cmap="gray", interpolation="nearest")
    height = len(framed[0])
    ax.set(xticks=[], yticks=[height * (i + 0.5) for i in range(len(names))], yticklabels=names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=9)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
