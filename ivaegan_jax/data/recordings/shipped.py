"""Recordings that come with the package, each a table file; `NOTICES.md` has their licences."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ivaegan_jax.data.recordings.recording import Recording
from ivaegan_jax.data.tables.formats import read_table
from ivaegan_jax.data.tables.table import Table

FOLDER = Path(__file__).parent


def file_of(name: str) -> Callable[[Sequence[str]], Table]:
    """What reads the file of a recording."""
    return partial(read_table, FOLDER / f"{name}.npz")


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
        file_of("emg"),
    ),
    "smartwatch": Recording(
        "Acceleration and turning rate of a wrist at 16.7 Hz, ten people and seven shoulder "
        "exercises",
        "What is left of an exercise when rows that resemble their neighbours are held out in "
        "whole sequences?",
        {"x": "acc_*,gyr_*", "u": "person_exercise", "groups": "sequence"},
        "BSD 3-clause, copyright 2018 David M. Burns",
        "D. Burns et al., Physiological Measurement 39:075007, 2018, and package seglearn 1.2.5",
        file_of("smartwatch"),
    ),
    "vowels": Recording(
        "Cepstra of the Japanese vowels /ae/, 640 utterances of nine speakers",
        "Which directions of the cepstrum tell speakers apart, utterance by utterance?",
        {"x": "cepstrum_*", "u": "speaker_third", "groups": "utterance"},
        "CC BY 4.0",
        "M. Kudo, J. Toyama, M. Shimbo, Pattern Recognition Letters 20:1103, 1999, UCI Machine "
        "Learning Repository, doi.org/10.24432/C5NS47",
        file_of("vowels"),
    ),
    "place_cells": Recording(
        "Spike counts of 17 cells of a rat's hippocampus (CA1) in bins of 100 ms on a linear track",
        "Which latents follow the place on a lap, there and back?",
        {"x": "cell_*", "u": "lap:circular(1)", "groups": "run", "time": "time"},
        MIT_NELPY,
        NELPY,
        file_of("place_cells"),
    ),
    "place_cells_maze": Recording(
        "Spike counts of 16 cells of a rat's hippocampus (CA1) in bins of 100 ms in a W-maze",
        "Which latents follow the place in two dimensions?",
        {"x": "cell_*", "u": "position_x,position_y", "groups": "run", "time": "time"},
        MIT_NELPY,
        NELPY,
        file_of("place_cells_maze"),
    ),
    "flow_cytometry": Recording(
        "Scatter and fluorescence of single bacteria at ten doses of an inducer, on a log scale",
        "Do ten levels that move one channel identify anything? (No.)",
        {"x": "FSC,SSC,FL1,FL2,FL3", "u": "dose"},
        "MIT, copyright 2015 J. Sexton, B. Landry, S. Castillo-Hair",
        "S. Castillo-Hair et al., ACS Synthetic Biology 5:774, 2016, and package FlowCal",
        file_of("flow_cytometry"),
    ),
}
"""By name; in `data.DATASETS` too."""
