"""Held-out latents and samples that figures need, kept beside the results."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from ivaegan_jax.data import Prepared
from ivaegan_jax.evaluation.evaluate import Evaluation
from ivaegan_jax.evaluation.scoring import Trained

PLOTTED_ROWS = 1000
"""Held-out rows per run that are kept for figures."""

STARTS, ALONG, ENDS = 3, 9, (0.02, 0.98)
"""Rows from which latents are changed, pictures along each, and its percentiles at the ends."""

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
    words = [fitted.own_words() for fitted in data.preprocessing]
    scales = [own["u_scale"] for own in words if "u_scale" in own]
    arrays |= words[0] | ({"u_scale": np.stack(scales)} if scales else {})
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
            "x_traversed": traversed(trained, evaluation.mu, data),
            "image_shape": np.array(data.image_shape),
        }
    return arrays


def traversed(
    trained: Trained, mu: Float[np.ndarray, "runs rows dim_z"], data: Prepared
) -> Float[np.ndarray, "starts dim_z along dim_x"]:
    """What each latent alone does to x, from the posterior means of some held-out rows.

    Of the first model seed of the first data seed, as figures show it.
    """
    first = int(np.lexsort((trained.runs.seed, trained.runs.data_index))[0])
    rows = np.linspace(0, mu.shape[1] - 1, STARTS + 2).astype(int)[1:-1]
    values = np.quantile(mu[first], np.linspace(*ENDS, ALONG), axis=0).T
    dim = mu.shape[2]
    z = np.tile(mu[first, rows][:, None, None], (1, dim, ALONG, 1))
    z[:, np.arange(dim), :, np.arange(dim)] = values[:, None]
    params = jax.tree.map(lambda leaf: leaf[first], trained.states.evaluated)
    x = np.asarray(jax.jit(trained.model.decode)(params, z.reshape(-1, dim)))
    fitted = data.preprocessing[int(trained.runs.data_index[first])]
    return fitted.inverse_x(x).reshape(*z.shape[:3], -1).astype(np.float32)


def joined_arrays(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Arrays for figures of all runs, from those of parts of them."""
    names = [name for name in OF_RUNS if name in parts[0]]
    return parts[0] | {name: np.concatenate([each[name] for each in parts]) for name in names}
