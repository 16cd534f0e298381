"""What is damaged is found, left out and made again."""

import errno
import os

import pytest

from ivaegan_jax.evaluation import Baseline, Score, to_row
from ivaegan_jax.files import is_torn, read_rows, read_whole_rows, replacing, write_rows
from ivaegan_jax.studies.integrity import drop_damaged, logged_until
from ivaegan_jax.studies.workdir import Workdir
from ivaegan_jax.training.seals import is_whole, seal
from ivaegan_jax.types import InputError, StorageError

ENDS = (10, 20, 25)
LOG = [{"label": p, "seed": s, "step": e} for p in "ab" for e in ENDS for s in (1, 2)]
SCORE = {"metric": "mcc", "value": 0.5}
METRICS = [
    *(to_row(Score(label=label, **SCORE)) for label in "ab"),
    to_row(Baseline(baseline="pca", **SCORE)),
]


@pytest.fixture
def workdir(tmp_path):
    made = Workdir(tmp_path)
    write_rows(made.train_log, LOG)
    write_rows(made.metrics, METRICS)
    made.done.touch()
    return made


def cut(path):
    path.write_bytes(path.read_bytes()[:-4])


@pytest.mark.parametrize(("lost", "until"), [(0, 25), (1, 20), (2, 20), (3, 10), (6, 0)])
def test_the_log_counts_up_to_the_last_step_that_has_every_run(lost, until):
    own = [row for row in LOG[: len(LOG) - lost] if row["label"] == "b"]
    assert logged_until(own, 2) == until


def test_chunks_of_any_lengths_count():
    own = [{"step": step} for step in (4, 8, 9, 10) for _ in range(2)]
    assert [logged_until(own[:n], 2) for n in (8, 7, 5, 2)] == [10, 9, 8, 4]


def test_what_is_whole_stays(workdir):
    drop_damaged(workdir, "ab", 25, 2)
    assert read_rows(workdir.metrics) == METRICS
    assert workdir.is_done()


def test_a_model_whose_log_is_torn_is_made_again(workdir):
    cut(workdir.train_log)
    assert not workdir.is_done()
    drop_damaged(workdir, "ab", 25, 2)
    assert read_rows(workdir.metrics) == [METRICS[0], METRICS[2]]
    assert not workdir.done.exists()
    assert not is_torn(workdir.train_log)


def test_what_torn_metrics_ended_with_is_made_again(workdir):
    cut(workdir.metrics)
    with pytest.raises(InputError, match="the last line is torn"):
        read_whole_rows(workdir.metrics)
    drop_damaged(workdir, "ab", 25, 2)
    assert read_rows(workdir.metrics) == [METRICS[0]]


def test_a_seal_notices_a_changed_or_missing_file(tmp_path):
    (tmp_path / "a").write_text("one")
    assert is_whole(tmp_path)
    seal(tmp_path)
    assert is_whole(tmp_path)
    (tmp_path / "a").write_text("two")
    assert not is_whole(tmp_path)
    (tmp_path / "a").unlink()
    assert not is_whole(tmp_path)


def write_to_a_full_disk(path):
    with replacing(path) as aside:
        aside.write_text("ne")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_old_file_and_nothing_aside(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(StorageError, match="No space left on device"):
        write_to_a_full_disk(tmp_path / "a")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]
