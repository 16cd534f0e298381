"""A result is written, read again as it was, and an older row is the same result."""

import json

import numpy as np
import pytest

from ivaegan_jax.evaluation import results
from ivaegan_jax.evaluation.as_rows import SCHEMA, from_row, to_row
from ivaegan_jax.files import without_nan
from ivaegan_jax.types import InputError

RUN = {"data": "b1", "data_seed": 3, "label": "ivae", "seed": 7, "step": 20, "status": "ok"}
OLD_RUN = {"data": "b1", "data_seed": 3, "preset": "ivae", "seed": 7, "step": 20, "status": "ok"}
MATCHED = {"latent": "posterior_mean", "corr": "pearson", "assignment": "held_out"}
RANK = {"code": "rank", "text": "u moves nothing."}
NULLS = {"pairings": "shifts", "length": 12, "carries": 0.01, "modulates": 0.2, "least": 0.005}
AGREED = {"rotation": 0.7, "rotation_p95": 0.8, "stability": [0.9, None], "information": [2.0, 1.0],
          "vanished": [False, True]}  # fmt: skip

# every kind: the result, and the row that versions without a schema wrote of it, if they had it
SAME = {
    "score": (
        results.Score(**RUN, split="valid", metric="mcc", value=0.5, **MATCHED, sources="4 of 5"),
        OLD_RUN | {"kind": "run", "split": "valid", "metric": "mcc", "value": 0.5,
                   "sources": "4 of 5"} | MATCHED,
    ),
    "score of both parts": (
        results.Score(**RUN, metric="mmd2", value=0.1, resplit=0.25),
        OLD_RUN | {"split": None, "rows": "valid and test", "metric": "mmd2", "value": 0.1,
                   "resplit": 0.25},
    ),
    "agreement": (
        results.Agreement(**RUN, split="test", other_seed=9, metric="agreement_mcc", value=0.5,
                          rows="10 of 20"),
        OLD_RUN | {"kind": "agreement", "split": "test", "other_seed": 9, "rows": "10 of 20",
                   "metric": "agreement_mcc", "value": 0.5},
    ),
    "finding": (
        results.Finding(**RUN, metric="levels", value=4.0),
        OLD_RUN | {"kind": "verdict", "split": None, "rows": "valid and test", "metric": "levels",
                   "value": 4.0},
    ),
    "verdict": (
        results.Verdict(**RUN, verdict="usable", reasons=(results.Reason(**RANK),)),
        OLD_RUN | {"kind": "verdict", "split": None, "rows": "valid and test", "value": 1.0,
                   "metric": "verdict", "verdict": "usable", "reasons": [RANK]},
    ),
    "consensus": (
        results.Consensus(
            data="b1", data_seed=3, label="ivae", step=20, medoid=7, groups=((7, 9), (2,)),
            **{k: tuple(v) if isinstance(v, list) else v for k, v in AGREED.items()},
        ),
        OLD_RUN | {"kind": "consensus", "metric": "consensus", "split": None, "value": 2.0,
                   "rows": "valid and test", "groups": [[7, 9], [2]]} | AGREED,
    ),
    "baseline": (
        results.Baseline(data="b1", data_seed=3, baseline="pca", metric="mcc", value=0.4,
                         fit_rows="100 of 160"),
        {"data": "b1", "data_seed": 3, "preset": "pca", "kind": "floor", "seed": None, "step": 20,
         "metric": "mcc", "value": 0.4, "split": "test", "latent": None, "status": "ok",
         "fit_rows": "100 of 160"},
    ),
    "gate": (
        results.Gate(data="b1", data_seed=3, passed=False, **NULLS),
        {"data": "b1", "data_seed": 3, "seed": None, "kind": "gate", "metric": "gate",
         "preset": "rows", "step": 20, "value": 0.0} | NULLS,
    ),
    "linear step": (
        results.LinearStep(**RUN, split="valid", code="equal", text="Alike.", alike=0.9),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_result_comes_back_as_it_was_and_so_does_its_older_row(name):
    result, old = SAME[name]
    written = json.loads(json.dumps(without_nan(to_row(result)), allow_nan=False))
    assert (written["schema"], written["kind"]) == (SCHEMA, result.kind)
    assert from_row(written) == result
    assert old is None or from_row(old) == result


def test_every_kind_of_result_is_tried():
    assert {result.kind for result, _ in SAME.values()} == set(results.KINDS)


def test_no_number_is_null_in_the_file():
    lost = results.Score(label="ivae", metric="mcc", value=float("nan"))
    written = without_nan(to_row(lost))
    assert written["value"] is None
    assert np.isnan(from_row(written).value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 3}, "later version"),
        ({"kind": "omen"}, "no result of a known kind"),
        ({"label": None}, "no result of a known kind"),
        ({"label": 5}, "no result of a known kind"),
    ],
)
def test_what_is_no_result_of_this_version_is_refused(change, words):
    row = to_row(SAME["score"][0]) | change
    with pytest.raises(InputError, match=words):
        from_row(row)
