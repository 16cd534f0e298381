"""Tables that are read in blocks: the same rows from memory and from any file."""

import h5py
import numpy as np
import pandas as pd
import pytest

from ivaegan_jax.data import Blocks, bounded, fit_preprocessing, left_to_train, load_table
from ivaegan_jax.data.splits.how import parse_split
from ivaegan_jax.data.streams.files import Npy, Parquet
from ivaegan_jax.data.streams.load import stored_bytes, stream_table
from ivaegan_jax.data.streams.readers import InMemory, SomeRows, passes, taken
from ivaegan_jax.data.streams.sample import OF_LEVEL, drawn_rows, survey
from ivaegan_jax.types import Auxiliary, InputError, Whole

ROWS, COLUMNS = 3000, 4
RNG = np.random.default_rng(0)
X = RNG.standard_normal((ROWS, COLUMNS)).astype(np.float32)
U = np.repeat(np.arange(6), ROWS // 6)


def write(path, x=X, u=U):
    """The table in the format that the path ends in."""
    if path.suffix == ".npz":
        np.savez(path, x=x, u=u)
    elif path.suffix == ".npy":
        np.save(path, x)
        np.save(path.with_name("u.npy"), u)
    elif path.suffix == ".h5":
        with h5py.File(path, "w") as file:
            file.create_dataset("x", data=x, chunks=(100, COLUMNS), compression="gzip")
            file["u"] = u
    else:
        columns = {f"x{i}": each for i, each in enumerate(x.T)} | {"u": u}
        pd.DataFrame(columns).to_parquet(path, row_group_size=250)
    return path


FORMATS = ("x.npy", "x.h5", "x.parquet")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_read_in_blocks_as_it_is_read_whole(tmp_path, name):
    path = write(tmp_path / name)
    whole, streamed = load_table(path), stream_table(path)
    np.testing.assert_array_equal(streamed.x, whole.x)
    assert streamed.x.dtype == whole.x.dtype
    assert streamed.columns == whole.columns
    assert streamed.notes == whole.notes
    assert streamed.u.levels.tolist() == whole.u.levels.tolist()
    np.testing.assert_array_equal(streamed.u.codes, whole.u.codes)
    assert streamed.whole.sha256 == bounded(whole).whole.sha256
    assert stored_bytes(path) >= X.nbytes


@pytest.mark.parametrize("name", FORMATS)
def test_blocks_are_the_same_from_memory_and_from_the_disk(tmp_path, name):
    on_disk = stream_table(write(tmp_path / name)).whole
    in_memory = InMemory(X)
    in_memory.unit = on_disk.x.unit
    whole = Whole(in_memory, on_disk.u, None, {}, on_disk.drawn, "")
    free = RNG.random(ROWS) < 0.8
    fitted = fit_preprocessing(stream_table(tmp_path / name), np.arange(ROWS))
    both = [Blocks(each, free, 700, 5) for each in (on_disk, whole)]
    for number in (0, 3, 7, 40):
        one, other = (each.read(number, fitted) for each in both)
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.u, other.u)
        np.testing.assert_array_equal(one.x, fitted.transform_x(X[both[0].numbers(number)]))


@pytest.mark.parametrize("unit", [1, 7, 250, 5000])
def test_a_pass_has_every_free_row_once_and_blocks_follow_from_their_number(unit):
    reader = InMemory(X)
    reader.unit = unit
    free = RNG.random(ROWS) < 0.7
    whole = Whole(reader, Auxiliary.of(U), None, {}, np.arange(ROWS), "")
    blocks = Blocks(whole, free, 300, 1)
    first = [blocks.numbers(i) for i in range(blocks.in_a_pass)]
    together = np.concatenate(first)
    assert len(np.unique(together)) == len(together) == 300 * (free.sum() // 300)
    assert free[together].all()
    again = Blocks(whole, free, 300, 1)
    np.testing.assert_array_equal(
        again.numbers(blocks.in_a_pass + 1), blocks.numbers(len(first) + 1)
    )
    if unit < 1000:  # otherwise all rows are one stretch
        assert not np.array_equal(blocks.numbers(0), blocks.numbers(blocks.in_a_pass))
        assert not np.array_equal(blocks.numbers(0), Blocks(whole, free, 300, 2).numbers(0))


def test_fewer_rows_than_a_block_are_one_block():
    whole = Whole(InMemory(X), Auxiliary.of(U), None, {}, np.arange(ROWS), "")
    blocks = Blocks(whole, np.arange(ROWS) < 50, 1000, 1)
    assert blocks.numbers(9).tolist() == list(range(50))


def test_rows_far_apart_are_read_alone_and_some_rows_of_some_rows():
    reader = InMemory(X)
    reader.unit = 5
    rows = np.array([0, 3, 4, 400, 402, 2999])
    np.testing.assert_array_equal(taken(reader, rows), X[rows])
    some = SomeRows(reader, np.arange(0, ROWS, 3))
    np.testing.assert_array_equal(some.read(2, 9), X[6:27:3])
    np.testing.assert_array_equal(np.concatenate([x for _, x in passes(some)]), X[::3])


@pytest.mark.parametrize("x", [X, np.asfortranarray(X), X.astype(">f8"), X > 0])
def test_rows_of_an_npy_file_are_those_of_the_array_however_it_lies(tmp_path, x):
    np.save(tmp_path / "x.npy", x)
    reader = Npy(tmp_path / "x.npy")
    for start, stop in ((0, 1), (17, 400), (2900, ROWS)):
        np.testing.assert_array_equal(reader.read(start, stop), x[start:stop])
        assert reader.read(start, stop).dtype == reader.dtype
    assert reader.dtype.isnative


def test_row_groups_of_unlike_sizes(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"a": np.arange(30), "b": np.arange(30.0)})
    with pq.ParquetWriter(tmp_path / "t.parquet", table.schema) as writer:
        for start, stop in ((0, 7), (7, 8), (8, 30)):
            writer.write_table(table.slice(start, stop - start))
    reader = Parquet(tmp_path / "t.parquet", ["a", "b"])
    assert (reader.unit, reader.dtype) == (22, np.float64)
    for start, stop in ((0, 30), (3, 9), (7, 8), (29, 30)):
        own = np.arange(start, stop, dtype=float)
        np.testing.assert_array_equal(reader.read(start, stop), np.stack([own, own], axis=1))


def test_the_draw_has_rows_of_every_level_and_stretches_of_neighbours():
    codes = np.sort(RNG.permutation(np.r_[np.zeros(9000, int), RNG.integers(1, 40, 1000)]))
    codes = np.r_[codes, 40, 40]  # a level of two rows
    rows = drawn_rows(Auxiliary.of(codes), 500)
    counts, of_all = np.bincount(codes[rows]), np.bincount(codes)
    assert (counts >= np.minimum(OF_LEVEL, of_all)).all()
    assert (np.diff(rows) > 0).all()
    assert len(rows) < 500 + 41 * (OF_LEVEL + 1)
    assert drawn_rows(Auxiliary.of(codes[:500]), 500).tolist() == list(range(500))
    continuous = drawn_rows(Auxiliary.continuous(RNG.normal(size=10_000)), 1000)
    assert len(continuous) == 1000
    assert (np.diff(continuous) == 1).sum() == 800  # 200 stretches of five rows


def whole_with(side, rows=100):
    return Whole(
        InMemory(np.zeros((rows, 1))), Auxiliary.absent(rows), None, side, np.arange(rows), ""
    )


def test_rows_beside_what_is_held_out_are_not_trained_on():
    held = np.array([10, 50])
    free = left_to_train(whole_with({}), held, parse_split("random"))
    assert np.flatnonzero(~free).tolist() == [10, 50]
    groups = np.repeat([f"s{i}" for i in range(10)], 10)
    free = left_to_train(whole_with({"who": groups}), held, parse_split("group:who"))
    assert np.flatnonzero(~free).tolist() == [*range(10, 20), *range(50, 60)]
    free = left_to_train(whole_with({}), held, parse_split("blocks:5,gap:2"))
    assert np.flatnonzero(~free).tolist() == [*range(8, 13), *range(48, 53)]
    backwards = {"time": np.arange(100)[::-1] * 0.1, "who": groups}
    free = left_to_train(whole_with(backwards), held, parse_split("blocks:5,gap:2,group:who"))
    assert np.flatnonzero(~free).tolist() == [10, 11, 12, 50, 51, 52]


@pytest.mark.parametrize("name", [*FORMATS, "x.npz"])
def test_rows_without_a_u_and_rows_that_were_not_asked_for_are_left_out(tmp_path, name):
    u = U.astype(float)
    u[[5, 700]] = np.nan
    path = write(tmp_path / name, u=u)
    found = stream_table(path, rows="u!=3")
    plain = load_table(path, rows="u!=3")
    np.testing.assert_array_equal(found.x, plain.x)
    np.testing.assert_array_equal(found.u.own(), plain.u.own())
    assert found.notes == plain.notes
    assert found.whole.x.shape == plain.x.shape
    np.testing.assert_array_equal(taken(found.whole.x, np.arange(len(plain.x))), plain.x)


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_row_is_named_by_its_number_in_the_file(tmp_path, name):
    x, u = X.copy(), U.astype(float)
    x[2017, 2], u[4] = np.nan, np.nan
    column = "x2" if name.endswith("parquet") else "2"
    path = write(tmp_path / name, x=x, u=u)
    with pytest.raises(InputError, match=rf"{name}: x has NaN.* row 2,?017.*{column}"):
        stream_table(path)


def test_the_survey_names_the_row_whatever_the_part_it_is_read_in(monkeypatch):
    x = X.copy()
    x[2500, 1] = np.inf
    monkeypatch.setattr("ivaegan_jax.data.streams.readers.BYTES_AT_ONCE", 1000)
    reader = InMemory(x)
    reader.unit = 10
    with pytest.raises(InputError, match=r"row 5,000 .*column b"):
        survey(reader, ("a", "b", "c", "d"), np.arange(ROWS) * 2)
    assert survey(InMemory(X)) == survey(InMemory(X.copy()))
    assert survey(InMemory(X)) != survey(InMemory(X[::-1]))


def test_whole_numbers_with_a_missing_one_are_refused_by_row(tmp_path):
    frame = pd.DataFrame({"a": pd.array([*range(40), None, 5], "Int64"), "u": [0, 1] * 21})
    frame["b"] = frame["a"].fillna(0)
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=10)
    with pytest.raises(InputError, match=r"x lacks a value, first in row 40 .*column a"):
        stream_table(tmp_path / "t.parquet", x="a,b")


def test_other_files_are_read_whole_and_errors_are_theirs(tmp_path):
    assert stored_bytes(write(tmp_path / "x.npz")) == 0
    assert stream_table(tmp_path / "x.npz").whole.x.shape == X.shape
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(InputError, match=r"bad.parquet: no readable Parquet file"):
        stream_table(tmp_path / "bad.parquet")
    assert stored_bytes(tmp_path / "bad.parquet") == 0
    np.save(tmp_path / "alone.npy", X)
    with pytest.raises(InputError, match="u"):
        stream_table(tmp_path / "alone.npy")
    with pytest.raises(InputError, match=r"lag\(\) takes all of x"):
        stream_table(write(tmp_path / "y.h5"), u=":lag(1)")


@pytest.mark.parametrize("name", ["groups", "time"])
@pytest.mark.parametrize("ending", ["h5", "npy"])
def test_groups_and_times_of_other_rows_are_refused(tmp_path, name, ending):
    arrays = {"x": np.random.default_rng(0).normal(size=(60, 3)), "u": np.arange(60) % 3}
    arrays[name] = np.arange(7)
    if ending == "h5":
        with h5py.File(tmp_path / "x.h5", "w") as file:
            file.update(arrays)
    else:
        for each, array in arrays.items():
            np.save(tmp_path / f"{each}.npy", array)
    with pytest.raises(InputError, match=rf"{name} has shape \(7,\) and x 60 rows"):
        stream_table(tmp_path / f"x.{ending}")


def test_a_column_called_s_is_x_in_blocks_as_in_memory(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 3)), columns=["a", "s", "b"]).assign(
        u=np.arange(60) % 3
    )
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=20)
    found = stream_table(tmp_path / "t.parquet", u="u")
    assert found.columns == load_table(tmp_path / "t.parquet", u="u").columns == ("a", "s", "b")
    assert found.s is None
    named = stream_table(tmp_path / "t.parquet", u="u", s="s")
    assert named.columns == ("a", "b")
    np.testing.assert_allclose(named.s[:, 0], frame["s"], rtol=1e-6)
