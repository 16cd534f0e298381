"""Text of others (names of files, levels, columns, labels) on its way to a terminal or a page."""

import re
import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Categories of characters that move the cursor, turn the writing or end a line."""


def printable(text: str) -> str:
    """The text on one line, with escapes for what is not visible, such as the end of a line."""
    return "".join(map(_visible, text))


def printable_lines(text: str) -> str:
    """The same of every line of a text of several."""
    return "\n".join(map(printable, text.split("\n")))


def markdown(text: str) -> str:
    """The text so that Markdown shows it as it is, in a heading, sentence or cell."""
    shown = printable(text).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    shown = re.sub(r"([`*|~])", r"\\\1", shown).replace("](", "]\\(").replace("![", "!\\[")
    shown = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", shown)  # within a word it means nothing
    shown = re.sub(r"\b(https?|ftp)://", r"\1:\\/\\/", shown)
    return re.sub(r"^(\s*)(#|>|[-+](?=\s)|=+$|-+$|\d+[.)](?=\s))", _begins_nothing, shown)


def _begins_nothing(found: re.Match[str]) -> str:
    """What would begin a heading, a quotation or a list, escaped."""
    before, mark = found.groups()
    return f"{before}{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"{before}\\{mark}"


def _visible(character: str) -> str:
    if unicodedata.category(character) in UNSEEN:
        return character.encode("unicode_escape").decode("ascii")
    return character
