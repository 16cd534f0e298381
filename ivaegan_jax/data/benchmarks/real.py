"""Real data that come with scikit-learn, so that nothing is downloaded."""

import numpy as np
from sklearn.datasets import load_digits

from ivaegan_jax.data.benchmarks.options import checked
from ivaegan_jax.types import Auxiliary, Dataset


@checked
def digits() -> Dataset:
    """Loads 1,797 handwritten digits of 8 x 8 pixels.

    Returns:
      x `[1797, 64]`, ink from 0 to 1 row by row; u the digit, levels 0 to 9.

    Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI (CC BY 4.0),
    its test set, as in scikit-learn.
    """
    x, u = (np.asarray(each) for each in load_digits(return_X_y=True))
    return Dataset(
        name="digits",
        x=(x / 16.0).astype(np.float32),
        u=Auxiliary.categorical(np.asarray(u, np.int32), np.arange(10)),
        image_shape=(8, 8),
    )
