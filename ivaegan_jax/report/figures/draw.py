"""Which figures a study has, and what each of them shows in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from ivaegan_jax.report.figures.arrays import Arrays, load
from ivaegan_jax.report.figures.curves import learning_curves
from ivaegan_jax.report.figures.images import image_grid, traversals
from ivaegan_jax.report.figures.latents import (
    columns_of,
    latents_by_u,
    latents_vs_truth,
)
from ivaegan_jax.report.figures.picture import Picture
from ivaegan_jax.report.figures.scores import agreement_strips, mcc_strips, paired_differences
from ivaegan_jax.report.figures.style import Palette
from ivaegan_jax.report.inputs import Results
from ivaegan_jax.report.legend import BAND
from ivaegan_jax.types import Pause


class Plot(NamedTuple):
    """One entry of the gallery.

    Attributes:
      name: of the file.
      draw: returns panels; none where the study has nothing to show.
      caption: what it shows.
      wide: panels side by side; 0 takes as many as there are latents.
      narrow: the same on a telephone.
    """

    name: str
    draw: Callable[[Results, Mapping[str, Arrays], Palette], Sequence[Figure | None]]
    caption: str
    wide: int = 1
    narrow: int = 1


GALLERY = (
    Plot(
        "mcc",
        lambda study, _, palette: [mcc_strips(study.results, palette)],
        "Held-out MCC of every run (posterior mean, Pearson, assignment fitted on other rows); "
        f"crosses are diverged runs. Beneath them: mean and 95 % interval ({BAND}); at the foot "
        "baselines, means over data seeds.",
    ),
    Plot(
        "agreement",
        lambda study, _, palette: [agreement_strips(study.results, palette)],
        "MCC between the latents of every pair of runs on the same held-out rows (posterior mean, "
        "Pearson). Beneath: mean and 95 % interval from resampling runs, since pairs share runs.",
    ),
    Plot(
        "paired",
        lambda study, _, palette: [paired_differences(study.results, palette)],
        "Held-out MCC of ivae_gan minus that of ivae on each data seed, model seeds averaged "
        f"first. At the foot: mean difference and 95 % interval ({BAND}).",
    ),
    Plot(
        "curves",
        lambda study, _, palette: learning_curves(study.train, palette),
        "Logged terms against the training step. Line: median over all runs that have a number at "
        "that step; band: their lower to upper quartile.",
        wide=4,
        narrow=2,
    ),
    Plot(
        "latents",
        lambda _, arrays, palette: latents_vs_truth(arrays, palette),
        "True source (across) against its latent (up) on held-out rows with their |Pearson "
        "correlation|, and that of every source with every latent (dark 0, yellow 1). One run per "
        "model, the first model seed of the first data seed; order and signs fitted on the rows "
        "shown, so these are no scores.",
        wide=0,
        narrow=3,
    ),
    Plot(
        "latents_by_u",
        lambda _, arrays, palette: latents_by_u(arrays),
        "The two latents whose posterior means vary most, on held-out rows, by u. One run "
        "per model: the first model seed of the first data seed.",
        wide=4,
        narrow=2,
    ),
    Plot(
        "samples",
        lambda _, arrays, palette: image_grid(arrays),
        "Observations x, their reconstructions x_recon, and samples x_fake at the same u. One run "
        "per model: the first model seed of the first data seed; held-out rows evenly spaced, none "
        "picked.",
        wide=2,
    ),
    Plot(
        "traversals",
        lambda _, arrays, palette: traversals(arrays),
        "What each latent does: a line per latent, along which it goes from its 2nd to its 98th "
        "percentile over held-out rows, the others as in one held-out row. Run as above.",
        wide=3,
        narrow=1,
    ),
)


BRIEF = ("mcc", "agreement", "paired")
"""The figures of scores, which are small."""


def pictures(
    study: Results, palette: Palette, brief: bool = False, pause: Pause = lambda: None
) -> Iterator[Picture]:
    """Every figure that the study has material for, or those of scores alone."""
    loaded = {} if brief else {name: load(path) for name, path in study.arrays.items()}
    for plot in GALLERY:
        if brief and plot.name not in BRIEF:
            continue
        pause()
        panels = [each for each in plot.draw(study, loaded, palette) if each is not None]
        if panels:
            name, wide = f"{plain(study.data)}_{plot.name}", plot.wide or columns_of(loaded)
            yield Picture(name, panels, plot.caption, wide, plot.narrow)


def plain(name: str) -> str:
    """What files call a data set, whose name may be a path."""
    stem = Path(name.removesuffix(".npz")).name or "data"
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in stem)
