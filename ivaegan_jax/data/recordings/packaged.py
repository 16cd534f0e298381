"""Recordings that other packages ship; read from their files, where they are installed.

Only seglearn is imported, as its file is a pickle, which nothing here opens.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ivaegan_jax.data.recordings.recording import Recording
from ivaegan_jax.data.tables.formats import read_table
from ivaegan_jax.data.tables.table import Table
from ivaegan_jax.types import InputError


def in_package(
    package: str, read: Callable[[Path, Sequence[str]], Table]
) -> Callable[[Sequence[str]], Table]:
    """What reads files of a package, given the folder where it is installed."""

    def found(wanted: Sequence[str]) -> Table:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise InputError(
                f"its data are in the package {package}, which is not here: pip install {package}"
            )
        try:
            return read(Path(spec.submodule_search_locations[0]), wanted)
        except (OSError, ValueError, KeyError) as error:
            if isinstance(error, InputError):
                raise
            what = f"{type(error).__name__}: {error}"
            raise InputError(f"this version of {package} has other data ({what})") from error

    return found


def watch(folder: Path, wanted: Sequence[str]) -> Table:
    """Sequences of seglearn, one after another, at 50 Hz."""
    data = importlib.import_module("seglearn.datasets").load_watch()
    lengths = [len(each) for each in data["X"]]
    by_row = {
        "sequence": np.arange(len(lengths)),
        "person": np.array([f"p{int(each):02d}" for each in data["subject"]]),
        "exercise": np.array([str(data["y_labels"][int(each)]) for each in data["y"]]),
        "arm": np.where(np.asarray(data["side"]) == 1, "right", "left"),
    }
    by_row["person_exercise"] = joined(by_row["person"], by_row["exercise"])
    by_row["exercise_arm"] = joined(by_row["exercise"], by_row["arm"])
    columns = dict(zip(("acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"),
                       np.concatenate(data["X"]).T, strict=True))  # fmt: skip
    return Table({**columns, **{n: np.repeat(each, lengths) for n, each in by_row.items()}})


def vowels(folder: Path, wanted: Sequence[str]) -> Table:
    """Utterances of aeon's two files, with the third of the utterance that a frame lies in."""
    whole = str(folder / "datasets/data/JapaneseVowels/JapaneseVowels_")
    found = [each for part in ("TRAIN", "TEST") for each in utterances(Path(f"{whole}{part}.ts"))]
    lengths = [x.shape[1] for x, _ in found]
    third = np.concatenate([np.arange(n) * 3 // n for n in lengths])
    speaker = np.repeat([f"speaker{name}" for _, name in found], lengths)
    columns = np.concatenate([x for x, _ in found], axis=1)
    return Table({
        **{f"cepstrum_{i + 1:02d}": each for i, each in enumerate(columns)},
        "utterance": np.repeat(np.arange(len(found)), lengths), "speaker": speaker, "third": third,
        "speaker_third": joined(speaker, third.astype(str)),
    })  # fmt: skip


def utterances(path: Path) -> list[tuple[np.ndarray, str]]:
    """Series `[dimensions, frames]` and their class, of a file of the format `ts`."""
    body = path.read_text().partition("@data\n")[2]
    lines = [line.split(":") for line in body.splitlines() if line.strip()]
    return [
        (np.array([[float(v) for v in s.split(",")] for s in series], np.float32), name.strip())
        for *series, name in lines
    ]


def cells(folder: Path, wanted: Sequence[str]) -> Table:
    """The AnnData of scanpy."""
    return read_table(folder / "datasets/10x_pbmc68k_reduced.h5ad", wanted)


def returns(folder: Path, wanted: Sequence[str]) -> Table:
    """Daily logarithmic returns, in per cent, of skfolio's index and factors, on shared days."""
    index, factors = (
        read_table(folder / f"datasets/data/{name}.csv.gz").arrays
        for name in ("sp500_index", "factors_dataset")
    )
    first, second = (each["Date"].astype(str) for each in (index, factors))
    days = np.intersect1d(first, second)
    prices = {n: each[np.isin(first, days)] for n, each in index.items() if n != "Date"}
    prices |= {n: each[np.isin(second, days)] for n, each in factors.items() if n != "Date"}
    change = {name: 100 * np.diff(np.log(each)) for name, each in prices.items()}
    quarter = [f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" for day in days[1:].tolist()]
    return Table({**change, "date": days[1:], "quarter": np.array(quarter)})


def joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two names as one."""
    return np.char.add(np.char.add(first, "_"), second)


PACKAGED: Mapping[str, Recording] = {
    "seglearn_watch": Recording(
        "Acceleration and turning rate of a wrist at 50 Hz, twenty people and seven shoulder "
        "exercises",
        "What is left of an exercise when whole sequences are held out?",
        {"x": "acc_*,gyr_*", "u": "exercise_arm", "groups": "sequence"},
        "BSD 3-clause, in the package seglearn",
        "D. Burns et al., Physiological Measurement 39:075007, 2018",
        in_package("seglearn", watch),
    ),
    "aeon_vowels": Recording(
        "Cepstra of the Japanese vowels /ae/, 640 utterances of nine speakers",
        "Which directions of the cepstrum tell speakers apart, utterance by utterance?",
        {"x": "cepstrum_*", "u": "speaker_third", "groups": "utterance"},
        "CC BY 4.0, in the package aeon",
        "M. Kudo, J. Toyama, M. Shimbo, Pattern Recognition Letters 20:1103, 1999, UCI Machine "
        "Learning Repository",
        in_package("aeon", vowels),
    ),
    "scanpy_pbmc68k": Recording(
        "Expression of 765 genes in 700 blood cells of ten kinds, scaled",
        "Do ten kinds of cells identify programs of genes?",
        {"u": "bulk_labels"},
        "in the package scanpy",
        "G. Zheng et al., Nature Communications 8:14049, 2017",
        in_package("scanpy", cells),
    ),
    "skfolio_returns": Recording(
        "Daily returns of the S&P 500 and five factor funds, 2014 to 2022, in per cent",
        "Which shocks move a market whose variance changes from quarter to quarter?",
        {"x": "SP500,MTUM,QUAL,SIZE,USMV,VLUE", "u": "quarter"},
        "in the package skfolio, for examples alone",
        "skfolio, skfolio.org",
        in_package("skfolio", returns),
    ),
}
"""By name; in `data.DATASETS` too."""
