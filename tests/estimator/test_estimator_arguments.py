"""What methods of a fitted model cannot be called with gives one clear line."""

import numpy as np
import pytest

from ivaegan_jax import load
from ivaegan_jax.estimator.arguments import one_of, whole
from ivaegan_jax.types import InputError

X = ["Fz", "Cz", "Pz", "C3", "C4"]

CALLS = {
    "seed": (lambda m, x: m.transform(x, seeds=99), "not 99"),
    "flag as seed": (lambda m, x: m.transform(x, seeds=True), "not True"),
    "no draws": (lambda m, x: m.sample(["a"], n=0), "n is a whole number of at least 1, not 0"),
    "negative": (lambda m, x: m.sample(["a"], n=-1), "n is a whole number of at least 1, not -1"),
    "latent": (lambda m, x: m.traverse(2), "latent is a whole number from 0 to 1, not 2"),
    "one point": (lambda m, x: m.traverse(0, points=1), "points is a whole number of at least 2"),
    "few sources": (lambda m, x: m.score_sources(x, np.eye(3)), "x has 400 rows and s the shape"),
    "text as sources": (lambda m, x: m.score_sources(x, ["a"] * 400), "s holds values that are no"),
    "gaps in sources": (lambda m, x: m.score_sources(x, np.full(400, np.nan)), "s has NaN or inf"),
    "text as latents": (lambda m, x: m.inverse_transform("z"), "z holds values that are no"),
    "gaps in latents": (lambda m, x: m.inverse_transform([[np.nan, 1]]), "z has NaN or inf"),
    "report": (lambda m, x: m.report("/proc/r.html"), "cannot write /proc/r.html"),
    "numbers as text": (lambda m, x: m.transform(x.astype(str)), r"as by astype\(float\)"),
    "colours": (lambda m, x: m.plot_latents(x, color=[1, 2]), "400 rows and 2 values of color"),
    "name of a colour": (lambda m, x: m.plot_latents(x, color="Oz"), "'Oz' is no column; x has Fz"),
    "colour without x": (lambda m, x: m.plot_latents(color="Fz"), "there is no x: give a value"),
    "colour without names": (lambda m, x: m.plot_latents(x.to_numpy(), color="Fz"), "no names"),
    "no u": (lambda m, x: m.fit(x), 'as in u="NAME,NAME:circular"; columns are Fz'),
    "gaps": (
        lambda m, x: m.transform(x.assign(C3=np.nan)),
        r"or leave these 400 row\(s\) out$",
    ),
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_what_cannot_be_meant_is_said_in_one_line(fitted, frame, call):
    method, said = CALLS[call]
    with pytest.raises(InputError, match=said) as caught:
        method(fitted, frame[X])
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value)


def test_a_colour_may_be_a_column(fitted, frame):
    assert fitted.plot_latents(frame, color="segment").axes


def test_whole_numbers_are_those_of_python_and_numpy():
    assert whole(np.int64(3), "n", 1) == 3
    for value in (1.5, "z1", True, None, 0, 9):
        with pytest.raises(InputError, match=f"n is a whole number from 1 to 8, not {value!r}"):
            whole(value, "n", 1, 8)


def test_choices_are_compared_with_their_types():
    assert one_of("all", "seeds", ["all", 1]) == "all"
    for value in ("first", True, 1.0, 2):
        with pytest.raises(InputError, match=f"seeds is one of 'all', 1; not {value!r}"):
            one_of(value, "seeds", ["all", 1])


def test_a_folder_is_no_saved_fit(tmp_path):
    with pytest.raises(InputError, match=r"is a folder; give a file that save\(path\) wrote"):
        load(tmp_path)
