"""Arms of a study go by their own names, and so do the controls that were trained beside them."""

import dataclasses

import pytest
from report_results import train_rows, truth_results, write_workdir

from ivaegan_jax import report
from ivaegan_jax.report.recorded import labels


@pytest.mark.parametrize(
    ("preset", "recorded", "expected"),
    [
        ("ivae_gan", ["ivae_gan", "ivae_gan+u_only"], ["mine", "mine+u_only"]),
        ("ivae_gan+u_only", ["ivae_gan+u_only"], ["mine"]),
    ],
)
def test_controls_follow_the_name_of_their_arm(tmp_path, preset, recorded, expected):
    [first, *_] = labels(truth_results())
    own = [each for each in truth_results() if getattr(each, "label", first) == first]
    results = [
        dataclasses.replace(each, label=label) if hasattr(each, "label") else each
        for label in recorded
        for each in own
    ]
    path = write_workdir(tmp_path / "run", results, train_rows(recorded), {})
    [read] = report.read_arms([report.Arm(path, "mine", preset, "b1", {})])
    assert labels(read.results) == expected
    assert {row["label"] for row in read.train} == set(expected)
