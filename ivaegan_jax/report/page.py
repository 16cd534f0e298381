"""One self-contained HTML page: everything inline, everything escaped, nothing from the network."""

import base64
import html
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ivaegan_jax.report.evidence import SUPPORTED
from ivaegan_jax.report.first_page import Short
from ivaegan_jax.report.legend import BASELINES, CONVENTIONS
from ivaegan_jax.report.render import Table, to_html


class Picture(NamedTuple):
    """A rendered figure: the name of its file, PNG bytes, and what it shows in words."""

    name: str
    png: bytes
    caption: str


class Section(NamedTuple):
    """What the page says about one data set."""

    data: str
    headline: Sequence[str]
    summary: Table
    details: Sequence[Table]
    pictures: Sequence[Picture]
    verdicts: Sequence[Short] = ()


CSS = """
:root { color-scheme: light dark; --ink: #1d1f21; --soft: #5b6168; --line: #d9dde1;
  --paper: #fff; --card: #f6f7f8; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --soft: #a2a9b0; --line: #3a4046;
  --paper: #16181a; --card: #1f2225; --accent: #56b4e9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); }
.lead { border-left: 4px solid var(--accent); background: var(--card); padding: .75rem 1rem;
  margin: 0 0 1.5rem; border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }
.lead p { margin: .25rem 0; } .lead p:first-child { font-size: 1.1rem; font-weight: 600; }
.short { border: 1px solid var(--line); border-radius: 6px; padding: .6rem 1rem;
  margin: 0 0 1rem; } .short h3 { margin: 0 0 .3rem; font-size: 1.05rem; }
.short p, .short ul { margin: .25rem 0; } .held { color: #1a7f37; } .open { color: #b35900; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums;
  width: 100%; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { padding: .35rem .6rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; }
tbody td { border-bottom: 1px solid var(--line); } tfoot td { color: var(--soft); }
.notes, figcaption, dl { color: var(--soft); font-size: .86rem; }
.notes { padding-left: 1.1rem; } dt { font-weight: 600; color: var(--ink); margin-top: .5rem; }
dd { margin: 0; }
figure { margin: 1.75rem 0; break-inside: avoid; }
figure img { max-width: 100%; height: auto; background: #fff; border-radius: 8px; padding: 6px; }
details { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem; }
summary { cursor: pointer; font-weight: 600; }
pre { overflow-x: auto; font-size: .8rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .scroll { overflow: visible; }
  details { border: 0; padding: 0; } th, td { padding: .15rem .35rem; } }
"""


def page(title: str, sections: Sequence[Section], records: Mapping[str, Any]) -> str:
    """The whole report.

    Args:
      title: heading of the page.
      sections: one per data set.
      records: manifests and configurations by work directory.
    """
    body = _first(sections) + "".join(_section(section) for section in sections)
    notes = _legend(sections) + "".join(_record(name, value) for name, value in records.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{CSS}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>{body}{notes}</body></html>\n"
    )


def _first(sections: Sequence[Section]) -> str:
    """The first page: verdicts above everything else; empty where none were recorded."""
    cards = "".join(
        _short(f"{each.label} on {section.data}", each)
        for section in sections
        for each in section.verdicts
    )
    intro = (
        "Are the latents the same, up to order, sign and scale, whoever trains the model? What can "
        "be known without the true sources (numbers in a reason are those of its first run):"
    )
    return f"<section><h2>In short</h2><p>{intro}</p>{cards}</section>" if cards else ""


def _short(title: str, short: Short) -> str:
    kind = "held" if short.verdict == SUPPORTED else "open"
    sentences = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in short.sentences)
    reasons = "".join(f"<li>{html.escape(reason)}</li>" for reason in short.reasons)
    return (
        f'<div class="short"><h3>{html.escape(title)}: <span class="{kind}">'
        f"{html.escape(short.verdict)}</span></h3>{sentences}<ul>{reasons}</ul></div>"
    )


def _section(section: Section) -> str:
    lead = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in section.headline)
    pictures = "".join(_figure(picture) for picture in section.pictures)
    details = "".join(_folded(table.title, to_html(table)) for table in section.details)
    return (
        f'<section><h2>{html.escape(section.data)}</h2><div class="lead">{lead}</div>'
        f"{to_html(section.summary)}{pictures}{details}</section>"
    )


def _figure(picture: Picture) -> str:
    encoded = base64.b64encode(picture.png).decode("ascii")
    caption = html.escape(picture.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/png;base64,{encoded}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _legend(sections: Sequence[Section]) -> str:
    used = {record["preset"] for section in sections for record in section.summary.footer}
    baselines = {name: text for name, text in BASELINES.items() if name in used}
    lists = [("Conventions", CONVENTIONS), *([("Baselines", baselines)] if baselines else [])]
    return "".join(
        f"<section><h2>{name}</h2>{_definitions(found)}</section>" for name, found in lists
    )


def _definitions(entries: Mapping[str, str]) -> str:
    items = (
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>"
        for name, text in entries.items()
    )
    return f"<dl>{''.join(items)}</dl>"


def _record(name: str, value: Any) -> str:
    return _folded(name, f"<pre>{html.escape(json.dumps(value, indent=2, sort_keys=True))}</pre>")


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{html.escape(title)}</summary>{body}</details>"
