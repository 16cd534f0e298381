"""Held-out latents and samples that figures need, kept beside the results."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ivaegan_jax.data import Prepared
from ivaegan_jax.evaluation.evaluate import Evaluation
from ivaegan_jax.evaluation.scoring import Trained

PLOTTED_ROWS = 1000
"""Held-out rows per run that are kept for figures."""

OF_RUNS = ("z", "seed", "data_seed_index", "x_recon", "x_fake")
"""Arrays for figures that have a leading axis of runs."""


def arrays_for_figures(trained: Trained, evaluation: Evaluation, data: Prepared) -> dict[str, Any]:
    """Held-out latents and samples of every run, as the report's figures read them."""
    kept = np.linspace(0, len(data.test.x[0]) - 1, PLOTTED_ROWS).astype(int)
    kept = np.unique(kept)
    arrays = {
        "z": evaluation.mu[:, kept],
        "u": data.test.u[:: len(data.test.u) // len(data.test.x), kept],
        "seed": trained.runs.seed,
        "data_seed_index": trained.runs.data_index,
    }
    if data.test.s is not None:
        arrays["s"] = data.test.s[:, kept]
    if data.image_shape:
        shown = kept[:: max(1, len(kept) // 12)][:12]
        of_data = range(len(data.preprocessing))

        def pixels(x: np.ndarray, index: Any) -> np.ndarray:
            back = [data.preprocessing[i].inverse_x for i in index]
            return np.stack([f(rows[shown]) for f, rows in zip(back, x, strict=True)])

        arrays |= {
            "x": pixels(data.test.x, of_data),
            "x_recon": pixels(evaluation.x_recon, trained.runs.data_index),
            "x_fake": pixels(evaluation.x_fake, trained.runs.data_index),
            "image_shape": np.array(data.image_shape),
        }
    return arrays


def joined_arrays(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Arrays for figures of all runs, from those of parts of them."""
    names = [name for name in OF_RUNS if name in parts[0]]
    return parts[0] | {name: np.concatenate([each[name] for each in parts]) for name in names}
