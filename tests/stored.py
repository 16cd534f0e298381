"""Checkpoints of a made-up model."""

import jax
import numpy as np

from ivaegan_jax.training.state import TrainState


def states(step):
    """Two runs of a made-up model."""
    rng = np.random.default_rng(step)
    params = {"encoder": {"kernel": rng.normal(size=(2, 3, 4)).astype(np.float32)}}
    return TrainState(
        seed=np.array([1, 2], np.int32),
        step=np.full(2, step, np.int32),
        params=params,
        opt_state={"vae": jax.tree.map(np.zeros_like, params)},
        ema={},
        alive=np.array([True, False]),
    )


TEMPLATE = jax.eval_shape(lambda: states(0))


def steps_in(directory):
    return sorted(int(path.name) for path in directory.iterdir() if path.name.isdigit())
