"""What a named study expects of its means."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Band:
    """Where the mean over data seeds of a headline score is expected.

    Attributes:
      arm: whose score.
      metric: such as `mcc`, `mcc_within`, `affine_r2`, on held-out rows, posterior mean;
        `verdict`, the share of runs that are usable; or `selection_gain`, the MCC that the run
        chosen without the truth has above a random one.
      low: at least this.
      high: at most this.
      minus: another arm, whose score is subtracted data seed by data seed.
    """

    arm: str
    metric: str
    low: float
    high: float = 1.0
    minus: str = ""

    def __str__(self) -> str:
        """Such as `igan minus ivae mcc`."""
        return f"{self.arm}{self.minus and f' minus {self.minus}'} {self.metric}"
