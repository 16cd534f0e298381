"""Static settings of data: how a benchmark is drawn, a table prepared and its rows split."""

import dataclasses
from typing import Any

COLUMNS = ("x", "u", "groups", "time", "s", "rows")
"""Settings that say which columns and rows of a file are what; flags have the same names."""


WHITEN = ("auto", "yes", "no")
"""Values of `DataConfig.whiten`."""

UNLABELLED = ("drop", "train")
"""Values of `DataConfig.unlabelled`."""


@dataclasses.dataclass(unsafe_hash=True)
class DataConfig:
    """How a benchmark is drawn and a table prepared; 0 or "" means the data set's own value.

    Attributes:
      segments: number of levels of u.
      per_segment: rows per level; all rows where u is continuous.
      dim: number of sources, and of columns where `columns` does not say otherwise.
      columns: number of observed columns of `noisy`, `counts`, `laws` and `sessions`.
      session: which session of `sessions`.
      layers: mixing layers.
      recipe: whose sources and mixing `noisy` has: b1, b2 or b3.
      source: distribution of the sources: gaussian, laplace, hypsec or uniform.
      activation: non-linearity of the mixing.
      modulation: what of the sources follows u: both (mean and variance), mean or variance.
      noise: standard deviation of noise added to a benchmark's x, relative to each column's own.
      noise_law: its distribution: gaussian, laplace, student_t (5 degrees of freedom) or uniform.
      counted: how `counts` are drawn: poisson or negative_binomial.
      dispersion: of the latter, variance = mean + dispersion * mean^2.
      zeros: share of zeros of `counts`.
      gain: standard deviation of their log rates.
      spread: of `few_levels`: standard deviation over levels of a source's log standard deviation.
      separation: of the nearest two of their means, in standard deviations of a level.
      sizes: whether their levels have equally many rows: uneven or even.
      size: pixels of `sprites` in each direction.
      objects: shapes in each of them, 1 or 2.
      shape: of the first: ellipse, drop, box or disc.
      colours: grey or rgb.
      background: of `sprites`: plain or waves.
      blur: scale of their edges in pixels.
      scale: standard deviation of the standardised observations.
      whiten: `yes` has networks see the principal components of x at one scale, in place of its
        columns, and `no` the columns; `auto` whitens real numbers that are no images, with as many
        columns as latents, none of them nearly a mixture of others, and no noise in the game. Of
        images with 256 pixels and more it makes two codes for each latent, unless there are
        convolutions or networks of one's own.
      codes: numbers that an autoencoder makes of x, fitted to the training rows before anything
        else, and that the model sees in its place: for images; 0 leaves them to `whiten`.
      unlabelled: what becomes of rows whose u is missing: `drop` leaves them out, `train` trains
        what needs no u with them, and fits what is done to x before training on them too.
      valid_fraction: share of rows held out for choosing between runs.
      test_fraction: share of rows held out for scoring.
      split: which rows are held out, see `splits.how`; as the flag --split.
      x: columns of a file that are observations, as the flag --x; see `tables.choose.Choice`.
      u: columns that are the auxiliary variable, with their kinds, as the flag --u.
      groups: the column of recordings, sessions or subjects, as the flag --groups.
      time: the column of times, as the flag --time.
      s: columns that are true sources, as the flag --s.
      rows: which rows of a file, by values of its columns, as the flag --rows.
    """

    segments: int = 0
    per_segment: int = 0
    dim: int = 0
    columns: int = 0
    session: int = 0
    layers: int = 0
    recipe: str = ""
    source: str = ""
    activation: str = ""
    modulation: str = ""
    noise: float = 0.0
    noise_law: str = ""
    counted: str = ""
    dispersion: float = 0.0
    zeros: float = 0.0
    gain: float = 0.0
    spread: float = 0.0
    separation: float = 0.0
    sizes: str = ""
    size: int = 0
    objects: int = 0
    shape: str = ""
    colours: str = ""
    background: str = ""
    blur: float = 0.0
    scale: float = 1.5
    whiten: str = "auto"
    codes: int = 0
    unlabelled: str = "drop"
    valid_fraction: float = 0.1
    test_fraction: float = 0.1
    split: str = "auto"
    x: str = ""
    u: str = ""
    groups: str = ""
    time: str = ""
    s: str = ""
    rows: str = ""

    def drawn(self) -> dict[str, Any]:
        """The options that are set of how a benchmark is drawn: all fields before `scale`."""
        names = [field.name for field in dataclasses.fields(self)]
        own = names[: names.index("scale")]
        return {name: value for name in own if (value := getattr(self, name))}

    def named_columns(self) -> dict[str, str]:
        """The columns and rows of a file that are named, by what they are."""
        named = {name: getattr(self, name) for name in COLUMNS}
        return {name: value for name, value in named.items() if value}
