"""An experiment's data: one prepared table per data seed, and how many latents it suggests."""

from ivaegan_jax.data import is_synthetic, load_dataset
from ivaegan_jax.data.prepare import Prepared, prepare
from ivaegan_jax.experiment import Experiment

MAX_DEFAULT_DIM_Z = 10
"""Latents by default where x has more columns than this and nobody knows the sources."""


def load_data(experiment: Experiment) -> Prepared:
    """Loads, splits and transforms the data of all data seeds.

    Raises:
      InputError: for anything wrong with the data or its options.
    """
    config = experiment.config.data
    names = ("segments", "per_segment", "dim", "layers", "source", "activation")
    options = {name: value for name in names if (value := getattr(config, name))}
    if is_synthetic(experiment.data):
        datasets = [load_dataset(experiment.data, k, options) for k in experiment.data_seeds]
    else:  # a data seed only draws the split
        datasets = [load_dataset(experiment.data, 1, options)] * len(experiment.data_seeds)
    standardise = experiment.config.model.likelihood != "bernoulli"
    batch = experiment.config.train.batch
    return prepare(datasets, experiment.data_seeds, config, batch, standardise)


def choose_dim_z(asked: int, data: Prepared) -> int:
    """The latent dimension: as asked, else that of the true sources, else of x but at most 10."""
    return asked or data.dim_s or min(data.dim_x, MAX_DEFAULT_DIM_Z)
