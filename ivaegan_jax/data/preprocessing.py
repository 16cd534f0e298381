"""Standardisation and coding as fitted on the training rows, kept with a model.

Columns are centred in the precision in which they were given: statistics of float64 and of large
integers are float64, and only what is centred and scaled becomes float32.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Real, Shaped

from ivaegan_jax.data.codec import Codec
from ivaegan_jax.data.coding import (
    check_columns,
    check_present,
    features,
    level_codes,
)
from ivaegan_jax.data.columns import pieces
from ivaegan_jax.data.comparison import Seen
from ivaegan_jax.data.kinds import kinds_as_arrays, kinds_from_arrays
from ivaegan_jax.types import (
    Auxiliary,
    Coded,
    Column,
    InputError,
    Kind,
    counts_as_seen,
    counts_of,
)

LOOKS = ("seen", "seen_u")
"""Fields that are what training rows were like."""


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """How a model sees the user's x and u.

    Attributes:
      x_mean: column means of the training rows.
      x_std: their standard deviations, 1 where a column is constant.
      scale: standard deviation of the transformed x.
      levels: discrete u: the category of each code; None for a continuous u.
      u_mean: any other u: mean of every feature, 0 of one that is not standardised; None for a
        discrete u.
      u_std: the same of standard deviations, 1 where a feature is constant or not standardised.
      u_columns: what each column of u holds; empty where all are plain quantities.
      columns: names of the columns of x; none where they have none.
      counts: whether x holds counts, which are seen through their square root.
      seen: what x of the training rows was like; None in what earlier versions stored.
      seen_u: the same of u's quantities, in the user's unit.
      codec: what makes codes of standardised x, which the model sees instead; None where it sees x.
    """

    x_mean: Float[np.ndarray, " dim_x"]
    x_std: Float[np.ndarray, " dim_x"]
    scale: float = 1.0
    levels: np.ndarray | None = None
    u_mean: Float[np.ndarray, " dim_u"] | None = None
    u_std: Float[np.ndarray, " dim_u"] | None = None
    u_columns: tuple[Column, ...] = ()
    columns: tuple[str, ...] = ()
    counts: bool = False
    seen: Seen | None = None
    seen_u: Seen | None = None
    codec: Codec | None = None

    @property
    def dim_given(self) -> int:
        """Columns of x as the user has it."""
        return len(self.x_mean)

    @property
    def dim_x(self) -> int:
        """Columns of x as the model sees it."""
        return len(self.x_mean) if self.codec is None else len(self.codec.mean)

    @property
    def is_categorical(self) -> bool:
        """Whether u is one column of categories, which programs see as codes."""
        return self.levels is not None

    @property
    def dim_u(self) -> int:
        """Features of u as the networks see it: levels, or columns."""
        return 0 if (by := self.levels if self.u_mean is None else self.u_mean) is None else len(by)

    @property
    def u_kinds(self) -> tuple[Column, ...]:
        """What each column of u holds, with the levels of the training rows."""
        if self.u_columns or self.levels is None:
            return self.u_columns or (Column(Kind.CONTINUOUS),) * self.dim_u
        return (Column(Kind.CATEGORICAL, self.levels),)

    def transform_x(self, x: Real[np.ndarray, "rows dim_x"]) -> Float[np.ndarray, "rows dim_seen"]:
        """Standardises x; raises InputError if it has another number of columns."""
        return self.transform_rows(x, np.arange(len(x)))

    def transform_rows(
        self, x: Real[np.ndarray, "all_rows dim_x"], rows: Int[np.ndarray, " rows"]
    ) -> Float[np.ndarray, "rows dim_seen"]:
        """Standardises some rows of a table; raises InputError for other numbers of columns."""
        check_columns("x", x, self.dim_given)
        found = np.empty((len(rows), self.dim_x), np.float32)
        for piece in pieces(len(rows), x.shape[1]):
            some = x[rows[piece]]
            some = counts_as_seen(np.maximum(some, 0)) if self.counts else some
            some = (some - self.x_mean) / self.x_std * self.scale
            found[piece] = self.codec.encode(some) * self.scale if self.codec else some
        return found

    def inverse_x(self, x: Float[np.ndarray, "*rows dim_seen"]) -> Float[np.ndarray, "*rows dim_x"]:
        """Brings standardised x back to the user's units."""
        check_columns("x", x, self.dim_x)
        x = self.codec.decode(x / self.scale) if self.codec else x
        own = x / self.scale * self.x_std + self.x_mean
        return np.maximum(counts_of(own), 0) if self.counts else own

    def standardised(
        self, x: Float[np.ndarray, "*rows dim_seen"]
    ) -> Float[np.ndarray, "*rows dim_seen"]:
        """Rows that the model sees as standardised columns; codes of an autoencoder stay codes."""
        if self.codec is None or not self.codec.is_whitening:
            return x
        return self.codec.decode(x / self.scale).astype(np.float32)

    @property
    def log_volume(self) -> float:
        """Log density of `standardised` rows less that of what the model sees, in nats."""
        if self.codec is None or not self.codec.is_whitening:
            return 0.0
        return self.codec.log_volume + self.dim_x * float(np.log(self.scale))

    def encode_u(self, u: Auxiliary | Shaped[np.ndarray, "rows *dim_u"]) -> Coded:
        """Brings u into the form that the model was trained on.

        Args:
          u: of a table, or the user's own values: categories `[rows]`, or numbers `[rows, dim_u]`
            (`[rows]` for one column).

        Returns:
          int32 level codes `[rows]`, or standardised float32 `[rows, dim_u]`.

        Raises:
          InputError: for a category that the training rows lacked, another number of
            columns, or numbers where there should be categories and vice versa.
        """
        u = u if isinstance(u, Auxiliary) else Auxiliary.as_given(u)
        check_present(u)
        if self.levels is not None:
            return level_codes(u, self.levels)
        assert self.u_mean is not None
        assert self.u_std is not None
        return features(u, self.u_kinds, self.u_mean, self.u_std)

    def own_quantities(self, u: Auxiliary) -> Float[np.ndarray, "rows quantities"] | None:
        """The columns of u that are quantities, in the user's unit; None of other numbers."""
        if u.is_absent or len(u.columns) != len(self.u_kinds):
            return None
        return u.in_columns(self.u_kinds)[0].own_quantities()

    def own_words(self) -> dict[str, np.ndarray]:
        """What figures call u by: the name of its first column, and what values are to the user.

        Returns:
          `u_name`, with `u_levels`, the categories as text, or with `u_scale`, mean and standard
          deviation of a quantity; nothing where the first column is neither, or there is none.
        """
        if not self.u_kinds:
            return {}
        first = self.u_kinds[0]
        name = {"u_name": np.array(first.name or "u")}
        if self.levels is not None:
            return name | {"u_levels": np.array([str(level) for level in self.levels.tolist()])}
        if first.kind is Kind.CONTINUOUS and self.u_mean is not None and self.u_std is not None:
            return name | {"u_scale": np.array([self.u_mean[0], self.u_std[0]], float)}
        return {}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The fields as arrays for an `.npz` file, without pickle; None is left out."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        fields["columns"] = np.array(self.columns, str) if self.columns else None
        fields |= kinds_as_arrays(fields.pop("u_columns"))
        for name in LOOKS:
            look = fields.pop(name)
            fields |= {} if look is None else {f"{name}/{k}": v for k, v in look._asdict().items()}
        codec = fields.pop("codec")
        fields |= {f"codec/{k}": v for k, v in codec.to_arrays().items()} if codec else {}
        return {name: np.asarray(value) for name, value in fields.items() if value is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Preprocessing":
        """Undoes `to_arrays`, ignoring other entries.

        Raises:
          InputError: if a field is missing.
        """
        needed = {"x_mean", "x_std", "scale"}
        needed |= {"levels"} if "levels" in arrays else {"u_mean", "u_std"}
        missing = sorted(needed - set(arrays))
        if missing:
            raise InputError(
                f"the stored preprocessing lacks {', '.join(missing)}; save the model again"
            )
        fields: dict[str, Any] = {name: np.asarray(arrays[name]) for name in needed}
        for name in LOOKS:
            if f"{name}/mean" in arrays:
                fields[name] = Seen(*(np.asarray(arrays[f"{name}/{key}"]) for key in Seen._fields))
        of_codec = {n.removeprefix("codec/"): arrays[n] for n in arrays if n.startswith("codec/")}
        fields["codec"] = Codec.from_arrays(of_codec) if of_codec else None
        fields["scale"] = float(arrays["scale"])
        fields["counts"] = bool(arrays.get("counts", False))
        fields["columns"] = tuple(arrays.get("columns", np.zeros(0, str)).tolist())
        return cls(**fields, u_columns=kinds_from_arrays(arrays))
