"""U as an object: codes and levels, rows, missing ones, mixed columns; and who may ask its kind."""

import ast
import pathlib

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose, assert_array_equal

import ivaegan_jax
from ivaegan_jax.data import fit_preprocessing
from ivaegan_jax.training import as_batch
from ivaegan_jax.types import Auxiliary, Column, Dataset, Kind, are_codes

ROOT = pathlib.Path(ivaegan_jax.__file__).parent

columns_of_categories = st.one_of(
    arrays.arrays(np.int64, st.integers(1, 40), elements=st.integers(-5, 5)),
    arrays.arrays(bool, st.integers(1, 40)),
    st.lists(st.sampled_from(["a", "b", "left", "ü"]), min_size=1, max_size=40).map(np.array),
)
masks = arrays.arrays(bool, 40)


@given(columns_of_categories)
def test_codes_stand_for_the_users_own_values(values):
    u = Auxiliary.as_given(values)
    assert u.is_categorical
    assert_array_equal(u.own(), values)
    assert_array_equal(np.unique(u.codes), np.arange(len(u.levels)))
    assert u.distinct() == len(u.levels) == len(set(values.tolist()))
    assert u.varies() == (u.distinct() > 1)
    assert u.table().shape == (len(values), 1)


@given(columns_of_categories, masks)
def test_missing_rows_are_held_back_and_all_others_keep_their_values(values, mask):
    mask = mask[: len(values)]
    for u in (Auxiliary.as_given(values), Auxiliary.continuous(np.arange(len(values)) / 2)):
        held = Auxiliary(u.values, u.columns, mask)
        assert held.known().missing is None
        assert_array_equal(held.known().own(), u.own()[~mask])
        assert_array_equal(held[::2].known().own(), u.own()[::2][~mask[::2]])


@given(arrays.arrays(np.int32, st.integers(1, 30), elements=st.integers(0, 6)))
def test_codes_whose_levels_nobody_knows_are_their_own_levels(codes):
    u = Auxiliary.of(codes)
    assert u.codes is codes
    assert_array_equal(u.own(), codes)
    assert len(u.levels) == codes.max() + 1
    assert_array_equal(u.level(), codes)
    assert u.levels_or(lambda columns: pytest.fail("levels were cut")) is codes


@pytest.mark.parametrize("values", [np.linspace(0, 1, 6), np.ones((6, 2)), np.arange(6)[:, None]])
def test_arrays_of_features_have_no_levels_and_are_cut_where_levels_are_needed(values):
    u = Auxiliary.of(values)
    assert not u.is_categorical
    assert u.values.shape == (6, values.reshape(6, -1).shape[1])
    assert u.categories == ()
    assert_array_equal(u.level(), np.zeros(6))
    assert_array_equal(
        u.levels_or(lambda columns: np.arange(len(columns)) // 2), [0, 0, 1, 1, 2, 2]
    )
    assert Auxiliary.of(u) is u


def test_a_table_without_u_has_rows_and_nothing_else():
    u = Auxiliary.absent(4)
    assert (len(u), u.is_absent, u.is_categorical, u.is_numeric) == (4, True, False, False)
    assert Auxiliary.of(np.zeros(4, np.int32)).is_absent is False


@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(2, 5))
def test_mixed_columns_become_one_feature_per_level_and_per_quantity(seed, first, last):
    rng = np.random.default_rng(seed)
    codes = [rng.permutation(np.arange(60) % count) for count in (first, last)]
    values = np.stack([codes[0] * 10 + 3, rng.normal(5, 2, 60), -codes[1]], axis=1).astype(float)
    u = Auxiliary.continuous(values, categories=(0, 2))
    assert [each.kind for each in u.columns] == [
        Kind.CATEGORICAL, Kind.CONTINUOUS, Kind.CATEGORICAL]  # fmt: skip
    assert_array_equal(u.own(), values)
    widths = [found.shape[1] for _, found in u.features()]
    assert widths == [first, 1, last]
    x = rng.normal(size=(60, 2))
    coded = fit_preprocessing(Dataset("t", x, u), np.arange(60)).encode_u(u)
    parts = np.split(coded, np.cumsum(widths)[:-1], axis=1)
    for source in (0, 2):
        hot = parts[source]
        assert_array_equal(hot.sum(axis=1), 1)
        assert_array_equal(u.columns[source].levels[hot.argmax(axis=1)], values[:, source])
    assert_allclose([parts[1].mean(), parts[1].std()], [0, 1], atol=1e-5)


def test_one_column_of_categories_is_categorical_however_it_is_given():
    u = Auxiliary.continuous(np.array([[5.0], [7.0], [5.0]]), categories=(0,))
    assert u.is_categorical
    assert (u.codes.tolist(), u.levels.tolist()) == ([0, 1, 0], [5, 7])
    assert u.columns == (Column(Kind.CATEGORICAL, u.levels),)


@pytest.mark.parametrize("library", [np, jnp])
def test_arrays_of_either_side_say_whether_they_are_codes(library):
    assert are_codes(library.asarray([2, 0, 1]))
    for features in (library.ones(3), library.ones((3, 2)), library.ones((3, 2), int)):
        assert not are_codes(features)


def test_on_a_device_codes_become_one_hot_and_features_pass():
    codes, features, x = jnp.asarray([2, 0, 1]), jnp.ones((3, 2)), jnp.zeros((3, 1))
    hot = np.asarray(as_batch(x, codes, 3).u)
    assert_array_equal(hot.sum(axis=1), 1)
    assert_array_equal(hot.argmax(axis=1), codes)
    assert_array_equal(as_batch(x, features, 2).u, features)


READERS = (
    "types/auxiliary.py",
    "types/of_columns.py",
    "types/columns.py",
    "data/tables",
    "data/preprocessing.py",
)
"""Where u is made: by reading arrays of users, or stored fields of a model."""


def is_u(node):
    """Whether an expression is named as a u, such as `u`, `u_train`, `part.u` and `u[rows]`."""
    if isinstance(node, ast.Subscript):
        return is_u(node.value)
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "u" or name.startswith("u_")


def without_dtype(node):
    """The array that an expression, such as `u.dtype`, is about."""
    return node.value if isinstance(node, ast.Attribute) and node.attr == "dtype" else node


def questions(tree):
    """What asks an array or optional levels for the kind of u: line and expression."""
    for node in ast.walk(tree):
        of_array = isinstance(node, ast.Attribute) and node.attr in ("ndim", "kind")
        levels = isinstance(node, ast.Compare) and getattr(node.left, "attr", "") == "levels"
        of_levels = levels and any(isinstance(each, ast.Is | ast.IsNot) for each in node.ops)
        of_type = isinstance(node, ast.Attribute) and node.attr == "issubdtype"
        counted = isinstance(node, ast.Call) and ast.unparse(node.func) == "len"
        of_shape = counted and ast.unparse(node.args[0]).endswith(("u.shape", "u_train.shape"))
        if (of_array and is_u(without_dtype(node.value))) or of_levels or of_type or of_shape:
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        ("u.ndim == 1", True), ("train.u.ndim == 3", True), ("data.levels is None", True),
        ("np.issubdtype(u.dtype, np.integer)", True), ("u_train[0].ndim", True),
        ("len(part.u.shape) == 2", True), ("u.dtype.kind in 'iuf'", True),
        ("found.levels < found.needed", False), ("x.ndim == 2", False), ("u.shape[0]", False),
        ("u.is_categorical", False), ("np.arange(3, dtype=u.dtype)", False),
    ],
)  # fmt: skip
def test_the_check_knows_the_ways_to_ask(code, asks):
    assert bool(list(questions(ast.parse(code)))) == asks


def test_nobody_else_asks_an_array_what_kind_of_u_it_is():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {code}"
        for path in sorted(ROOT.rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(READERS)
        for line, code in questions(ast.parse(path.read_text()))
    ]
    assert not found
