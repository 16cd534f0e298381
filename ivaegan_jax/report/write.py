"""From work directories to the files of a report."""

import json
from collections.abc import Sequence
from pathlib import Path

from ivaegan_jax.report.details import conventions, per_seed
from ivaegan_jax.report.figures import pictures
from ivaegan_jax.report.inputs import Results, read_workdirs, studies
from ivaegan_jax.report.page import Section, page
from ivaegan_jax.report.recorded import HEADLINE, ordered
from ivaegan_jax.report.render import to_json, to_markdown
from ivaegan_jax.report.style import Palette, colours
from ivaegan_jax.report.tables import summary
from ivaegan_jax.report.wording import headline
from ivaegan_jax.types import Row
from ivaegan_jax.workdir import write_bytes


def write_report(workdirs: Sequence[Path], out: Path | None = None) -> Path:
    """Writes `report.html`, `summary.md`, `summary.json` and `figures/*.png`.

    Args:
      workdirs: one or more work directories; runs on the same data are shown together, and
        presets that occur in several carry the directory's name.
      out: where to write; the first work directory by default.

    Returns:
      The path of the page.

    Raises:
      InputError: a work directory is missing, or has no metrics yet.
    """
    read = read_workdirs([Path(path) for path in workdirs])
    out = Path(workdirs[0]) if out is None else Path(out)
    found = studies(read)
    palette = colours(ordered(row["preset"] for study in found for row in _colourful(study)))
    sections = [_section(study, palette) for study in found]
    records = {f"{w.name}: {key}": value for w in read for key, value in w.records.items()}
    title = "Identifiability report: " + ", ".join(section.data for section in sections)
    for section in sections:
        for picture in section.pictures:
            write_bytes(out / "figures" / picture.name, picture.png)
    write_bytes(out / "summary.md", _markdown(title, sections).encode())
    write_bytes(out / "summary.json", json.dumps(_numbers(sections), indent=2).encode())
    write_bytes(out / "report.html", page(title, sections, records).encode())
    return out / "report.html"


def _section(study: Results, palette: Palette) -> Section:
    table = summary(study.rows)
    sentences = headline(study.data, study.rows, table)
    details = (per_seed(study.rows), conventions(study.rows))
    return Section(study.data, sentences, table, details, tuple(pictures(study, palette)))


def _colourful(study: Results) -> list[Row]:
    return [*(row for row in study.rows if row.get("kind") != "floor"), *study.train]


def _markdown(title: str, sections: Sequence[Section]) -> str:
    parts = [f"# {title}\n"]
    for section in sections:
        tables = [to_markdown(table) for table in (section.summary, *section.details)]
        parts += [f"## {section.data}\n", " ".join(section.headline) + "\n", *tables]
    return "\n".join(parts)


def _numbers(sections: Sequence[Section]) -> dict[str, object]:
    data = {
        section.data: {
            "headline": list(section.headline),
            "summary": to_json(section.summary.records),
            "floors": to_json(section.summary.footer),
            "runs": to_json(section.details[0].records),
            "notes": list(section.summary.notes),
        }
        for section in sections
    }
    return {"convention": dict(HEADLINE), "data": data}
