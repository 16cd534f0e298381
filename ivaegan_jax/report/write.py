"""From run directories to the files of a report."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ivaegan_jax.files import making_sense_of, markdown, write_bytes, write_json, write_text
from ivaegan_jax.report.controls import controls_table
from ivaegan_jax.report.details import conventions, fit, per_seed
from ivaegan_jax.report.figures.along import sweep_panels
from ivaegan_jax.report.figures.draw import pictures, plain
from ivaegan_jax.report.figures.picture import Picture, to_png
from ivaegan_jax.report.figures.style import Palette, looks
from ivaegan_jax.report.first_page import first_page
from ivaegan_jax.report.inputs import Records, Results, read_workdirs, studies
from ivaegan_jax.report.own_sections import own_tables
from ivaegan_jax.report.page import Facts, Section, page
from ivaegan_jax.report.recorded import HEADLINE, has_truth, labels, ordered, sizes
from ivaegan_jax.report.render import to_json, to_lines, to_markdown
from ivaegan_jax.report.selection import chosen_runs, selection_tables
from ivaegan_jax.report.sweep import Sweep, recommendation, sweep_of, sweep_table
from ivaegan_jax.report.tables import summary
from ivaegan_jax.report.together import together
from ivaegan_jax.report.wording import headline
from ivaegan_jax.studies import folders_of_sessions, merge
from ivaegan_jax.types import Pause


def write_report(
    workdirs: Sequence[Path],
    out: Path | None = None,
    brief: bool = False,
    pause: Pause = lambda: None,
) -> Path:
    """Writes `report.html`, `summary.md`, `summary.json` and `figures/*.png`.

    Args:
      workdirs: one or more work directories; runs on the same data are shown together, and
        presets that occur in several carry the directory's name. Of one of several sessions each
        session is shown, and what all of them say together.
      out: where to write; the first work directory by default.
      brief: what is kept for good: no page, figures of scores alone, and the manifest.
      pause: called between tables and figures.

    Returns:
      The path of the page, or of the summary.

    Raises:
      InputError: a work directory is missing, or has no metrics yet.

    Examples:
      >>> from pathlib import Path
      >>> from ivaegan_jax import write_report
      >>> write_report([Path("runs/mine")]).name
      'report.html'
    """
    workdirs = [Path(each).expanduser() for each in workdirs]
    with making_sense_of(workdirs[0] if len(workdirs) == 1 else Path("a work directory")):
        read = read_workdirs([own for path in workdirs for own in sessions_or_itself(path)])
        shared = [s for p in workdirs if folders_of_sessions(p) for s in together(p)]
    out = workdirs[0] if out is None else Path(out).expanduser()
    with making_sense_of(workdirs[0] if len(workdirs) == 1 else Path("a work directory")):
        found = studies(read)
        sections = [section(study, palette_of(found), brief, pause) for study in found]
    if shared:
        sections = [
            s._replace(headline=[*s.headline[:1], *shared, *s.headline[1:]]) for s in sections
        ]
    title = "Identifiability report: " + ", ".join(section.data for section in sections)
    write_sections(out, title, sections)
    if brief:
        manifests = {w.name: w.records["manifest"] for w in read}
        write_json(out / "manifest.json", merge(manifests))
        return out / "summary.md"
    records = {f"{w.name}: {key}": value for w in read for key, value in w.records.items()}
    return write_page(out, title, sections, records, list(map(facts_of, read)))


def sessions_or_itself(path: Path) -> list[Path]:
    """The run directories of the sessions in one, or that itself."""
    return folders_of_sessions(path) or [path]


def palette_of(found: Sequence[Results]) -> Palette:
    """One look per model throughout a report."""
    names = (
        name for study in found for name in (*labels(study.results), *_logged(study), *study.arrays)
    )
    return looks(ordered(names))


def section(
    study: Results, palette: Palette, brief: bool = False, pause: Pause = lambda: None
) -> Section:
    """Tables, figures and words on one data set; those of a sweep are led by its ranking."""
    sweep = sweep_of(study.results)
    if sweep is None:
        return plain_section(study, palette, brief, pause)
    return sweep_section(study, sweep, palette, brief, pause)


def sweep_section(
    study: Results, sweep: Sweep, palette: Palette, brief: bool, pause: Pause
) -> Section:
    """The ranking first, then the usual for the first few configurations and every other model."""
    few = study.without(sweep.hidden)
    usual = plain_section(few, palette, brief, pause)
    panels, order = sweep_panels(sweep), [each.label for each in sweep.ranking]
    picture = Picture(f"{plain(study.data)}_sweep", panels, CAPTION, min(4, len(panels)), 2)
    every = per_seed(study.results)
    details = [every if table.title == every.title else table for table in usual.details]
    first, *others = recommendation(sweep)
    first = f"On {study.data}, {sizes(study.results)}: {first}"
    return usual._replace(
        headline=[first, *others, *chosen_runs(few.results), *study.split],
        summary=sweep_table(sweep, study.results),
        details=[usual.summary, *details],
        pictures=(picture, *usual.pictures),
        verdicts=sorted(usual.verdicts, key=lambda v: [*order, v.label].index(v.label)),
    )


def plain_section(study: Results, palette: Palette, brief: bool, pause: Pause) -> Section:
    """Every model beside every other."""
    pause()
    table = summary(study.results)
    verdicts = first_page(study.results, study.made_by)
    first, *cautions = headline(study.data, study.results, table, verdicts)
    sentences = [first, *study.split, *cautions, *chosen_runs(study.results)]
    fitted = [fit(study.results).without_empty_columns()] if has_truth(study.results) else []
    chosen, every = (
        selection_tables(study.results),
        (per_seed(study.results), conventions(study.results)),
    )
    own = own_tables(study.results)
    details = (controls_table(study.results), *fitted, *chosen, *own, *every)
    pause()
    found = tuple(pictures(study, palette, brief, pause))
    filled = [each for each in details if each.records]
    return Section(study.data, sentences, table, filled, found, verdicts)


def write_sections(out: Path, title: str, sections: Sequence[Section]) -> None:
    """Writes `summary.md`, `summary.json` and `figures/*.png`."""
    for section in sections:
        for picture in section.pictures:
            write_bytes(out / "figures" / f"{picture.name}.png", to_png(picture))
    write_text(out / "summary.md", _markdown(title, sections))
    write_text(out / "summary.json", to_lines(_numbers(sections)) + "\n")


def write_page(
    out: Path,
    title: str,
    sections: Sequence[Section],
    records: Mapping[str, Any],
    facts: Sequence[Facts] = (),
) -> Path:
    """Writes `report.html` and returns its path."""
    write_text(out / "report.html", page(title, sections, records, facts))
    return out / "report.html"


CAPTION = (
    "Every run against each setting of the sweep, whatever the other settings were: first what "
    "ranks the configurations, then (where the sources are known) held-out MCC. Crosses: "
    "diverged runs. Line: the mean at each value."
)


def facts_of(workdir: Records) -> Facts:
    """What the first screen says of a run directory, as far as it was recorded."""
    made, config = (workdir.records.get(name, {}) for name in ("manifest", "config"))
    sizes, versions = config.get("sizes", {}), made.get("packages", {})
    facts = {
        "command": [made.get("command")],
        "run directory": [workdir.name],
        "date": [made.get("begun"), _minutes(made.get("wall_time_s"))],
        "version": [_named("ivaegan_jax", made.get("version")), made.get("code_revision", "")[:10],
                    _named("jax", versions.get("jax"))],
        "data": [config.get("data"), _named("sha256", made.get("data_sha256", "")[:16])],
        "sizes": [f"{name} {sizes[name]}" for name in SIZES if name in sizes],
        "device": [made.get("device")],
    }  # fmt: skip
    joined = {name: ", ".join(filter(None, parts)) for name, parts in facts.items()}
    return Facts(workdir.name, {name: text for name, text in joined.items() if text})


SIZES = ("rows", "dim_x", "dim_u", "dim_z")
"""What the first screen says of the data, by the names of `config.json`."""


def _named(name: str, value: str | None) -> str:
    return f"{name} {value}" if value else ""


def _minutes(seconds: float | None) -> str:
    return "" if not seconds else f"{seconds / 60:.1f} min" if seconds > 90 else f"{seconds:.0f} s"


def _logged(study: Results) -> list[str]:
    return [row["label"] for row in study.train]


def _markdown(title: str, sections: Sequence[Section]) -> str:
    parts = [f"# {markdown(title)}\n"]
    for section in sections:
        tables = [to_markdown(table) for table in (section.summary, *section.details)]
        words = markdown(" ".join(section.headline))
        parts += [f"## {markdown(section.data)}\n", f"{words}\n", *tables]
    return "\n".join(parts)


def _numbers(sections: Sequence[Section]) -> dict[str, object]:
    data = {section.data: _section_numbers(section) for section in sections}
    return {"convention": dict(HEADLINE), "data": data}


def _section_numbers(section: Section) -> dict[str, object]:
    runs = [table.records for table in section.details if table.title == "Every run"]
    return {
        "headline": list(section.headline),
        "summary": to_json(section.summary.records),
        "baselines": to_json(section.summary.footer),
        "runs": to_json([record for records in runs for record in records]),
        "notes": list(section.summary.notes),
    }
