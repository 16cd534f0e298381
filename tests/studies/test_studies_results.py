"""Results of run directories as one data frame."""

import pytest

from ivaegan_jax.evaluation import Baseline, Reason, Score, Verdict
from ivaegan_jax.studies import read_results
from ivaegan_jax.studies.results import NAME, add_results
from ivaegan_jax.types import InputError


def write(path, level=0.0):
    path.mkdir(parents=True)
    made = [
        Score(label=label, data_seed=d, seed=s, metric="mcc", value=level + d + s / 10)
        for label in ("vae", "ivae")
        for d in (1, 2)
        for s in (1, 3)
    ]
    add_results(path / NAME, made)
    reasons = (Reason("a", "One."), Reason("b", "Two."))
    verdict = Verdict(label="ivae", data_seed=1, seed=1, verdict="usable", reasons=reasons)
    add_results(path / NAME, [verdict, Baseline(baseline="pca", metric="mcc", value=0.5)])


def test_a_run_directory_is_a_frame_that_groups_and_pivots(tmp_path):
    write(tmp_path / "run")
    frame = read_results(tmp_path / "run")
    assert frame.kind.value_counts().to_dict() == {"score": 8, "verdict": 1, "baseline": 1}
    scores = frame[frame.kind == "score"].pivot_table("value", "label", "data_seed")
    assert scores.loc["ivae"].tolist() == pytest.approx([1.2, 2.2])
    assert frame[frame.kind == "verdict"].reasons.item() == "One. Two."
    assert frame[frame.baseline == "pca"].label.isna().all()
    assert not {"study", "arm", "preset"} & set(frame.columns)


def test_results_of_several_directories_and_of_arms_say_whose_they_are(tmp_path):
    for name, level in (("one/a", 0), ("one/b", 5), ("two", 9)):
        write(tmp_path / name, level)
    frame = read_results(tmp_path / "one", tmp_path / "two")
    assert set(frame.study) == {"one", "two"}
    arms = frame[frame.study == "one"]
    assert set(arms.arm) == {"a", "b"}
    assert set(read_results(tmp_path / "one").columns) == set(frame.columns) - {"study"}


def test_a_directory_without_results_is_refused(tmp_path):
    with pytest.raises(InputError, match="no results here"):
        read_results(tmp_path)
