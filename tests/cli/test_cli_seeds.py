"""Lists of seeds: what is written is read as the same numbers, whatever the split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.cli import _flags
from ivaegan_jax.studies.seeds import dealt, parse_numbers, parse_seeds, seeds_text, seeds_words

RANGES = st.builds(lambda low, size: range(low, low + size), st.integers(0, 2**31 - 60),
                   st.integers(1, 60))  # fmt: skip
SEEDS = RANGES | st.lists(st.integers(0, 60), min_size=1, unique=True).map(tuple)


@given(seeds=SEEDS)
def test_what_is_written_is_read_as_itself(seeds):
    assert list(parse_seeds("seeds", seeds_text(seeds))) == list(seeds)
    assert list(parse_numbers("dims", seeds_text(seeds))) == list(seeds)


@given(seeds=SEEDS, tasks=st.integers(1, 80))
def test_tasks_train_every_seed_once_whatever_the_split(seeds, tasks):
    parts = [parse_seeds("data_seeds", seeds_text(part)) for part in dealt(seeds, tasks)]
    assert [seed for part in parts for seed in part] == list(seeds)
    assert len(parts) == min(tasks, len(seeds))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize(
    ("seeds", "text", "words"),
    [
        ((6,), "6-6", "6"),
        (range(6, 26), "6-25", "6 to 25"),
        ((3, 5, 6, 7), "3-3,5-7", "3, 5 to 7"),
        ((7, 6), "7-7,6-6", "7, 6"),
    ],
)
def test_how_seeds_are_written(seeds, text, words):
    assert (seeds_text(seeds), seeds_words(seeds)) == (text, words)


def test_a_number_alone_counts_seeds_but_is_no_count_elsewhere():
    assert list(parse_seeds("seeds", "3")) == [1, 2, 3]
    assert list(parse_numbers("dims", "3")) == [3]


def test_a_range_of_any_length_is_dealt_without_being_listed():
    parts = dealt(parse_seeds("data_seeds", "1-2000000000"), 2)
    assert [seeds_text(part) for part in parts] == ["1-1000000000", "1000000001-2000000000"]


def test_a_number_that_looks_like_a_name_is_explained_and_the_advice_works(capsys):
    assert len(_flags.read_data_seeds("101")) == 101
    advised = capsys.readouterr().out.split("--data_seeds=")[-1].strip()
    assert list(_flags.read_data_seeds(advised)) == [101]
    assert list(_flags.read_data_seeds("4")) == [1, 2, 3, 4]
    assert capsys.readouterr().out == ""
