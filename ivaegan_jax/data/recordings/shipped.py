"""Recordings by name: each is a table file with columns that are chosen where nobody names others.

`NOTICES.md` beside the files says what was taken from where, under which licence.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ivaegan_jax.data.tables.load import load_table
from ivaegan_jax.types import Dataset, InputError

FOLDER = Path(__file__).parent


class Recording(NamedTuple):
    """A recording that comes with the package.

    Attributes:
      about: what was measured.
      question: what one would like to know of it.
      columns: which columns are x, u, groups and time where nobody names others, as `load_table`
        takes them.
      licence: of the data.
      citation: of those who recorded them.
    """

    about: str
    question: str
    columns: Mapping[str, str]
    licence: str
    citation: str

    @property
    def credit(self) -> str:
        """One sentence that programs print: what it is, under which licence, whom to cite."""
        return f"{self.about} ({self.licence}; cite {self.citation})."


MIT_NELPY = "MIT, copyright 2017 nelpy"
NELPY = "github.com/nelpy/example-data"

RECORDINGS: Mapping[str, Recording] = {
    "emg": Recording(
        "Surface EMG of the forearm, eight electrodes of an armband at 100 Hz, five people and "
        "eight gestures",
        "Which muscle groups drive a gesture, and are they the same in all people?",
        {"x": "electrode_*", "u": "person_gesture", "groups": "hold"},
        "MIT, copyright 2021 Aljaž",
        "A. Frančič, myo-readings-dataset, github.com/aljazfrancic/myo-readings-dataset, 2021",
    ),
    "smartwatch": Recording(
        "Acceleration and turning rate of a wrist at 16.7 Hz, ten people and seven shoulder "
        "exercises",
        "What is left of an exercise when rows that resemble their neighbours are held out in "
        "whole sequences?",
        {"x": "acc_*,gyr_*", "u": "person_exercise", "groups": "sequence"},
        "BSD 3-clause, copyright 2018 David M. Burns",
        "D. Burns et al., Physiological Measurement 39:075007, 2018, and package seglearn 1.2.5",
    ),
    "vowels": Recording(
        "Cepstra of the Japanese vowels /ae/, 640 utterances of nine speakers",
        "Which directions of the cepstrum tell speakers apart, utterance by utterance?",
        {"x": "cepstrum_*", "u": "speaker_third", "groups": "utterance"},
        "CC BY 4.0",
        "M. Kudo, J. Toyama, M. Shimbo, Pattern Recognition Letters 20:1103, 1999, UCI Machine "
        "Learning Repository, doi.org/10.24432/C5NS47",
    ),
    "place_cells": Recording(
        "Spike counts of 17 cells of a rat's hippocampus (CA1) in bins of 100 ms on a linear track",
        "Which latents follow the place on a lap, there and back?",
        {"x": "cell_*", "u": "lap:circular(1)", "groups": "run", "time": "time"},
        MIT_NELPY,
        NELPY,
    ),
    "place_cells_maze": Recording(
        "Spike counts of 16 cells of a rat's hippocampus (CA1) in bins of 100 ms in a W-maze",
        "Which latents follow the place in two dimensions?",
        {"x": "cell_*", "u": "position_x,position_y", "groups": "run", "time": "time"},
        MIT_NELPY,
        NELPY,
    ),
    "flow_cytometry": Recording(
        "Scatter and fluorescence of single bacteria at ten doses of an inducer, on a log scale",
        "Do ten levels that move one channel identify anything? (No.)",
        {"x": "FSC,SSC,FL1,FL2,FL3", "u": "dose"},
        "MIT, copyright 2015 J. Sexton, B. Landry, S. Castillo-Hair",
        "S. Castillo-Hair et al., ACS Synthetic Biology 5:774, 2016, and package FlowCal",
    ),
}


def load_recording(
    name: str, new_rows_of: int | Sequence[str] | None = None, **columns: Any
) -> Dataset:
    """Loads a recording that comes with the package.

    Args:
      name: a key of `RECORDINGS`.
      new_rows_of: rows for a model instead of rows to train on, see `load_table`.
      **columns: other columns than its own, and which rows, as `load_table` takes them.

    Raises:
      InputError: for columns that there are not.
    """
    recording = RECORDINGS[name]
    try:
        table = load_table(FOLDER / f"{name}.npz", new_rows_of, **{**recording.columns, **columns})
    except InputError as error:
        raise InputError(str(error).replace(f"{FOLDER / name}.npz", name)) from None
    return dataclasses.replace(table, name=name, credit=recording.credit)
