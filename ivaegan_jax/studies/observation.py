"""Which observation model a study has where nobody said so: the one that its rows call for."""

import dataclasses

from ivaegan_jax.data import Observed, Prepared, observe
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import Dataset


def with_observation(
    experiment: Experiment, dataset: Dataset, data: Prepared, dim_z: int
) -> tuple[Experiment, list[str]]:
    """The experiment with a likelihood and noise for its data, and why, where it names none.

    Training rows of the first data seed decide. Rows that are images are taken as real numbers
    without noise: what few latents leave of a picture is no noise.

    Args:
      experiment: what is to be done.
      dataset: the table of the first data seed, as the user has it.
      data: the same, split.
      dim_z: number of latents.
    """
    model = experiment.config.model
    if model.likelihood:
        return experiment, []
    likelihood, noise, why = "gaussian", model.noise, []
    if dataset.image_shape is None:
        seen = observe(dataset.x[data.train.row[0]], dim_z)
        likelihood, noise = seen.chosen[0], model.noise or seen.chosen[1]
        why = sentences(seen) if (likelihood, noise) != ("gaussian", model.noise) else []
    own = dataclasses.replace(model, likelihood=likelihood, noise=noise)
    config = dataclasses.replace(experiment.config, model=own)
    return experiment._replace(config=config), why


def sentences(seen: Observed) -> list[str]:
    """What models take that is not the plain default, and how to leave it out."""
    if seen.counted:
        return [
            f"x holds counts, {seen.counted.zeros:.0%} of them 0: models take "
            f"likelihood={seen.chosen[0]} (--config.model.likelihood=gaussian leaves it out)."
        ]
    return [
        f"Noise is about {seen.typical:.2f} of a column's standard deviation: models take "
        "noise=column (--config.model.noise=none leaves it out)."
    ]
