"""What x decides where settings leave it open: the observation model, and the form of x."""

import dataclasses

import numpy as np

from ivaegan_jax.data import Observed, Prepared, observe
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import Dataset

LEAST_DIRECTION = 3e-4
"""Of the largest variance of a component; smaller ones are what curvature leaves of few sources."""


def with_observation(
    experiment: Experiment, dataset: Dataset, data: Prepared, dim_z: int
) -> tuple[Experiment, list[str]]:
    """The experiment with a likelihood, noise and form of x for its data, and why.

    Training rows of the first data seed decide what the experiment leaves open. Rows that are
    images are taken as real numbers without noise: what few latents leave of a picture is no noise.

    Args:
      experiment: what is to be done.
      dataset: the table of the first data seed, as the user has it.
      data: the same, split and standardised.
      dim_z: number of latents.

    Returns:
      The experiment, and a sentence for everything that is not the plain default.
    """
    experiment, why = _with_likelihood(experiment, dataset, data, dim_z)
    if experiment.config.data.whiten != "auto":
        return experiment, why
    whitened = is_square(experiment, data, dim_z)
    config = experiment.config
    own = dataclasses.replace(config.data, whiten="yes" if whitened else "no")
    experiment = experiment._replace(config=dataclasses.replace(config, data=own))
    return experiment, [*why, as_components(dim_z)] if whitened else why


def _with_likelihood(
    experiment: Experiment, dataset: Dataset, data: Prepared, dim_z: int
) -> tuple[Experiment, list[str]]:
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


def is_square(experiment: Experiment, data: Prepared, dim_z: int) -> bool:
    """Whether x is real numbers without noise, a column for each latent, none nearly a mixture."""
    model, x = experiment.config.model, data.train.x[0]
    plain = (model.likelihood, model.noise or "none") == ("gaussian", "none")
    if not plain or experiment.config.data.codes or data.image_shape or x.shape[1] != dim_z:
        return False
    variances = np.linalg.eigvalsh(np.cov(x.astype(np.float64), rowvar=False).reshape(dim_z, -1))
    return bool(variances[0] > LEAST_DIRECTION * variances[-1])


def as_components(dim_z: int) -> str:
    """That models see principal components, and how to leave it out."""
    return (
        f"x has as many columns as there are latents ({dim_z}): models see its principal "
        "components at one scale (--config.data.whiten=no leaves it out)."
    )


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
