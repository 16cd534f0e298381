"""How much of the axes within a level u settles at all, as levels lie further apart.

  python -m experiments.twists --out=results/twists

Nothing is trained. Around the mean of every level the true sources of `few_levels` are turned, by
45 degrees in two random planes, fully up to most of a radius and no longer at it. Each such twist
is one-to-one, keeps volumes, and keeps the law of that level exactly: its rows alone do not
distinguish twisted sources from true ones. Rows of *other* levels at the same place do. So the
twisted sources, with the generator that goes with them, are a model whose log p(x|u) falls short of
the truth by what is printed, in nats per row, and whose MCC within levels is printed beside it:
p(x|u) distinguishes the two by no more than that.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from absl import flags
from jaxtyping import Float, Int

from ivaegan_jax import load_dataset, report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.data.benchmarks.truth import Truth
from ivaegan_jax.files import write_json, write_text
from ivaegan_jax.metrics import within_level_mcc
from ivaegan_jax.studies import parse_seeds
from ivaegan_jax.studies.manifest import describe_machine

SEPARATIONS, RADII = (0.1, 1.0, 2.0, 4.0, 6.0), (1.5, 2.0, 2.5, 3.0)
ANGLE, WHOLE = np.pi / 4, 0.8
"""Of the turn, and the share of the radius up to which it is whole."""

COLUMNS = {"separation": "separation", "radius": "radius", "lost": "nats lost per row",
           "within": "MCC within levels"}  # fmt: skip
NOTES = (
    "separation: distance of the nearest two means, in typical standard deviations of a level; "
    "radius: of the twists, in standard deviations of their level.",
)

Rows = Float[np.ndarray, "rows dim"]


def twist(
    s: Rows,
    mean: Float[np.ndarray, " dim"],
    std: Float[np.ndarray, " dim"],
    axes: Float[np.ndarray, "dim dim"],
    radius: float,
) -> Rows:
    """Rows turned around a mean, those far from it by nothing.

    Args:
      s: sources.
      mean: of one level.
      std: of the same level, which a radius is counted in.
      axes: orthogonal; the first four columns span the planes of the turn (two where there are
        no four).
      radius: beyond which nothing moves.
    """
    y = (s - mean) / std @ axes
    left = (radius - np.linalg.norm(y, axis=1)) / ((1 - WHOLE) * radius)
    angle = ANGLE * np.clip(left, 0, 1)
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = y.copy()
    for i in range(0, min(4, y.shape[1] - 1), 2):
        turned[:, i] = cosine * y[:, i] - sine * y[:, i + 1]
        turned[:, i + 1] = sine * y[:, i] + cosine * y[:, i + 1]
    return s + (turned - y) @ axes.T * std


def twisted(truth: Truth, u: Int[np.ndarray, " rows"], radius: float) -> Rows:
    """Sources after one twist around each level in turn."""
    rng, z = np.random.default_rng(0), truth.s.astype(float)
    for first in np.unique(u, return_index=True)[1]:
        axes = np.linalg.qr(rng.normal(size=(z.shape[1],) * 2))[0]
        z = twist(z, truth.mean[first], truth.std[first], axes, radius)
    return z


def lost(truth: Truth, z: Rows) -> float:
    """What log p(x|u) loses with sources of equal volume in place of the true ones, per row."""

    def squares(s: Rows) -> Float[np.ndarray, " rows"]:
        return np.square((s - truth.mean) / truth.std).sum(axis=1)

    return float(np.mean(squares(z) - squares(truth.s)) / 2)


def measure(separation: float, radius: float, data_seeds: Sequence[int]) -> dict[str, float]:
    """A row of the table: means over data seeds."""
    found = []
    for data_seed in data_seeds:
        data = load_dataset("few_levels", data_seed, {"separation": separation})
        assert isinstance(data.truth, Truth)
        z = twisted(data.truth, data.u.codes, radius)
        within = within_level_mcc(z, data.truth.s, data.u.codes)
        found.append((lost(data.truth, z), within))
    of_law, within = np.mean(found, axis=0)
    return {"separation": separation, "radius": radius, "lost": of_law, "within": within}


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("data_seeds", "6-10", "Draws of the data set.")
    flags.DEFINE_string("out", "", "Where table and manifest are kept.")


def main() -> None:
    """Prints the table, and keeps it."""
    began, made_by = time.time(), {"command": _flags.command_line(), **describe_machine()}
    seeds = parse_seeds("data_seeds", flags.FLAGS.data_seeds)
    records = [measure(separation, radius, seeds) for separation in SEPARATIONS for radius in RADII]
    table = report.Table("Twisted sources beside true ones", COLUMNS, records, (), NOTES)
    print(report.to_text(table))
    if not flags.FLAGS.out:
        return
    out = Path(flags.FLAGS.out)
    write_text(out / "summary.md", "# What few levels settle\n\n" + report.to_markdown(table))
    write_text(out / "summary.json", report.to_lines(records) + "\n")
    write_json(out / "manifest.json", {**made_by, "wall_time_s": time.time() - began})


if __name__ == "__main__":
    _program.launch(main, define_flags)
