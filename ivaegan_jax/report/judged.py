"""The page of what the referee says of latents, in the shape of every report."""

from collections.abc import Mapping
from pathlib import Path

from ivaegan_jax.evaluation import NOT_SUPPORTED, SUPPORTED, UNKNOWN, Judged, Reason
from ivaegan_jax.files import write_json
from ivaegan_jax.report.first_page import BAD, GOOD, OPEN, Short, Status
from ivaegan_jax.report.page import Facts, Section
from ivaegan_jax.report.render import Table
from ivaegan_jax.report.steps import Step
from ivaegan_jax.report.truth import Truth
from ivaegan_jax.report.write import write_page

TONES = {SUPPORTED: GOOD, NOT_SUPPORTED: BAD, UNKNOWN: OPEN}

SENTENCES = {
    SUPPORTED: "every check that can be made without the true sources holds",
    NOT_SUPPORTED: "at least one check speaks against reading these axes as sources",
    UNKNOWN: "the checks do not decide",
}


def write_judged(judged: Judged, out: str | Path, data: str, facts: Mapping[str, str]) -> Path:
    """Writes `report.html` and `judged.json`.

    Args:
      judged: the result.
      out: the folder.
      data: name of the table.
      facts: the lines at the top, by name.

    Returns:
      The path of the page.
    """
    out = Path(out).expanduser()
    write_json(out / "judged.json", judged.to_json())
    first, *others = judged.lines()
    plain = [line.lstrip("-?+ ") for line in others]
    details = [each for each in (_pairs(judged), _runs(judged)) if each.records]
    lead = [f"{first[0].upper()}{first[1:]}.", *judged.copies, *plain[-2:]]
    section = Section(data, lead, _axes(judged), details, (), [_short(judged)])
    records = {"judged": judged.to_json()}
    return write_page(out, f"Referee: {data}", [section], records, [Facts("judge", facts)])


def _short(judged: Judged) -> Short:
    words = f"latents {judged.verdict}" if judged.verdict != UNKNOWN else judged.verdict
    status = Status(words, TONES[judged.verdict], SENTENCES[judged.verdict])
    reasons = [Reason(each.code, each.text) for each in judged.reasons]
    steps = [Step(text) for text in judged.steps]
    return Short(f"{len(judged.names)} runs", judged.verdict, Truth(), status, (), reasons, steps)


def _axes(judged: Judged) -> Table:
    agreed = judged.found.agreed
    axes = agreed.axes if agreed else ()
    singular, noise = judged.found.moved.singular, judged.found.moved.noise
    records = [{"axis": i, "found": axis} for i, axis in enumerate(axes)]
    values = ", ".join(f"{value:.2g}" for value in singular)
    notes = [f"u's effect on variances, singular values: {values}; noise reaches {noise:.2g}."]
    columns = {"axis": "axis of the central run", "found": "found again in the other runs"}
    return Table("Axes", columns, records, notes=notes)


def _pairs(judged: Judged) -> Table:
    agreed = judged.found.agreed
    if agreed is None:
        return Table("Agreement of every two runs", {}, [])
    columns = {"run": "run"} | {str(i): name for i, name in enumerate(judged.names)}
    records = [
        {"run": name, **{str(i): float(value) for i, value in enumerate(row)}}
        for name, row in zip(judged.names, agreed.mcc, strict=True)
    ]
    return Table("Agreement of every two runs", columns, records, notes=[
        f"MCC; a rotation of one solution reaches {agreed.rotation:.2f}, 5 % of them "
        f"{agreed.rotation_p95:.2f}. Linear maps between runs: R^2 {agreed.by_space:.2f}, "
        f"canonical correlation {agreed.canonical:.2f}."])  # fmt: skip


def _runs(judged: Judged) -> Table:
    informed = judged.found.informed
    records = [{"run": n, "nats": v} for n, v in zip(judged.names, informed.runs, strict=True)]
    records += [{"run": f"control {i + 1}", "nats": v} for i, v in enumerate(informed.controls)]
    return Table("Information of latents on u", {"run": "run", "nats": "nats per row"}, records)
