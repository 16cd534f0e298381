"""Which figures a study has, and what each of them shows in words."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from ivaegan_jax.report.figures.arrays import Arrays, load
from ivaegan_jax.report.figures.curves import learning_curves
from ivaegan_jax.report.figures.latents import image_grid, latents_by_u, latents_vs_truth
from ivaegan_jax.report.figures.scores import agreement_strips, mcc_strips, paired_differences
from ivaegan_jax.report.figures.style import DPI, Palette
from ivaegan_jax.report.inputs import Results
from ivaegan_jax.report.legend import BAND
from ivaegan_jax.report.page import Picture
from ivaegan_jax.types import Pause


class Plot(NamedTuple):
    """One entry of the gallery; `draw` returns None where the study has nothing to show."""

    name: str
    draw: Callable[[Results, Mapping[str, Arrays], Palette], Figure | None]
    caption: str


GALLERY = (
    Plot(
        "mcc",
        lambda study, _, palette: mcc_strips(study.results, palette),
        "Held-out MCC of every run (posterior mean, Pearson, assignment fitted on other rows), one "
        "column of dots per data seed; crosses are diverged runs. Black: mean and 95 % interval "
        f"({BAND}). Dashed: baselines, means over data seeds.",
    ),
    Plot(
        "agreement",
        lambda study, _, palette: agreement_strips(study.results, palette),
        "MCC between the latents of every pair of runs on the same held-out rows (posterior mean, "
        "Pearson). Black: mean and 95 % interval from resampling runs, since pairs share runs.",
    ),
    Plot(
        "paired",
        lambda study, _, palette: paired_differences(study.results, palette),
        "Held-out MCC of ivae_gan minus that of ivae on each data seed, model seeds averaged "
        f"first. Black: mean difference and 95 % interval ({BAND}).",
    ),
    Plot(
        "curves",
        lambda study, _, palette: learning_curves(study.train, palette),
        "Logged terms against the training step. Line: median over all runs that have a number at "
        "that step; band: their lower to upper quartile.",
    ),
    Plot(
        "latents",
        lambda _, arrays, palette: latents_vs_truth(arrays, palette),
        "True source (across) against its latent (up) on held-out rows, and |Pearson correlation| "
        "of every source with every latent (dark 0, yellow 1). One run per preset, the first "
        "model seed of the first data seed; order and signs fitted on the rows shown, so these are "
        "no scores.",
    ),
    Plot(
        "latents_by_u",
        lambda _, arrays, palette: latents_by_u({n: a for n, a in arrays.items() if "s" not in a}),
        "The two latents whose posterior means vary most, on held-out rows, coloured by u. One run "
        "per preset: the first model seed of the first data seed.",
    ),
    Plot(
        "samples",
        lambda _, arrays, palette: image_grid(arrays),
        "Observations x, their reconstructions x_recon, and samples x_fake. One run per preset: "
        "the first model seed of the first data seed; rows as they came, none picked.",
    ),
)


BRIEF = ("mcc", "agreement", "paired")
"""The figures of scores, which are small."""


def pictures(
    study: Results, palette: Palette, brief: bool = False, pause: Pause = lambda: None
) -> Iterator[Picture]:
    """Every figure that the study has material for, or those of scores alone, as PNG."""
    loaded = {} if brief else {preset: load(path) for preset, path in study.arrays.items()}
    for plot in GALLERY:
        if brief and plot.name not in BRIEF:
            continue
        pause()
        figure = plot.draw(study, loaded, palette)
        if figure is not None:
            name = f"{plain(study.data)}_{plot.name}.png"
            yield Picture(name, to_png(figure), plot.caption)


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG file's bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def plain(name: str) -> str:
    """What files call a data set, whose name may be a path."""
    stem = Path(name.removesuffix(".npz")).name or "data"
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in stem)
