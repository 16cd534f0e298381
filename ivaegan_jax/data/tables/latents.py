"""Latents of the rows of a table, as they are written to a file of any format."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from ivaegan_jax.types import InputError

if TYPE_CHECKING:
    import pandas as pd


class Latents(NamedTuple):
    """Encoded rows, in the order of the table.

    Attributes:
      z: posterior means of every seed.
      z_std: posterior standard deviations.
      index: which seed to use; None where none was chosen.
      side: the table's columns that are no x, by name.
      about: what else is known: `seeds`, `chosen`, `split`, `part`.
      source: the file of the table; None where there is none.
    """

    z: Float[np.ndarray, "seeds rows dim_z"]
    z_std: Float[np.ndarray, "seeds rows dim_z"]
    index: int | None
    side: Mapping[str, np.ndarray]
    about: Mapping[str, np.ndarray]
    source: Path | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """All seeds, for formats of arrays."""
        return {"z": self.z, "z_std": self.z_std, **self.about}

    def of_one(self) -> tuple[np.ndarray, np.ndarray]:
        """Means and standard deviations `[rows, dim_z]` of the seed to use.

        Raises:
          InputError: where none was chosen.
        """
        if self.index is None:
            raise InputError("a file of columns holds one seed, and none was chosen; give --seed")
        return self.z[self.index], self.z_std[self.index]

    def frame(self) -> "pd.DataFrame":
        """The table's own columns, then `z1`, `z2`, ..., and their standard deviations."""
        import pandas as pd

        z, std = self.of_one()
        names = [f"z{i + 1}" for i in range(z.shape[1])]
        own = {n: each for n, each in self.side.items() if n not in names}
        own |= {"part": self.about["part"]} if "part" in self.about else {}
        found = dict(zip(names, z.T, strict=True))
        return pd.DataFrame(
            own | found | {f"{n}_std": s for n, s in zip(names, std.T, strict=True)}
        )
