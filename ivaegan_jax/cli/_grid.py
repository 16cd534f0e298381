"""What a sweep tries: every point of a grid, with every one of some random draws."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from ivaegan_jax.studies import Value, make_label, read_value, setting
from ivaegan_jax.types import InputError

MOST = 10_000
"""Configurations of one sweep."""

DIGITS = 4
"""Significant digits of a drawn number, so that a label can be read and typed again."""


def labels_of(preset: str, grid: str, draw: str, draws: int, draw_seed: int) -> list[str]:
    """A label for every point of the grid with every draw.

    Args:
      preset: a row of the table of models.
      grid: `r1_weight=.003,.01; width=50,100`.
      draw: `vae_rate=log:.001:.01; latent_reconstruction_weight=1:10; adversarial=hinge,minimax`.
      draws: how many times to draw.
      draw_seed: of the random numbers; more draws begin with those of fewer.

    Raises:
      InputError: for anything that cannot be meant, or more than `MOST` configurations.
    """
    points, ranges = read_lists("grid", grid), read_lists("draw", draw)
    if doubled := points.keys() & ranges.keys():
        raise InputError(f"{min(doubled)} is in --grid and in --draw; choose one")
    if bool(ranges) != bool(draws):
        raise InputError("--draw says what is drawn and --draws how often: give both or neither")
    if not points and not ranges:
        raise InputError("name what is swept, as --grid='r1_weight=.003,.01; width=50,100'")
    count = math.prod(map(len, points.values())) * max(draws, 1)
    if count > MOST:
        raise InputError(f"{count} configurations are more than {MOST}; sweep fewer values")
    values = [[_read("grid", name, text) for text in texts] for name, texts in points.items()]
    on_grid = [dict(zip(points, chosen, strict=True)) for chosen in product(*values)]
    drawn = list(draw_all(ranges, draws, draw_seed)) or [{}]
    labels = [str(make_label(preset, point | own)) for point in on_grid for own in drawn]
    return list(dict.fromkeys(labels))  # whole numbers may be drawn twice


def read_lists(flag: str, text: str) -> dict[str, list[str]]:
    """`a=1,2; b=x` as texts by name; raises InputError for what is nothing of the kind."""
    found: dict[str, list[str]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, equals, listed = (piece.strip() for piece in part.partition("="))
        values = [value.strip() for value in listed.split(",")]
        if not equals or not name:
            raise InputError(f"--{flag}: {part!r} is not NAME=VALUE,VALUE,...; separate by ';'")
        if name in found:
            raise InputError(f"--{flag} names {name} twice")
        found[name] = values
    return found


def draw_all(
    ranges: Mapping[str, Sequence[str]], draws: int, seed: int
) -> Iterator[dict[str, Value]]:
    """Random settings, one after the other."""
    samplers = {name: Sampler(name, texts) for name, texts in ranges.items()}
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield {name: sampler.draw(rng) for name, sampler in samplers.items()}


class Sampler:
    """Draws a setting: uniformly in `low:high`, log-uniformly in `log:low:high`, or from a list."""

    def __init__(self, name: str, texts: Sequence[str]):
        """Reads the range; raises InputError for one that is empty or no range of this setting."""
        self.name, self.choices, self.log = name, [], False
        *kind, low, high = texts[0].split(":") if ":" in texts[0] else ("list", "", "")
        if kind == ["list"]:
            self.choices = [_read("draw", name, text) for text in texts]
            return
        self.log = kind == ["log"]
        if len(texts) > 1 or (kind and not self.log):
            raise InputError(f"--draw: {name} takes LOW:HIGH, log:LOW:HIGH or a list of values")
        ends = [_read("draw", name, text) for text in (low, high)]
        if isinstance(ends[0], str | bool):
            raise InputError(f"--draw: {name} is no number; list its values, as {name}=A,B")
        self.low, self.high = (float(end) for end in ends)
        if not self.low < self.high or (self.log and self.low <= 0):
            above = " above 0" if self.log else ""
            raise InputError(f"--draw: {name}={texts[0]} is an empty range: LOW below HIGH{above}")

    def draw(self, rng: np.random.Generator) -> Value:
        """One value, a number rounded to a few digits."""
        if self.choices:
            return self.choices[rng.integers(len(self.choices))]
        if self.log:
            value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        else:
            value = rng.uniform(self.low, self.high)
        whole = isinstance(setting(self.name).default, int)
        return round(value) if whole else float(f"{value:.{DIGITS}g}")


def _read(flag: str, name: str, text: str) -> Value:
    try:
        return read_value(name, text)
    except InputError as error:
        raise InputError(f"--{flag}: {error}") from error
