"""What sessions have in common: the fewest latents, one law of x, the controls of any."""

import dataclasses

import pytest

from ivaegan_jax.models import ModelConfig
from ivaegan_jax.studies.agreed import agreed_experiment
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.types import InputError


def asked(presets=("ivae_gan",), likelihood="gaussian", noise="none"):
    config = Config(model=ModelConfig(likelihood=likelihood, noise=noise))
    return Experiment("data", presets, (1,), (1,), 10, config)


def test_the_fewest_latents_and_the_most_controls():
    shifted = ("ivae_gan", "ivae_gan+shifted_u")
    agreed = agreed_experiment([asked(), asked(shifted), asked()], [5, 2, 4])
    assert agreed.config.model.dim_z == 2
    assert agreed.presets == shifted
    assert agreed.config.train.unmix


@pytest.mark.parametrize(
    ("laws", "noises", "expected"),
    [
        (("gaussian", "gaussian"), ("none", "none"), ("gaussian", "none")),
        (("gaussian", "gaussian"), ("none", "column"), ("gaussian", "column")),
        (("poisson", "poisson"), ("fixed", "fixed"), ("poisson", "fixed")),
    ],
)
def test_one_law_for_all(laws, noises, expected):
    agreed = agreed_experiment(
        [asked(likelihood=law, noise=noise) for law, noise in zip(laws, noises, strict=True)],
        [3, 3],
    )
    assert (agreed.config.model.likelihood, agreed.config.model.noise) == expected


def test_all_sessions_are_whitened_or_none():
    def of(whiten):
        config = asked().config
        data = dataclasses.replace(config.data, whiten=whiten)
        return asked()._replace(config=dataclasses.replace(config, data=data))

    assert agreed_experiment([of("yes"), of("yes")], [3, 3]).config.data.whiten == "yes"
    assert agreed_experiment([of("yes"), of("no")], [3, 3]).config.data.whiten == "no"


def test_counts_beside_real_numbers_are_refused():
    with pytest.raises(InputError, match=r"poisson in session 1, gaussian in session 2\); name"):
        agreed_experiment([asked(likelihood="poisson"), asked()], [3, 3])
