"""Estimators: fit, transform, verdict, save and load in Python, with scikit-learn's habits.

Belongs here: what a user of Python calls, over a study and a trained model. Does not: training,
scoring or drawing of its own.
"""

from ivaegan_jax.estimator.base import Estimator
from ivaegan_jax.estimator.models import (
    BIGAN,
    CIIVAE,
    GAN,
    IBIGAN,
    IFLOW,
    IGAN,
    IVAE,
    IVAEGAN,
    SUPERVISED,
    TCL,
    VAE,
    VAEGAN,
    estimator_of,
    load,
)

__all__ = [
    "BIGAN",
    "CIIVAE",
    "GAN",
    "IBIGAN",
    "IFLOW",
    "IGAN",
    "IVAE",
    "IVAEGAN",
    "SUPERVISED",
    "TCL",
    "VAE",
    "VAEGAN",
    "Estimator",
    "estimator_of",
    "load",
]
