"""Text of others stays text, on a terminal and in Markdown."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivaegan_jax.files.escaping import markdown, printable, printable_lines
from ivaegan_jax.report import Table, to_markdown, to_text

HOSTILE = "<img src=x onerror=alert(1)>\n# heading | `code` [a](http://b) \x1b[31m*bold*"


@given(text=st.text())
@example(text=HOSTILE)
def test_one_line_of_visible_characters_is_left(text):
    assert printable(text).isprintable() or not printable(text).isascii()
    assert len(printable(text).splitlines()) <= 1
    assert len(markdown(text).splitlines()) <= 1
    assert printable(printable(text)) == printable(text)


@given(text=st.text(alphabet="<>#|`*_[]()!&\\ \n-+=~1.ab:/"))
def test_markdown_has_no_mark_that_is_not_escaped(text):
    shown = re.sub(r"\\[^\w\s]", "x", markdown(text))
    assert not re.search(r"[<`*|~]|\]\(|!\[|^\s*(#|>|[-+]\s|\d+[.)]\s)", shown), markdown(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ivae_gan", "ivae_gan"),
        (".977 [.972, .982]", ".977 [.972, .982]"),
        ("R²(s|z)", "R²(s\\|z)"),
        ("P(>)", "P(>)"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("# a", "\\# a"),
        ("1. a", "1\\. a"),
        ("-", "\\-"),
        ("a\nb", "a\\\\nb"),
    ],
)
def test_what_markdown_is_shown(text, shown):
    assert markdown(text) == shown if text != "-" else markdown(text) in ("-", "\\-")


def test_lines_of_a_text_stay_lines():
    assert printable_lines("a\tb\nc\x1b") == "a\\tb\nc\\x1b"


def test_a_table_stays_a_table_whatever_its_names():
    table = Table(
        HOSTILE, {"name": HOSTILE, "n": "n"}, [{"name": HOSTILE, "n": 1.0}], (), [HOSTILE]
    )
    *_, head, rule, row, _, note = to_markdown(table).splitlines()
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in (head, rule, row)] == [3, 3, 3]
    assert not re.search(r"(?<!\\)<", to_markdown(table))
    assert note.startswith("- &lt;img")
    assert "\x1b" not in to_text(table)
