"""Recordings that other packages ship, from small files in the format of each."""

import gzip
import sys

import numpy as np
import pytest

from ivaegan_jax.data import DATASETS, PACKAGED, load_dataset
from ivaegan_jax.types import InputError

WATCH = """
import numpy as np


def load_watch():
    rng = np.random.default_rng(0)
    return {
        "X": [rng.normal(size=(n, 6)) for n in (30, 20, 40)], "y": np.array([0, 1, 0]),
        "side": np.array([1, 0, 1]), "subject": np.array([1, 2, 2]),
        "y_labels": ["PEN", "ABD"],
    }
"""
SERIES = "@dimensions 2\n@data\n1.5,2,3:4,5,6:1\n7,8,9,10:1,2,3,4:2\n"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Folders that look like the installed packages."""
    for name in ("seglearn", "aeon", "skfolio", "scanpy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delitem(sys.modules, "seglearn.datasets", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "seglearn/datasets.py").write_text(WATCH)
    vowels = tmp_path / "aeon/datasets/data/JapaneseVowels"
    vowels.mkdir(parents=True)
    for part in ("TRAIN", "TEST"):
        (vowels / f"JapaneseVowels_{part}.ts").write_text(SERIES)
    prices = tmp_path / "skfolio/datasets/data"
    prices.mkdir(parents=True)
    days = [f"2020-0{month}-{day:02d}" for month in (3, 4) for day in (1, 2, 3)]
    factors = ["MTUM", "QUAL", "SIZE", "USMV", "VLUE"]
    for name, columns in (("sp500_index", ["SP500"]), ("factors_dataset", factors)):
        own = days if name == "sp500_index" else days[1:]
        lines = [f"{day}," + ",".join(str(2.0**i) for _ in columns) for i, day in enumerate(own)]
        with gzip.open(prices / f"{name}.csv.gz", "wt") as file:
            file.write("\n".join(["Date," + ",".join(columns), *lines]) + "\n")
    return tmp_path


def test_sequences_of_seglearn(packages):
    data = load_dataset("seglearn_watch")
    assert data.x.shape == (90, 6)
    assert data.u.levels.tolist() == ["ABD_left", "PEN_right"]
    assert np.bincount(data.groups).tolist() == [30, 20, 40]
    assert data.side["person_exercise"][[0, 30, 50]].tolist() == ["p01_PEN", "p02_ABD", "p02_PEN"]
    assert data.credit == PACKAGED["seglearn_watch"].credit


def test_utterances_of_aeon(packages):
    # the shipped excerpt has all twelve columns, this file two
    data = load_dataset("aeon_vowels")
    np.testing.assert_allclose(data.x[:3], [[1.5, 4], [2, 5], [3, 6]])
    assert data.side["utterance"].tolist() == [0] * 3 + [1] * 4 + [2] * 3 + [3] * 4
    assert data.u.own()[:7].tolist() == [
        "speaker1_0", "speaker1_1", "speaker1_2",
        "speaker2_0", "speaker2_0", "speaker2_1", "speaker2_2",
    ]  # fmt: skip


def test_returns_of_skfolio_are_of_shared_days(packages):
    data = load_dataset("skfolio_returns")
    np.testing.assert_allclose(data.x, 100 * np.log(2), rtol=1e-6)
    assert data.columns == ("SP500", "MTUM", "QUAL", "SIZE", "USMV", "VLUE")
    assert data.side["quarter"].tolist() == ["2020Q1"] + ["2020Q2"] * 3


def test_other_data_in_a_package_are_one_line(packages):
    with pytest.raises(InputError, match=r"^scanpy_pbmc68k: no such file"):
        load_dataset("scanpy_pbmc68k")
    (packages / "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TEST.ts").unlink()
    with pytest.raises(InputError, match=r"^aeon_vowels: this version of aeon has other data"):
        load_dataset("aeon_vowels")


@pytest.mark.parametrize("name", PACKAGED)
def test_a_package_that_is_not_here_is_named_with_what_to_do(name, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda package: None)
    with pytest.raises(
        InputError, match=rf"^{name}: .*, which is not here: pip install "
    ) as caught:
        load_dataset(name)
    assert "\n" not in str(caught.value)
    assert DATASETS[name].is_table
