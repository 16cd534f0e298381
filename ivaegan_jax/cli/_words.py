"""What programs that train say when they begin and when they end."""

from dataclasses import replace

from ivaegan_jax.doctor import counted
from ivaegan_jax.report import (
    Results,
    Table,
    last_lines,
    read_study,
    recommendation,
    summary,
    sweep_of,
    sweep_table,
    to_text,
    together,
    write_report,
)
from ivaegan_jax.studies import Running, Sessions, Study, Workdir, folders_of_sessions
from ivaegan_jax.types import Pause


def opening(study: Running, device: str) -> list[str]:
    """Sizes and cost of every table, and how it was read and split."""
    tables = study.studies if isinstance(study, Sessions) else [study]
    sizes = [_sizes(each, device) for each in tables if isinstance(each, Study)]
    return [*sizes, *study.notes, *study.split_record()["sentences"]]


def _sizes(study: Study, device: str) -> str:
    e, dims = study.experiment, study.dims
    programs = counted(len(study.groups), "program")
    several = f"{len(study.jobs)} configurations in {programs}, one after another, of "
    return (
        f"{e.data}: {dims.rows} training rows, x has {dims.dim_x} columns, u {dims.dim_u}, "
        f"z {dims.dim_z}; {several if len(study.groups) < len(study.jobs) else ''}"
        f"{counted(len(e.data_seeds), 'data seed')} x "
        f"{counted(len(e.seeds), 'model seed')} on {device}, about {study.bytes / 2**20:.0f} MiB"
        f"{' for one of them' if len(study.groups) < len(study.jobs) else ''}"
    )


def closing_words(workdir: Workdir, pause: Pause) -> None:
    """Writes the report; prints its table, the verdict, what to do next, and where the page is.

    Of several sessions these of each, and what all of them together say.
    """
    page = write_report([workdir.path], pause=pause)
    folders = folders_of_sessions(workdir.path)
    studies = [read_study(folder) for folder in folders or [workdir.path]]
    tables = [_table(study) for study in studies]
    if folders:
        titled = zip(tables, studies, strict=True)
        tables = [replace(t, title=f"{study.data}: {t.title}") for t, study in titled]
        tables[:-1] = [replace(table, notes=()) for table in tables[:-1]]  # all have the same
    lines = dict.fromkeys(line for study in studies for line in _sentences(study))
    lines |= dict.fromkeys(together(workdir.path) if folders else [])
    shown = [f"\n{to_text(table)}" for table in tables]
    print("\n".join([*shown, *sorted(lines, key=_is_advice), f"report: {page}"]))


def _table(study: Results) -> Table:
    sweep = sweep_of(study.results)
    return sweep_table(sweep, study.results) if sweep else summary(study.results)


def _sentences(study: Results) -> list[str]:
    sweep = sweep_of(study.results)
    if sweep is None:
        return last_lines(study, "")
    return [*recommendation(sweep), *last_lines(study, sweep.ranking[0].label)]


def _is_advice(line: str) -> bool:
    """What to do next stands behind the verdicts of all sessions."""
    return line.startswith("next: ")
