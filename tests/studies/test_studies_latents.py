"""No default number of latents is one that theory rules out."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import as_dataset, load_dataset
from ivaegan_jax.doctor.theory import check_dimension, check_distinct_u
from ivaegan_jax.models.config import ModelConfig
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment
from ivaegan_jax.studies.latents import Latents
from ivaegan_jax.studies.study import Study
from ivaegan_jax.training.config import TrainConfig
from ivaegan_jax.types import Auxiliary, Dataset, InputError

RNG = np.random.default_rng(0)
ROWS = 240
X = RNG.normal(size=(ROWS, 4))


def table(levels, columns=6, true=6, sources=None):
    """x of as many columns, which vary in `true` directions; u of as many levels, 0 for numbers."""
    x = RNG.normal(size=(ROWS, true)) @ np.eye(true, columns, k=0)
    x[:, true:] = x[:, :1]
    u = np.arange(ROWS) % levels if levels else RNG.normal(size=(ROWS, 1))
    s = None if sources is None else RNG.normal(size=(ROWS, sources))
    return Dataset("table", x, Auxiliary.as_given(u), s, independent=True)


def study_of(table, presets=("ivae_gan",), **model):
    config = Config(
        model=ModelConfig(width=8, critic_width=8, **model), train=TrainConfig(batch=16)
    )
    return Study(Experiment(table.name, presets, (1,), (1,), 10, config), table=table)


@pytest.mark.parametrize(
    ("found", "presets", "model", "number"),
    [
        (table(10), ("ivae_gan",), {}, 4),
        (table(8), ("vae", "ivae"), {}, 3),
        (table(2), ("ivae",), {}, 1),
        (table(4), ("ivae",), {"modulation": "variance"}, 3),
        (table(9), ("ivae[modulation=variance]", "igan"), {}, 4),
        (table(2), ("vae",), {}, 6),
        (table(40), ("ivae",), {}, 6),
        (table(40, 12, 12), ("ivae",), {}, 10),
        (table(40, 6, 3), ("ivae",), {}, 3),
        (table(0), ("ivae",), {}, 6),
        (table(4, sources=5), ("ivae",), {}, 5),
        (table(4), ("ivae",), {"dim_z": 7}, 7),
    ],
)
def test_no_more_than_u_and_x_allow_unless_sources_are_known_or_it_was_asked_for(
    found, presets, model, number
):
    study = study_of(found, presets, **model)
    assert study.dims.dim_z == number
    limited = number not in (5, 6, 10)
    assert sum(note.startswith(f"{number} latent") for note in study.notes) == limited
    assert sum("as many columns as there are latents" in note for note in study.notes) == (
        study.data.preprocessing[0].codec is not None
    )
    assert len(study.notes) <= 1


def test_more_latents_than_directions_are_trained_by_request_with_a_note():
    note_on_more = "trained by request, but x varies in no more than 3 independent directions"
    assert any(note_on_more in note for note in study_of(table(40, true=3), dim_z=5).notes)
    assert not any("by request" in note for note in study_of(table(40, true=3), dim_z=3).notes)


def test_the_default_is_one_that_the_doctor_lets_pass():
    for levels, true in ((3, 6), (5, 6), (10, 6), (13, 6), (40, 2)):
        study = study_of(table(levels, true=true))
        job, dim_z, u = study.jobs[0], study.dims.dim_z, study.data.train.u[0]
        assert check_distinct_u(job.config, dim_z, u).severity == "fine"
        assert check_dimension(dim_z, true, False).severity == "fine"
        if dim_z < true:  # and no larger one is
            assert check_distinct_u(job.config, dim_z + 1, u).severity == "blocks"


def test_ten_digits_allow_four_latents():
    digits = load_dataset("digits")
    study = Study(Experiment("digits", ("vae", "ivae_gan"), (1,), (1,), 10, Config()))
    assert (digits.u.distinct(), study.dims.dim_z) == (10, 4)
    assert study.notes[-1] == (
        "4 latents are trained by default: u has 10 values, and theory requires 2 for each latent "
        "and one more."
    )


def test_a_single_latent_that_u_does_not_allow_is_called_so():
    notes = study_of(table(2)).notes
    assert notes[-1] == (
        "1 latent is trained by default: u has 2 values, and theory requires 3 even for one latent."
    )


@pytest.mark.parametrize(
    ("u", "told"),
    [
        (pd.DataFrame({"dose": np.arange(ROWS) % 8 / 4}), "dose is read as a quantity and has 8"),
        (np.arange(ROWS) % 8 / 4, "u is read as a quantity and has 8"),
        (RNG.normal(size=ROWS), None),
        (np.arange(ROWS) % 8, None),
    ],
)
def test_a_quantity_of_few_values_is_named(u, told):
    notes = [note for note in study_of(as_dataset(X, u)).notes if "as a quantity" in note]
    assert [note.partition(" different values")[0] for note in notes] == ([told] if told else [])
    assert all(note.endswith(":categorical.") for note in notes)


def test_one_latent_is_spoken_of_as_one():
    assert Latents(1, "so it is").sentences() == ["1 latent is trained by default: so it is."]
    assert Latents(3).sentences() == []


def test_too_few_held_out_rows_are_said_before_training():
    few = table(2)
    few = dataclasses.replace(few, x=few.x[:30], u=few.u[:30])
    message = r"of 30 rows 3 are validation rows .* at least 4 of each; .*valid_fraction=0.15"
    with pytest.raises(InputError, match=message):
        study_of(few)


def test_a_table_in_memory_is_not_called_like_a_data_set():
    with pytest.raises(InputError, match="'b1' is the name of a data set"):
        Study(Experiment("b1", ("ivae",), (1,), (1,), 10, Config()), table=table(3))


def test_a_table_in_memory_gives_the_study_of_its_file(tmp_path, same):
    found = table(9)
    np.savez(tmp_path / "table.npz", x=found.x, u=found.u.own())
    held, read = (
        Study(Experiment(name, ("ivae",), (1,), (1, 2), 10, Config(model=ModelConfig(width=8))),
              table=given)
        for name, given in (("table", found), (str(tmp_path / "table.npz"), None))
    )  # fmt: skip
    assert same(held.train_data(held.jobs[0]), read.train_data(read.jobs[0]))
    assert held.data.sha256 == read.data.sha256
