"""The observation model that a study takes unless one is named."""

import dataclasses

import numpy as np
import pytest

from ivaegan_jax.data import DataConfig, codec, load_dataset
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.types import Auxiliary, Dataset, InputError

LEVELS, ROWS = 8, 4000
U = np.arange(ROWS) % LEVELS


def table(x, image_shape=None):
    u = Auxiliary.categorical(U, np.arange(LEVELS))
    return Dataset("table", x, u, independent=True, image_shape=image_shape)


def numbers(noise, columns=8):
    """Two bent sources in as many columns."""
    rng = np.random.default_rng(0)
    s = rng.normal(size=(ROWS, 2)) * rng.uniform(0.5, 2, (LEVELS, 2))[U]
    x = np.tanh(s @ rng.normal(size=(2, columns)) / 2)
    return x / x.std(axis=0) + noise * rng.normal(size=x.shape)


def counts(rate=1.0):
    rng = np.random.default_rng(0)
    return rng.poisson(rate * np.exp(numbers(0) / 2)).astype(float)


def study_of(table, data=None, labels=("ivae_gan",), **model):
    small = ModelConfig(width=8, critic_width=8, dim_z=2, **model)
    config = Config(DataConfig(**(data or {})), small, TrainConfig(batch=16))
    return Study(Experiment(table.name, labels, (1,), (1,), 10, config), table=table)


def chosen(data, **model):
    found = study_of(data, **model).experiment.config.model
    return found.likelihood, found.noise


def test_columns_that_no_latent_explains_are_noise():
    assert chosen(table(numbers(0.6))) == ("gaussian", "column")
    study = study_of(table(numbers(0.6)))
    assert any("models take noise=column (--config.model.noise=none" in n for n in study.notes)


@pytest.mark.parametrize(
    "data", [numbers(0.0), numbers(0.05), numbers(0.6, columns=3), counts(1e4), counts() - 1]
)
def test_where_no_noise_can_be_told_the_game_knows_of_none(data):
    study = study_of(table(data))
    model = study.experiment.config.model
    assert (model.likelihood, model.noise) == ("gaussian", "")
    assert not any("models take" in note for note in study.notes)


def test_counts_have_the_law_of_counts_however_wide():
    assert chosen(table(counts())) == ("poisson", "")
    wide = np.random.default_rng(1).negative_binomial(0.5, 0.2, counts().shape)
    assert chosen(table(wide)) == ("poisson", "")


def test_what_is_named_stays():
    noisy, whole = table(numbers(0.6)), table(counts())
    assert chosen(noisy, noise="none") == ("gaussian", "none")
    assert chosen(noisy, noise="one") == ("gaussian", "one")
    assert chosen(noisy, likelihood="laplace") == ("laplace", "")
    assert chosen(whole, likelihood="gaussian") == ("gaussian", "")


def test_pictures_are_left_alone():
    assert chosen(table(counts(), image_shape=(2, 4))) == ("gaussian", "")


def test_naming_what_is_chosen_is_the_same_study():
    data = table(counts())
    assert study_of(data).settings() == study_of(data, likelihood="poisson").settings()


def test_training_rows_alone_decide():
    data = table(numbers(0.6))
    test = study_of(data).data.test.row[0]
    data.x[test] = np.random.default_rng(2).normal(size=(len(test), 8)) * 1e-3
    assert chosen(data) == ("gaussian", "column")
    whole = table(counts())
    whole.x[test] = 1e6  # a count of any size is one
    assert chosen(whole) == ("poisson", "")


def test_benchmarks_without_noise_are_as_they_were():
    for name in ("b1", "b6"):
        data = load_dataset(name, 103, {"segments": 8, "per_segment": 100})
        assert chosen(dataclasses.replace(data, name="table")) == ("gaussian", "")


def whitened(data, **model):
    """Whether its models see components, and whether a note says so."""
    study = study_of(data, **model)
    components = study.data.preprocessing[0].codec is not None
    assert study.experiment.config.data.whiten == ("yes" if components else "no")
    assert components == any("--config.data.whiten=no leaves" in note for note in study.notes)
    return components


def test_as_many_columns_as_latents_are_seen_as_components():
    assert whitened(table(numbers(0.0, columns=2)))
    assert whitened(table(numbers(0.6, columns=2)))  # one column a latent: noise cannot be seen


def test_columns_to_spare_images_counts_and_noise_in_the_game_are_not():
    assert not whitened(table(numbers(0.0)))
    assert not whitened(table(numbers(0.0, columns=2)), noise="column")
    assert not whitened(table(counts()[:, :2]))
    assert not whitened(table(numbers(0.0, columns=4), image_shape=(2, 2)))


def test_columns_that_are_nearly_mixtures_of_others_are_not():
    x = numbers(0.0, columns=2)
    assert not whitened(table(np.c_[x[:, 0], x[:, 0] + 1e-3 * x[:, 1]]))


@pytest.mark.usefixtures("quick_codec")
def test_nets_suit_what_they_see_where_none_are_named():
    def nets(*args, **model):
        return study_of(*args, **model).experiment.config.model.activation

    assert nets(table(numbers(0.0))) == "mixed"
    assert nets(table(numbers(0.0)), data={"codes": 4}) == "leaky_relu"
    assert nets(table(numbers(0.0)), activation="tanh") == "tanh"


@pytest.mark.usefixtures("quick_codec")
def test_tails_of_the_prior_are_learned_but_for_codes():
    def family(*args, **model):
        return study_of(*args, labels=("ivae_gan",), **model).jobs[0].config.prior_family

    assert family(table(numbers(0.0))) == "learned_tails"
    assert family(table(numbers(0.0)), data={"codes": 4}) == family(pictures()) == "gaussian"
    assert family(pictures(), prior_family="laplace") == "laplace"


@pytest.mark.usefixtures("quick_codec")
def test_runs_that_see_codes_have_several_starts():
    def starts(data, given=0, labels=("ivae_gan",), **form):
        small, train = ModelConfig(width=8, critic_width=8, dim_z=2), TrainConfig(starts=given)
        config = Config(DataConfig(**form), small, train)
        study = Study(Experiment(data.name, labels, (1,), (1,), 10, config), table=data)
        named = any("--config.train.starts=1 leaves the others out" in note for note in study.notes)
        assert named == (not given and study.experiment.config.train.starts > 1)
        return [group.starts.count for group in study.groups]

    assert starts(table(numbers(0.0))) == [1]
    assert starts(table(numbers(0.0)), codes=4) == starts(pictures()) == [8]
    assert starts(pictures(), given=1) == [1]
    assert starts(table(numbers(0.0)), given=3) == [3]
    labels = ("ivae", "ivae_gan", "ivae_gan[starts=2]")
    assert starts(table(numbers(0.0)), given=3, labels=labels) == [1, 3, 2]


@pytest.fixture
def quick_codec(monkeypatch):
    monkeypatch.setattr(codec, "WIDTH", 8)
    monkeypatch.setattr(codec, "STEPS", 3)


def pictures(side=16):
    return table(numbers(0.0, columns=side**2), image_shape=(side, side))


@pytest.mark.usefixtures("quick_codec")
def test_pictures_of_many_pixels_are_seen_as_two_codes_for_each_latent():
    study = study_of(pictures())
    assert study.data.dim_x == 4
    assert study.data.preprocessing[0].dim_given == 256
    assert any("(--config.data.whiten=no leaves it out)" in note for note in study.notes)
    named = study_of(pictures(), data={"codes": 4, "whiten": "no"}, activation="leaky_relu",
                     prior_family="gaussian")  # fmt: skip
    assert named.settings() == study.settings()


def test_pictures_are_pixels_where_few_or_networks_for_them_are_named():
    assert study_of(pictures(15)).data.dim_x == 225
    assert study_of(pictures(), convolutions=2).data.dim_x == 256
    assert study_of(pictures(), labels=("ivae", "ivae[convolutions=2]")).data.dim_x == 256
    assert study_of(pictures(), likelihood="laplace").data.dim_x == 256
    assert study_of(pictures(), data={"whiten": "no"}).data.dim_x == 256


def test_the_form_of_x_can_be_named():
    config = Config(
        model=ModelConfig(width=8, critic_width=8, dim_z=2), train=TrainConfig(batch=16)
    )
    config.data.whiten = "no"
    study = Study(
        Experiment("table", ("ivae",), (1,), (1,), 10, config),
        table=table(numbers(0.0, columns=2)),
    )
    assert study.data.preprocessing[0].codec is None
    config.data.whiten = "perhaps"
    with pytest.raises(InputError, match="whiten must be one of auto, yes, no; not 'perhaps'"):
        Study(study.experiment._replace(config=config), table=table(numbers(0.0, columns=2)))
