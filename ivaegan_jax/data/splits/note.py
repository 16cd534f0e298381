"""The sentences on a split: which, why, how large, and what it left out."""

from typing import Any, NamedTuple

INDEPENDENT = "the rows of this data set are drawn independently of each other"
"""Why rows of benchmarks are split at random."""

UNITS = {"random": "rows", "group": "groups", "blocks": "blocks"}


class SplitNote(NamedTuple):
    """A split as manifests and reports describe it.

    Attributes:
      split: as `--split` takes it, nothing left open.
      asked: what `--split` was.
      why: this one, as one clause.
      rows: of the table.
      train: rows of this part, for every data seed alike.
      valid: rows of this part.
      test: rows of this part.
      unit: what goes to one part as a whole: rows, groups, blocks.
      units: how many of these there are.
      gaps: rows between parts that are in none, by data seed.
      trimmed: rows left out to make parts equal in size, by data seed.
      copied: rows that were kept together with their copies.
      warning: a sentence where the split leaks; empty where it does not.
    """

    split: str
    asked: str
    why: str
    rows: int
    train: int
    valid: int
    test: int
    unit: str
    units: int
    units: int
    gaps: list[int]
    trimmed: list[int]
    copied: int
    warning: str

    def record(self) -> dict[str, Any]:
        """As JSON values, with the sentences that a report repeats."""
        return {**self._asdict(), "sentences": self.sentences()}

    def sentences(self) -> list[str]:
        """In words, the warning first; nothing where rows are known to be independent."""
        if self.why == INDEPENDENT:
            return []
        sentences = [f"{self.warning[0].upper()}{self.warning[1:]}."] if self.warning else []
        parts = f"{self.train:,} training, {self.valid:,} validation and {self.test:,} test rows"
        units = f" in {self.units:,} {self.unit}" if self.units and self.unit != "rows" else ""
        how = "at random" if self.split == "random" else f"by {self.split}"
        sentences += [f"Rows were split {how}, since {self.why}: {parts} of {self.rows:,}{units}."]
        unlike = "sets of copies" if self.unit == "rows" else self.unit
        same = f"so that parts have one size for every data seed, since {unlike} differ in theirs"
        for counts, what in (
            (self.gaps, "in gaps between the parts"),
            (self.trimmed, same),
        ):
            if max(counts):
                sentences += [f"{_span(counts)} rows were left out {what}."]
        if self.copied:
            sentences += [f"{self.copied:,} rows are copies of others and stay with them."]
        return sentences


def _span(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{high:,}" if low == high else f"{low:,} to {high:,}"
