import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivaegan_jax.data.splits.how import AUTO, RANDOM, How, parse_split
from ivaegan_jax.types import InputError

names = st.text("abcXYZ09_-. ", min_size=1, max_size=8).filter(lambda name: name == name.strip())
blocks = st.builds(
    How,
    st.just("blocks"),
    st.just("") | names,
    st.integers(0, 999),
    st.none() | st.integers(0, 99),
    st.just("") | names,
)
splits = st.just(RANDOM) | st.just(AUTO) | names.map(lambda name: How("group", name)) | blocks


@given(splits)
def test_a_split_reads_back_as_itself(how):
    assert parse_split(str(how)) == how


def test_every_word_is_read():
    how = parse_split("blocks:200, gap:20, group:session, time:t")
    assert how == How("blocks", "session", 200, 20, "t")
    assert parse_split("blocks") == How("blocks")


@pytest.mark.parametrize(
    "text",
    ["", "rows", "random:3", "group", "group:", "group:a,gap:2", "blocks,length:3", "auto,gap:1",
     "blocks:3,gap:1,gap:2", "blocks:3,gap:"],
)  # fmt: skip
def test_what_is_no_split_is_refused_with_all_that_there_are(text):
    with pytest.raises(InputError, match="is none of: random, group:COLUMN, blocks") as caught:
        parse_split(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["blocks:0", "blocks:x", "blocks:3,gap:-1", "blocks:2.5"])
def test_lengths_are_numbers_of_rows(text):
    with pytest.raises(InputError, match="is no number of rows from"):
        parse_split(text)
