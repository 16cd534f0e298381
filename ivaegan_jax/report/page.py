"""One self-contained HTML page: everything inline, everything escaped, nothing from the network."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from ivaegan_jax.report.figures.picture import Picture, colour_rules, to_svg
from ivaegan_jax.report.first_page import Short
from ivaegan_jax.report.legend import BASELINES, CONVENTIONS, GLOSSARY, MODELS
from ivaegan_jax.report.render import Table, cell, cells, decimal, to_lines


class Section(NamedTuple):
    """What the page says about one data set."""

    data: str
    headline: Sequence[str]
    summary: Table
    details: Sequence[Table]
    pictures: Sequence[Picture]
    verdicts: Sequence[Short] = ()


class Facts(NamedTuple):
    """What made one run directory, for the first screen.

    Attributes:
      name: of the directory.
      entries: its facts, by name.
    """

    name: str
    entries: Mapping[str, str]


def page(
    title: str,
    sections: Sequence[Section],
    records: Mapping[str, Any],
    facts: Sequence[Facts] = (),
) -> str:
    """The whole report.

    Args:
      title: heading of the page.
      sections: one per data set.
      records: manifests and configurations by run directory.
      facts: command, date, versions and data by run directory.
    """
    known = {record["label"] for section in sections for record in section.summary.footer}
    baselines = {name: text for name, text in BASELINES.items() if name in known}
    glossary = dict(sorted((MODELS | GLOSSARY | baselines).items(), key=lambda e: e[0].lower()))
    template, css = (_environment().get_template(name) for name in ("page.html.j2", "page.css"))
    drawn = {p.name: [to_svg(f, f"{p.name}{i}") for i, f in enumerate(p.panels)]
             for section in sections for p in section.pictures}  # fmt: skip
    rules = colour_rules("".join(svg for found in drawn.values() for svg in found))
    return template.render(
        title=title, sections=sections, records=records, facts=facts, glossary=glossary,
        drawn=drawn, conventions=CONVENTIONS, css=Markup(css.render(colours=rules)),
    )  # fmt: skip


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ivaegan_jax.report"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters |= {
        "terms": terms, "header": header, "anchor": anchor,
        "cells": cells, "cell": cell, "lines": to_lines,
        "points": lambda value: decimal(float(value), 2), "svg": Markup,
        "capitalised": lambda text: text[:1].upper() + text[1:],
    }  # fmt: skip
    return environment


def anchor(term: str) -> str:
    """The id of a term in the glossary."""
    return "g-" + re.sub(r"\W+", "-", term).strip("-").lower()


@functools.cache
def _pattern() -> re.Pattern[str]:
    known = sorted(map(str, map(escape, {**MODELS, **GLOSSARY, **BASELINES})), key=len)[::-1]
    return re.compile(rf"(?<![\w&])({'|'.join(map(re.escape, known))})(?![\w=[+])")


PLAIN = frozenset({"within", "band", "arm", "active", "energy", "success", "infonce"})
"""Terms that are plain words in a sentence, and linked in headers alone."""


def header(text: str) -> Markup:
    """A column's header, which may break after an underscore."""
    return Markup(re.sub(r"_(?=[^<>\"]*(?:<|$))", "_<wbr>", terms(text, PLAIN)))


def terms(text: str, also: frozenset[str] = frozenset()) -> Markup:
    """The text with the first use of every term of the glossary linked and explained.

    Args:
      text: escaped here.
      also: those of `PLAIN` that are terms here.
    """
    seen = set(PLAIN - also)

    def link(found: re.Match[str]) -> str:
        term = str(Markup(found[1]).unescape())
        if term in seen:
            return found[1]
        seen.add(term)
        meaning = escape((MODELS | GLOSSARY | BASELINES)[term])
        return f'<a class="term" href="#{anchor(term)}" title="{meaning}">{found[1]}</a>'

    return Markup(_pattern().sub(link, str(escape(text))))
