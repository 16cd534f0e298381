"""The study of sessions: what it scores, brings into order, and shows."""

import numpy as np
import pytest

from experiments.sessions import ROWS, Latents, aligned, scored, table_of
from ivaegan_jax import load_dataset

ORDER, SIGN = [2, 0, 3, 1], np.array([1.0, -1.0, -1.0, 1.0])


@pytest.fixture(scope="module")
def tables():
    return [load_dataset("sessions", 3, {"session": i, "per_segment": 200}) for i in (1, 2, 3)]


def of_each(tables, *changes):
    """Latents of each session, the true sources changed, of which each fifth row is a test row."""
    return [
        Latents(change(t.s), np.arange(len(t.s)) % 5 == 0)
        for change, t in zip(changes, tables, strict=True)
    ]


def plain(s):
    return s


def crossed(s):
    return 3 * s[:, ORDER] * SIGN + 1


def test_equal_latents_score_one_and_others_only_session_by_session(tables):
    assert scored(of_each(tables, plain, plain, plain), tables) == pytest.approx(
        {"own": 1, "pooled": 1, "across": 1}
    )
    found = scored(of_each(tables, plain, crossed, plain), tables)
    assert found["own"] == pytest.approx(1)
    assert max(found["pooled"], found["across"]) < 0.8


def test_latents_that_follow_u_alike_are_brought_into_one_order(tables):
    found = scored(aligned(of_each(tables, plain, crossed, crossed), tables), tables)
    assert min(found.values()) > 0.99


def test_a_line_for_each_method_with_its_mean():
    own = {"method": "together", "own": 0.5, "pooled": 0.5}
    found = [own | {"rows": "few", "data_seed": i, "across": 0.2 * i} for i in (1, 2)]
    [record] = table_of(found).records
    assert (record["rows"], record["n"]) == (", ".join(map(str, ROWS["few"])), 2)
    assert (record["own"], record["across"]) == ("0.500 (0.000)", "0.300 (0.141)")
