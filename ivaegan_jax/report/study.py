"""The report of a named study: every arm on one line, its baselines beside it, bands beneath."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.evaluation import USABLE, Result
from ivaegan_jax.report.bands import Checked, bands_table
from ivaegan_jax.report.estimates import interval
from ivaegan_jax.report.evidence import gather, verdict_of
from ivaegan_jax.report.figures.along import latents_panels, strips_along
from ivaegan_jax.report.figures.picture import Picture
from ivaegan_jax.report.figures.scores import arm_strips
from ivaegan_jax.report.inputs import Arm, Records, studies
from ivaegan_jax.report.latents import DIM_Z, along, latents_table, recommended
from ivaegan_jax.report.legend import NOISY
from ivaegan_jax.report.page import Section
from ivaegan_jax.report.recorded import baselines, ceilings
from ivaegan_jax.report.render import Table
from ivaegan_jax.report.selection import outcomes, selection_over_arms
from ivaegan_jax.report.tables import AGAINST_TRUTH, DIGITS, summary, threshold_of, truth_record
from ivaegan_jax.report.write import palette_of, section, write_page, write_sections

SIDE_BY_SIDE = 10
"""Arms that a strip plot has room for."""

COLUMNS = {
    "label": "arm",
    "data": "data",
    **AGAINST_TRUTH,
    "usable": "usable",
    "agreement": "agreement [95 %]",
    "verdict": "verdict",
    "random_rotation": "rotation",
    "label_only": "label",
    "linear_supervised": "linear",
    "bayes": "bayes",
}

NOTES = (
    "MCC, IQM, within, R²(s|z), success: as in the tables of the single data sets below.",
    "rotation, label, linear: baselines of the arm's own data, the MCC of a random rotation of the "
    "true sources, of the mean source of each u, and of the best linear map from x.",
    "usable, agreement, verdict: found without the true sources, as on the first page of a report.",
)


class Studied(NamedTuple):
    """Everything about a study's arms.

    Attributes:
      name: of the study.
      arms: in the order of the tables.
      read: what their work directories hold.
      checked: bands and what was found.
    """

    name: str
    arms: Sequence[Arm]
    read: Sequence[Records]
    checked: Sequence[Checked]


def every_arm(studied: Studied) -> Table:
    """One line per arm, on whatever data; baselines are those of the arm's own data seeds."""
    known = ceilings_by_data(studied)
    records = [
        {
            **truth_record(found, arm.name, threshold_of(found), known.get(arm.data)),
            **_without_truth(found, arm.name),
            "data": arm.data,
            **baselines(found),
            **ceilings(found),
        }
        for arm, found in zip(studied.arms, (r.results for r in studied.read), strict=True)
    ]
    title, notes = f"All arms: {len(records)}", [*NOTES, *([NOISY] if known else [])]
    return Table(title, COLUMNS, records, (), notes, DIGITS).without_empty_columns()


def ceilings_by_data(studied: Studied) -> dict[str, float]:
    """The MCC that each arm's data allow: the better of `bayes` and the arm that has the truth."""
    found: dict[str, float] = {}
    taught: dict[str, float] = {}
    for arm, read in zip(studied.arms, studied.read, strict=True):
        if (known := ceilings(read.results).get("bayes")) is not None:
            found[arm.data] = max(found.get(arm.data, 0.0), known)
        mean = interval(read.results, "mcc", arm.name) if arm.preset == "supervised" else None
        if mean is not None:
            taught[arm.data] = max(taught.get(arm.data, 0.0), float(mean.estimate))
    return {data: max(known, taught.get(data, 0.0)) for data, known in found.items()}


def _without_truth(results: Sequence[Result], name: str) -> dict[str, Any]:
    found = gather(results, name)
    if not found.runs:
        return {}
    usable = float(np.mean([run.verdict == USABLE for run in found.runs]))
    return {"usable": usable, "agreement": found.agreement, "verdict": verdict_of(found)}


def main_table(studied: Studied) -> Table:
    """The one table of the study: all arms on their own data, or compared on the one there is."""
    found = studies(studied.read)
    return every_arm(studied) if len(found) > 1 else summary(found[0].results)


def study_sections(studied: Studied) -> list[Section]:
    """All arms first, then each data set with its comparisons; or the only data set."""
    found = studies(studied.read)
    palette = palette_of(found)
    parts = [section(study, palette, brief=True) for study in found]
    latents = latents_table(studied.arms, studied.read)
    bands = [bands_table(studied.checked)] if studied.checked else []
    tables = [*([latents] if latents.records else []), *bands]
    pictures = tuple(_pictures(studied))
    if len(found) == 1:
        [only] = parts
        if len(studied.arms) <= SIDE_BY_SIDE:
            pictures = (*only.pictures, *pictures[1:])
        words, details = [*only.headline, *_words(studied)], (*tables, *only.details)
        return [only._replace(headline=words, details=details, pictures=pictures)]
    found = [
        (arm.data, outcomes(records.results, arm.name))
        for arm, records in zip(studied.arms, studied.read, strict=True)
    ]
    tables = [*selection_over_arms(found), *tables]
    first = Section("All arms", _words(studied), every_arm(studied), tables, pictures)
    return [first, *(part._replace(pictures=()) for part in parts)]


def write_study(
    studied: Studied, root: Path, manifest: Mapping[str, Any], kept: Path | None = None
) -> None:
    """Writes tables, figures and one page to `root`, and tables and figures to `kept` as well."""
    sections = study_sections(studied)
    title = f"Study {studied.name}"
    for folder in filter(None, (root, kept)):
        write_sections(folder, title, sections)
    write_page(root, title, sections, {"manifest": manifest})


def _words(studied: Studied) -> list[str]:
    first = list(filter(None, [recommended(studied.arms, studied.read)]))
    if not studied.checked:
        return first or ["Nothing was expected beforehand."]
    missed = [str(c) for c in studied.checked if not c.holds]
    held = f"{len(studied.checked) - len(missed)} of {len(studied.checked)} bands hold."
    return [*first, held, *missed]


def _pictures(studied: Studied) -> list[Picture]:
    arms, read = studied.arms, studied.read
    swept = latents_panels(found, DIM_Z) if (found := along(arms, read)) else []
    figures = [("arms", [arm_strips(arms, read)], ARMS), ("latents", swept, LATENTS)]
    for name in dict.fromkeys(name for arm in arms for name in arm.axis):
        panels = strips_along(name, arms, read, ceilings_by_data(studied))
        figures.append((f"along_{name}", panels, ALONG.format(name=name)))
    drawn = [(name, list(filter(None, panels)), text) for name, panels, text in figures]
    return [
        Picture(name, panels, text, len(panels), min(2, len(panels)))
        for name, panels, text in drawn if panels
    ]  # fmt: skip


ARMS = (
    "Held-out MCC of every run (posterior mean, Pearson, assignment fitted on other rows), an arm "
    "per line; crosses are diverged runs. Beneath: mean and 95 % interval over data seeds. Grey "
    "ticks: a random rotation of the truth on the same data."
)
LATENTS = (
    "Against the number of latents, on held-out rows: log p(x|u), agreement between runs, and "
    "latents in use. Dots: means; lines: 95 % intervals over data seeds (over model seeds where "
    "there is one data seed)."
)
ALONG = (
    "Held-out MCC against {name}. Dots: runs; crosses: diverged ones; lines: means over data "
    "seeds with their 95 % intervals. Dashed: a random rotation of the truth on the same data. "
    "Where the noise of x is known, the second panel has the MCC over the better of `bayes` and "
    "`supervised` on the same data."
)
