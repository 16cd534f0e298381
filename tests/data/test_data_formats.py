"""Files of every format give the same table to the last bit, and latents come back in theirs."""

import gzip
import importlib.util

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from ivaegan_jax import IVAEGAN
from ivaegan_jax.data import (
    DataConfig,
    Latents,
    as_dataset,
    ending_of,
    load_table,
    prepare,
    write_latents,
)
from ivaegan_jax.data.tables.formats import endings
from ivaegan_jax.types import InputError, Kind

RNG = np.random.default_rng(0)
ROWS, COLUMNS = 10_000, 60
NAMES = tuple(f"neuron_{i}" for i in range(COLUMNS))
X = RNG.normal(size=(ROWS, COLUMNS)) * (RNG.uniform(size=(ROWS, COLUMNS)) > 0.5) + 0.0
SIDE = np.array(["left", "right", "up"])[np.arange(ROWS) % 3]
ANGLE = RNG.uniform(0, 360, ROWS)
TRIAL = np.arange(ROWS) // 100
CHOICE = {"x": "neuron_*", "u": "side,angle:circular", "groups": "trial"}


def frame(rows=ROWS):
    columns = dict(zip(NAMES, X[:rows].T, strict=True))
    beside = {"side": SIDE[:rows], "angle": ANGLE[:rows], "trial": TRIAL[:rows]}
    return pd.DataFrame(beside | columns)


def as_mat(path):
    from scipy.io import savemat

    cells = np.array([[side] for side in SIDE], object)
    savemat(path, {"neurons": X, "side": cells, "angle": ANGLE, "trial": TRIAL[None]})


def as_hdf5(path):
    with pytest.importorskip("h5py").File(path, "w") as file:
        file["neurons"], file["session/angle"], file["trial"] = X, ANGLE, TRIAL
        file["side"] = SIDE.astype(object)


def as_h5ad(path):
    anndata = pytest.importorskip("anndata")

    obs = frame()[["side", "angle", "trial"]].astype({"side": "category"})
    obs.index = obs.index.astype(str)
    var = pd.DataFrame(index=list(NAMES))
    anndata.AnnData(sparse.csr_matrix(X), obs=obs, var=var).write_h5ad(path)


def as_npz(path):
    np.savez(path, neurons=X, side=SIDE, angle=ANGLE, trial=TRIAL)


ARRAYS = CHOICE | {"x": "neurons"}
WRITERS = {
    "t.csv": (lambda path: frame().to_csv(path, index=False), CHOICE),
    "t.tsv.gz": (lambda path: frame().to_csv(path, index=False, sep="\t"), CHOICE),
    "t.parquet": (lambda path: frame().to_parquet(path), CHOICE),
    "t.npz": (as_npz, ARRAYS),
    "t.mat": (as_mat, ARRAYS),
    "t.h5": (as_hdf5, ARRAYS | {"u": "side,session/angle:circular"}),
    "t.h5ad": (as_h5ad, CHOICE),
}


@pytest.fixture(scope="module")
def expected():
    return as_dataset(frame(), ["side", "angle:circular"], groups="trial", columns="neuron_*")


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_the_same_table_to_the_bit(tmp_path, expected, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    write, choice = WRITERS[name]
    write(tmp_path / name)
    found = load_table(tmp_path / name, **choice)
    assert_array_equal(found.x, X)
    assert found.x.dtype == np.float64
    assert_array_equal(found.groups, TRIAL)
    assert_array_equal(found.u.values, expected.u.values)
    assert [each.kind for each in found.u.columns] == [Kind.CATEGORICAL, Kind.CIRCULAR]
    assert found.columns in (NAMES, ())
    ours, theirs = (prepare([t], (1,), DataConfig(), 64) for t in (found, expected))
    assert_array_equal(ours.train.x, theirs.train.x)
    assert_array_equal(ours.train.u, theirs.train.u)
    assert ours.sha256 == theirs.sha256


def latents_of(x, u, groups, **kinds):
    """Latents of all rows, by a small model that trains for a moment."""
    small = {"model.width": 8, "model.depth": 2, "model.critic_width": 8, "model.critic_depth": 2}
    config = small | {"train.batch": 64, "train.chunk": 5, "train.unmix": False}
    model = IVAEGAN(2, n_seeds=2, steps=10, config=config, controls="none", verbose=False, **kinds)
    return model.fit(x, u, groups=groups).transform(x)


@pytest.mark.slow
def test_latents_are_the_same_to_the_bit_whatever_the_table_is_read_from(tmp_path):
    u = {"side": "categorical", "angle": "circular"}
    first = latents_of(frame()[[*NAMES]], frame()[[*u]], TRIAL, u_kinds=u)
    found = {"sparse": latents_of(sparse.csr_matrix(X), frame()[[*u]], TRIAL, u_kinds=u)}
    for name in ("t.csv", "t.parquet", "t.mat", "t.h5ad"):
        write, choice = WRITERS[name]
        if name != "t.h5ad" or importlib.util.find_spec("anndata"):
            write(tmp_path / name)
            table = load_table(tmp_path / name, **choice)
            found[name] = latents_of(table.x, table.u, table.groups)
    for name, latents in found.items():
        assert_array_equal(latents, first, err_msg=name)


def test_a_sheet_of_excel_is_a_table(tmp_path):
    pytest.importorskip("openpyxl")
    frame(50).to_excel(tmp_path / "t.xlsx", index=False)
    found = load_table(tmp_path / "t.xlsx", **CHOICE)
    np.testing.assert_allclose(found.x, X[:50], rtol=1e-12)
    assert found.u.names == ("side", "angle")


def test_matlab_files_of_version_7_3_have_rows_where_matlab_has_them(tmp_path):
    with pytest.importorskip("h5py").File(tmp_path / "t.mat", "w") as file:
        for name, each in {"x": X[:20], "u": TRIAL[:20, None] + np.arange(20)[:, None]}.items():
            file[name] = each.T
            file[name].attrs["MATLAB_class"] = np.bytes_("double")
    found = load_table(tmp_path / "t.mat")
    assert_array_equal(found.x, X[:20])


LINES = "neuron_1,neuron_2,side\n1.5,2,a\n2.5,3,b\n3.5,5,a\n"
TEXTS = {
    "plain": LINES,
    "semicolons": LINES.replace(",", ";"),
    "decimal commas": LINES.replace(",", ";").replace(".", ","),
    "tabs": LINES.replace(",", "\t"),
    "single blanks": LINES.replace(",", " "),
    "byte order mark": "\ufeff" + LINES,
    "blanks": LINES.replace(",", ", "),
    "windows": LINES.replace("\n", "\r\n"),
    "row numbers": "".join(f"{i or ''},{line}\n" for i, line in enumerate(LINES.splitlines())),
    "names of rows": "".join(f"{'r,' * bool(i)}{line}\n" for i, line in enumerate(LINES.split())),
    "quoted": LINES.replace("a\n", '"a"\n'),
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_read_however_it_was_written(tmp_path, text):
    (tmp_path / "t.csv").write_text(TEXTS[text], encoding="utf-8")
    found = load_table(tmp_path / "t.csv", u="side")
    assert found.x.tolist() == [[1.5, 2], [2.5, 3], [3.5, 5]]
    assert found.columns == ("neuron_1", "neuron_2")
    assert found.u.own().tolist() == ["a", "b", "a"]
    assert "x is all 2 columns of numbers" in found.notes[0]
    assert ("row numbers" in found.notes[0]) == (text == "row numbers")


FAULTS = {
    "no header": ("1,2,3\n4,5,6\n", "first line holds numbers (1,2,3), not names"),
    "a name twice": ("a,b,a\n1,2,3\n", "more than one column 'a'"),
    "empty": ("", "it is empty"),
    "ragged": (LINES + "1,2,a,9\n", "lines have different numbers of columns"),
    "mixed": (LINES + "oops,3,a\n1.5,2,b\n", "'neuron_1' holds 1 values that are no numbers, such "
              "as 'oops' in row 3"),
    "missing": (LINES + ",3,a\n", "x has NaN, inf or numbers beyond float32: 1 of them, first in "
                "row 3"),
    "thousands": ('a,side\n"1,200",a\n"2,500.5",b\n', "2 values that are no numbers, such as "
                  "'1,200'"),
    "only text": ("side,name\na,b\nb,c\n", "which columns are x?"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_text_gives_one_clear_line(tmp_path, fault):
    text, message = FAULTS[fault]
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        load_table(tmp_path / "t.csv", u="side" if "side" in text else "a")
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 't.csv'}: ")
    assert "\n" not in str(caught.value)


def test_dates_as_text_are_times_and_quantities(tmp_path):
    when = pd.date_range("2026-01-01", periods=120, freq="min", tz="UTC")
    for text in (when.astype(str), when.strftime("%Y-%m-%dT%H:%M:%SZ")):
        frame(120).assign(when=text).to_csv(tmp_path / "t.csv", index=False)
        cut = load_table(tmp_path / "t.csv", x="neuron_*", u="when:segment(1h)")
        assert_array_equal(cut.u.codes, np.arange(120) // 60)
        given = load_table(tmp_path / "t.csv", x="neuron_*", u="segment(30min)", time="when")
        assert_array_equal(given.u.codes, np.arange(120) // 30)
        assert_array_equal(np.diff(given.time), 60e6)
        alone = load_table(tmp_path / "t.csv", x="neuron_*", u="when")
        assert_array_equal(np.diff(alone.u.values[:, 0]), np.full(119, 60.0))
    days = pd.Series(when[:3].strftime("%Y-%m-%d"))[np.arange(120) % 1].to_numpy()
    assert as_dataset(X[:120], np.where(np.arange(120) < 60, days, "2026-02-01")).u.is_categorical


def test_a_file_of_an_unknown_ending_names_the_known_ones(tmp_path):
    (tmp_path / "t.xyz").write_text(LINES)
    with pytest.raises(InputError, match=r"formats that are read \(\.npz, \.csv, "):
        load_table(tmp_path / "t.xyz", u="side")


def test_a_column_called_x_is_one_of_several(tmp_path):
    (tmp_path / "t.csv").write_text("x,y,z,u\n1,2,3,a\n2,2,4,b\n3,5,5,a\n")
    assert load_table(tmp_path / "t.csv").columns == ("x", "y", "z")


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({}, "which columns are u?"),
        ({"u": "sde"}, "u: 'sde' is no column; did you mean 'side'?"),
        ({"u": "side:circle"}, "'circle' in 'side:circle' is no kind; did you mean circular?"),
        ({"u": "side:circular"}, "side holds text, which is no quantity"),
        ({"u": "side", "x": "neurons_*"}, "x: 'neurons_*' is no column"),
        ({"u": "side", "x": "neuron_1,side"}, "column 'side' holds 3 values that are no numbers"),
        ({"u": "side", "groups": "trial"}, "groups: 'trial' is no column"),
        ({"u": "side", "x": "!neuron_*"}, "which columns are x?"),
    ],
)  # fmt: skip
def test_names_that_cannot_be_meant_give_one_clear_line(tmp_path, choice, message):
    (tmp_path / "t.csv").write_text(LINES)
    with pytest.raises(InputError) as caught:
        load_table(tmp_path / "t.csv", **choice)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", [f"t{ending}" for ending in endings()])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02 no table", b"PK\x03\x04 cut"])
def test_damaged_files_give_one_clear_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_table(tmp_path / name, x="a", u="b")
    assert "\n" not in str(caught.value)


def test_a_format_whose_library_is_missing_names_the_extra(tmp_path, monkeypatch):
    from ivaegan_jax.data.tables import formats

    (tmp_path / "t.parquet").write_bytes(b"")
    monkeypatch.setattr(formats.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"need pyarrow: pip install 'ivaegan_jax\[io\]'"):
        load_table(tmp_path / "t.parquet", u="b")


def test_new_rows_of_a_file_are_taken_by_name(tmp_path):
    frame(30)[["trial", *NAMES[::-1]]].to_csv(tmp_path / "new.csv", index=False)
    found = load_table(tmp_path / "new.csv", NAMES, **CHOICE)
    assert_array_equal(found.x, X[:30])
    assert found.u.is_absent
    assert_array_equal(found.side["trial"], TRIAL[:30])


@pytest.fixture
def latents():
    z = RNG.normal(size=(2, 5, 3))
    about = {"seeds": np.array([4, 9]), "chosen": np.array(9), "split": np.array("random")}
    return Latents(z, np.abs(z), 1, {"side": SIDE[:5], "trial": TRIAL[:5]}, about)


@pytest.mark.parametrize("ending", [".csv", ".tsv.gz", ".parquet", ".xlsx"])
def test_latents_are_columns_beside_those_of_the_table(tmp_path, latents, ending):
    path = tmp_path / f"z{ending}"
    for library in ("pyarrow", "openpyxl"):
        pytest.importorskip(library)
    write_latents(path, latents)
    if "sv" in ending:
        text = gzip.decompress(path.read_bytes()) if ending.endswith("gz") else path.read_bytes()
        assert text.splitlines()[0].replace(b"\t", b",").startswith(b"side,trial,z1,z2,z3,z1_std")
    found = load_table(path, x="z?", u="side")
    np.testing.assert_allclose(found.x, latents.z[1], rtol=1e-12)
    assert found.u.own().tolist() == SIDE[:5].tolist()
    with pytest.raises(InputError, match="give --seed"):
        write_latents(tmp_path / f"none{ending}", latents._replace(index=None))
    assert len(list(tmp_path.iterdir())) == 1, "nothing half-written"


@pytest.mark.parametrize("ending", [".npz", ".h5", ".mat"])
def test_latents_of_all_seeds_are_arrays(tmp_path, latents, ending):
    if ending == ".h5":
        pytest.importorskip("h5py")
    path = tmp_path / f"z{ending}"
    write_latents(path, latents)
    if ending == ".npz":
        found = dict(np.load(path))
    elif ending == ".mat":
        from scipy.io import loadmat

        found = loadmat(path)
    else:
        import h5py

        with h5py.File(path) as file:
            found = {name: each[()] for name, each in file.items()}
    assert_array_equal(found["z"], latents.z)
    assert np.ravel(found["seeds"]).tolist() == [4, 9]


def test_latents_go_into_the_anndata_that_rows_came_from(tmp_path, latents):
    anndata = pytest.importorskip("anndata")
    as_h5ad(tmp_path / "t.h5ad")
    z = RNG.normal(size=(1, ROWS, 2))
    ours = Latents(z, z, 0, {}, {}, tmp_path / "t.h5ad")
    write_latents(tmp_path / "z.h5ad", ours)
    found = anndata.read_h5ad(tmp_path / "z.h5ad")
    assert_array_equal(found.obsm["X_ivaegan"], z[0])
    assert list(found.var_names) == list(NAMES)
    write_latents(tmp_path / "new.h5ad", latents)
    assert list(anndata.read_h5ad(tmp_path / "new.h5ad").obs["trial"]) == TRIAL[:5].tolist()


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.CSV", ".csv"), ("a.csv.gz", ".csv.gz"), ("a.gz", ""), ("a", ""), ("a.h5ad", ".h5ad")],
)
def test_the_ending_names_the_format(tmp_path, name, ending):
    assert ending_of(tmp_path / name) == ending
