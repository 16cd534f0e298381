"""Figures of a recording for readers of its own field."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.image import AxesImage


def draw_maps(
    moved: Float[np.ndarray, "latents electrodes"],
    raised: Float[np.ndarray, "latents gestures"],
    gestures: Sequence[str],
    path: Path,
) -> None:
    """Two panels: latents by electrodes that they move, and by gestures that raise them.

    Args:
      moved: change of every electrode per standard deviation of a latent.
      raised: in doublings of a latent's spread, mean over people.
      gestures: their names.
      path: of the png.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    electrodes = [str(i + 1) for i in range(moved.shape[1])]
    shares = moved / moved.sum(axis=1, keepdims=True)
    seen = _panel(left, shares, electrodes, "share of the change by electrode", "Blues", 0, 1)
    figure.colorbar(seen, ax=left)
    most = float(np.abs(raised).max())
    seen = _panel(right, raised, gestures, "raised by gesture, doublings", "RdBu_r", -most, most)
    figure.colorbar(seen, ax=right)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def _panel(
    ax: Axes, values: np.ndarray, names: Sequence[str], title: str, colours: str, *limits: float
) -> AxesImage:
    image = ax.imshow(values, cmap=colours, vmin=limits[0], vmax=limits[1], aspect="auto")
    latents = [f"z{i + 1}" for i in range(len(values))]
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
    ax.set_yticks(range(len(values)), latents)
    ax.set_title(title, fontsize=10)
    return image
