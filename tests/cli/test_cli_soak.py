import json
from collections import Counter

import numpy as np
import pytest
from programs_forked import AS_USERS_HAVE_IT

from experiments.soaks import Counts
from experiments.soaks._counts import leaves_apart
from experiments.soaks._table import as_table, write


def test_what_was_found_is_kept(tmp_path):
    found = {"kill": Counts(tried=2, survived=1, notes=Counter(start=2), failures=["lost"])}
    write(found, tmp_path, {"command": "python -m x"})
    kept = json.loads((tmp_path / "summary.json").read_text())["kill"]
    assert (kept["tried"], kept["survived"], kept["notes"]) == (2, 1, {"start": 2})
    assert "| kill | 2 | 1 |" in (tmp_path / "summary.md").read_text()
    assert as_table(found).notes == ["kill: start 2."]


def test_words_and_numbers_are_compared_bit_for_bit():
    kept = {"names": np.array(["a", "b"]), "z": np.array([1.0, np.nan])}
    assert not any(leaves_apart(kept, {**kept}))
    for name, other in (("names", ["a", "c"]), ("z", [1.0, 2.0]), ("z", np.float32([1, np.nan]))):
        assert any(leaves_apart(kept, kept | {name: np.array(other)}))


@pytest.mark.slow
def test_a_soak_finds_nothing_lost_and_nothing_wrong(run, tmp_path):
    ended = run("soak", "--quick", f"--out={tmp_path}", env=AS_USERS_HAVE_IT)
    assert ended.code == 0, ended.out
    for counts in json.loads((tmp_path / "summary.json").read_text()).values():
        assert counts["survived"] == counts["tried"] > 0
        bad = [counts[name] for name in ("lost_rows", "wrong_numbers", "leftovers")]
        assert bad == [0, 0, 0]
