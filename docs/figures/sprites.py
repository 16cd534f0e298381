"""Draws sprites.png: pictures, what a model makes of them, and what each of its latents does.

  .venv/bin/python docs/figures/sprites.py

Data seed 6 of `sprites`; of three runs the one that is chosen without the truth. A latent is named
by the source that it follows most closely.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from ivaegan_jax import IVAEGAN, load_dataset
from ivaegan_jax.metrics import assign, correlation_matrix, mcc

FACTORS = ("x", "y", "scale", "angle")
SHAPE = (32, 32)
SHOWN, SEEDS = 12, 3


def main() -> None:
    """Fits a model to pictures without their factors, and draws what it does."""
    dataset = load_dataset("sprites", 6)
    u = dataset.u.codes
    model = IVAEGAN(len(FACTORS), n_seeds=SEEDS).fit(dataset.x, u, image_shape=SHAPE)
    test = np.flatnonzero(model.part_ == "test")
    z, s = model.transform(dataset.x[test]), dataset.s[test]
    pairs, score = assign(correlation_matrix(z, s)), mcc(z, s)
    some = test[:: len(test) // SHOWN][:SHOWN]
    lines = [dataset.x[some], model.reconstruct(dataset.x[some]), model.sample(u[some])]
    along = [model.traverse(int(latent)).x for latent in pairs.latent]
    along = [x[:: int(sign)] for x, sign in zip(along, pairs.sign, strict=True)]
    figure, axes = plt.subplots(1, 2, figsize=(12, 2.4), layout="constrained", width_ratios=(12, 9))
    _draw(axes[0], lines, ["held out", "reconstructed", "generated at the same u"])
    _draw(axes[1], along, [f"latent of {name}" for name in FACTORS])
    axes[1].set_title(f"one latent moves, the others stay (MCC {score:.2f})", fontsize=10)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=100)


def _draw(ax: Axes, lines: list[np.ndarray], names: list[str]) -> None:
    framed = [
        np.concatenate([np.pad(image.reshape(SHAPE), 1, constant_values=1) for image in line], 1)
        for line in lines
    ]
    ax.imshow(np.clip(np.concatenate(framed), 0, 1), cmap="gray", interpolation="nearest")
    height = len(framed[0])
    ax.set(xticks=[], yticks=[height * (i + 0.5) for i in range(len(names))], yticklabels=names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=9)


if __name__ == "__main__":
    main()
