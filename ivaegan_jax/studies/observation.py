"""What x decides where settings leave it open: the observation model, and the form of x."""

import dataclasses

import numpy as np

from ivaegan_jax.data import Observed, Prepared, observe
from ivaegan_jax.models import OF_CODES, OF_COLUMNS
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.labels import configured
from ivaegan_jax.types import Dataset

PIXELS = 256
"""Of an image at least, before models see codes of it: fewer are seen as they are."""

CODES_PER_LATENT = 2

STARTS_OF_CODES = 8
"""Of every run that sees codes, where one in two ends far from the sources."""

LEAST_DIRECTION = 3e-4
"""Of the largest variance of a component; smaller ones are what curvature leaves of few sources."""


def with_observation(
    experiment: Experiment, dataset: Dataset, data: Prepared, dim_z: int
) -> tuple[Experiment, list[str]]:
    """The experiment with a likelihood, noise, form of x and starts for its data, and why.

    Training rows of the first data seed decide what the experiment leaves open. Rows that are
    images are taken as real numbers without noise: what few latents leave of a picture is no noise.
    The form of x is open where `config.data.whiten` is `auto` and no codes are set.

    Args:
      experiment: what is to be done.
      dataset: the table of the first data seed, as the user has it.
      data: the same, split and standardised.
      dim_z: number of latents.

    Returns:
      The experiment, and a sentence for everything that is not the plain default.
    """
    experiment, why = _with_likelihood(experiment, dataset, data, dim_z)
    experiment, form = _with_form(experiment, data, dim_z)
    config = experiment.config
    activation = config.model.activation or (OF_CODES if config.data.codes else OF_COLUMNS)
    family = config.model.prior_family or ("gaussian" if config.data.codes else "")
    model = dataclasses.replace(config.model, activation=activation, prior_family=family)
    starts = config.train.starts or (STARTS_OF_CODES if config.data.codes else 1)
    form += [of_starts(starts)] if starts > 1 and not config.train.starts else []
    train = dataclasses.replace(config.train, starts=starts)
    config = dataclasses.replace(config, model=model, train=train)
    return experiment._replace(config=config), [*why, *form]


def _with_form(experiment: Experiment, data: Prepared, dim_z: int) -> tuple[Experiment, list[str]]:
    config, why = experiment.config, list[str]()
    if config.data.whiten != "auto":
        return experiment, why
    form = dataclasses.replace(config.data, whiten="no")
    if is_square(experiment, data, dim_z):
        form, why = dataclasses.replace(form, whiten="yes"), [as_components(dim_z)]
    elif is_picture(experiment, data):
        codes = CODES_PER_LATENT * dim_z
        form, why = dataclasses.replace(form, codes=codes), [as_codes(data.dim_x, codes)]
    return experiment._replace(config=dataclasses.replace(config, data=form)), why


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
    x = data.train.x[0]
    if not _is_open(experiment) or data.image_shape or x.shape[1] != dim_z:
        return False
    variances = np.linalg.eigvalsh(np.cov(x.astype(np.float64), rowvar=False).reshape(dim_z, -1))
    return bool(variances[0] > LEAST_DIRECTION * variances[-1])


def is_picture(experiment: Experiment, data: Prepared) -> bool:
    """Whether x is images of many pixels, and no model has networks of its own for them."""
    if not data.image_shape or data.dim_x < PIXELS or not _is_open(experiment):
        return False
    models = [configured(experiment.config, label).model for label in experiment.labels]
    plain = ("standard", "standard", 0)
    return all((m.encoder, m.generator, m.convolutions) == plain for m in models)


def _is_open(experiment: Experiment) -> bool:
    """Whether models see real numbers without noise in a form that the settings leave open."""
    model = experiment.config.model
    plain = (model.likelihood, model.noise or "none") == ("gaussian", "none")
    return plain and not experiment.config.data.codes


def as_codes(pixels: int, codes: int) -> str:
    """That models see codes of images, and how to leave it out."""
    return (
        f"x holds images of {pixels:,} pixels: models see {codes} codes of each, by an autoencoder "
        "that was fitted to training rows (--config.data.whiten=no leaves it out)."
    )


def of_starts(starts: int) -> str:
    """That runs have several starts, and how to leave them out."""
    return (
        f"Every run of a model with InfoNCE has {starts} starts: after a tenth of the steps "
        "the half whose latents tell most about u goes on, and again whenever the steps have "
        "doubled, until one is left (--config.train.starts=1 leaves the others out)."
    )


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
