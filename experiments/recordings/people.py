"""Tables on people that no method saw, and on what latents of all people do."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Shaped

from experiments.recordings.maps import columns_moved, raised
from experiments.recordings.methods import METHODS, Latents, Seen, chosen_run
from experiments.recordings.windows import cut, guess
from ivaegan_jax import Dataset, Workdir, report
from ivaegan_jax.metrics import mcc

SECOND = 100
"""Rows in a window."""

APART = ("of_p0_p1", "of_p2_p3")
"""Arms that share no person; those who are in neither are new to both."""

COLUMNS = {
    "method": "method", "accuracy": "accuracy", "worst": "worst person", "bits": "bits",
    "across": "MCC across fits", "least": "least", "apart": "MCC, nobody shared",
}  # fmt: skip
NOTES = [
    "accuracy, bits: logistic regression on the log variance of every latent in windows of one "
    "second, fitted on four people and shown the fifth; bits of the gesture that its probabilities "
    "tell at least, 0 or less is nothing; mean over the five people.",
    "MCC across fits: between fits that left out two different people, on the rows of these two; "
    "mean and least over the ten pairs. Nobody shared: fits on p0, p1 and on p2, p3, on the rows "
    "of p4. Raw columns are the same for all, whatever they saw.",
]


class Profile(NamedTuple):
    """What the latents of one run do.

    Attributes:
      moved: change of every column per standard deviation of a latent, in the column's unit.
      conditions: names of the gestures.
      raised: doublings of a latent's spread by person and gesture.
    """

    moved: Float[np.ndarray, "latents columns"]
    conditions: Shaped[np.ndarray, " conditions"]
    raised: Float[np.ndarray, "people latents conditions"]


def methods_table(root: Path, data: Dataset, names: Sequence[str]) -> report.Table:
    """Some methods: agreement between fits on other people, gestures of the person left out.

    Fits that share nobody are left out where the study has no such arms yet.
    """
    person = data.side["person"]
    left_out = {who: Seen(person != who, f"without_{who}") for who in np.unique(person).tolist()}
    trained = all(Workdir(root / arm).is_done() for arm in APART)
    records = []
    for name in names:
        method = METHODS[name]
        fits = {who: method.latents(root, data, seen) for who, seen in left_out.items()}
        record = {"method": name, **of_gestures(fits, data)}
        record |= across_people(fits, person) if method.fits else {}
        record |= {"apart": nobody_shared(root, data, name)} if method.apart and trained else {}
        records.append(record)
    footer = [{"method": "most frequent gesture", "accuracy": most_frequent(data)}]
    table = report.Table("A person that no method saw", COLUMNS, records, footer, NOTES)
    return table.without_empty_columns()


def most_frequent(data: Dataset) -> float:
    """Share of windows that hold the gesture which most of them hold."""
    what = cut(data.side["hold"], SECOND).of(data.side["gesture"])
    return float(np.unique(what, return_counts=True)[1].max() / len(what))


def of_gestures(fits: Mapping[str, Latents], data: Dataset) -> dict[str, float]:
    """Accuracy and bits on the gesture of the person left out, mean over people."""
    windows = cut(data.side["hold"], SECOND)
    who, what = windows.of(data.side["person"]), windows.of(data.side["gesture"])
    found = []
    for left, z in fits.items():
        features, new = windows.log_variances(z), who == left
        found.append(guess(features[~new], what[~new], features[new], what[new]))
    accuracy, bits = np.transpose(found)
    means = {"accuracy": accuracy.mean(), "worst": accuracy.min(), "bits": bits.mean()}
    return {name: float(value) for name, value in means.items()}


def across_people(
    fits: Mapping[str, Latents], person: Shaped[np.ndarray, " rows"]
) -> dict[str, float]:
    """MCC between two fits on the rows of the two people of whom each saw one."""
    found = []
    for one, other in itertools.combinations(fits, 2):
        rows = np.isin(person, [one, other])
        found.append(mcc(fits[one][rows], fits[other][rows]))
    return {"across": float(np.mean(found)), "least": float(np.min(found))}


def nobody_shared(root: Path, data: Dataset, name: str) -> float:
    """MCC between fits on two people each, on the rows of those who are in neither."""
    person = data.side["person"]
    seen = [Seen(np.isin(person, arm.split("_")[1:]), arm) for arm in APART]
    new = ~(seen[0].rows | seen[1].rows)
    one, other = (METHODS[name].latents(root, data, each)[new] for each in seen)
    return mcc(one, other)


def profile_of(root: Path, data: Dataset) -> Profile:
    """What the latents of the model that saw all people do, strongest electrode first."""
    fitted, z = chosen_run(root / "ivae_gan", data)
    moved = columns_moved(fitted, z)
    order = np.argsort(moved.argmax(axis=1), kind="stable")
    conditions, doublings = raised(z[:, order], data.side["gesture"], data.side["person"])
    return Profile(moved[order], conditions, doublings)


def latents_table(found: Profile) -> report.Table:
    """Every latent: its electrodes, the gesture that raises it most, and in how many people."""
    records: list[dict[str, Any]] = []
    for i, moved in enumerate(found.moved):
        first, second = np.argsort(-moved)[:2]
        mean = found.raised[:, i].mean(axis=0)
        own = found.raised[:, i].argmax(axis=1)
        records.append({
            "latent": f"z{i + 1}", "electrode": str(first + 1),
            "share": float(moved[first] / moved.sum()),
            "second": str(second + 1), "gesture": str(found.conditions[mean.argmax()]),
            "doublings": float(mean.max()),
            "people": f"{int((own == mean.argmax()).sum())} of {len(own)}",
        })  # fmt: skip
    columns = {
        "latent": "latent", "electrode": "electrode", "share": "its share", "second": "then",
        "gesture": "raised most by", "doublings": "doublings", "people": "first in",
    }  # fmt: skip
    notes = [
        "electrode: the one that a standard deviation of the latent changes most, and its share of "
        "the change over all eight. raised most by: the gesture in which the latent's spread is "
        "largest beside its mean over gestures, in doublings, mean over people; first in: people "
        "in whom the same gesture is first."
    ]
    return report.Table("Latents of the model that saw all people", columns, records, (), notes)
