"""What every layer speaks of: arrays, data sets, batches, and the errors a user can mend."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

import jax
import numpy as np
from jaxtyping import Float, Int, Real

from ivaegan_jax.types.auxiliary import Auxiliary

Scalar: TypeAlias = Float[jax.Array, ""]
"""A number inside a compiled program."""

Number: TypeAlias = Scalar | float
"""A traced number, or the plain one that a caller outside a program may pass."""

HostOrDevice: TypeAlias = jax.Array | np.ndarray
"""Arrays that may lie on either side."""

Params: TypeAlias = dict[str, Any]
"""Parameters by block: `encoder`, `prior`, `generator`, `critic`."""

Terms: TypeAlias = dict[str, Scalar]
"""Unweighted loss terms: mean over the batch, sum over dimensions, in nats."""

Row: TypeAlias = dict[str, Any]
"""One JSON record of a result or of a training log."""


@runtime_checkable
class Stop(Protocol):
    """Whether an end was requested; within its context requests wait for the next call.

    Outside of it nothing is lost where the process is ended at once.
    """

    def __call__(self) -> bool:
        """Whether an end was requested."""
        ...

    def __enter__(self) -> Any:
        """Work begins that an end at once would lose."""
        ...

    def __exit__(self, *error: Any) -> Any:
        """It is done, or failed."""
        ...


Pause: TypeAlias = Callable[[], None]
"""What is called between two parts of a longer work; raises Interrupted on a request to stop."""


class InputError(ValueError):
    """Something the user can mend; the message says what is wrong and what to do.

    Programs print it as one line on stderr and exit with a non-zero status.
    """


class StorageError(InputError):
    """The disk is full or failed; with it mended, the same work can go on."""


class Interrupted(BaseException):
    """Work stopped on request and can go on; as with KeyboardInterrupt, nothing may swallow it."""


Conditioning: TypeAlias = Float[jax.Array, "batch dim_u"] | Int[jax.Array, " batch"]
"""u as networks take it: features, one-hot for levels, or, where levels are many, their codes."""


class Batch(NamedTuple):
    """Observations and the auxiliary variable as the networks see them.

    Attributes:
      x: observations.
      u: auxiliary variable (see `Conditioning`).
      s: true sources, standardised; only for the supervised ceiling, None for every other model.
      unlabelled: other observations, whose u is missing; None where there are none.
      share: of the rows to train on, how many have no u.
    """

    x: Float[jax.Array, "batch dim_x"]
    u: Conditioning
    s: Float[jax.Array, "batch dim_s"] | None = None
    unlabelled: Float[jax.Array, "batch dim_x"] | None = None
    share: float | None = None


class TrainData(NamedTuple):
    """The training rows of all data seeds, shared by all runs.

    Attributes:
      x: `[data_seeds, rows, dim_x]`.
      u: level codes `[data_seeds, rows]`, or features `[data_seeds, rows, dim_u]`.
      s: standardised true sources; None but for the supervised ceiling.
      unlabelled: other rows, whose u is missing, `[data_seeds, others, dim_x]`; None where there
        are none.
    """

    x: Float[HostOrDevice, "data_seeds rows dim_x"]
    u: Int[HostOrDevice, "data_seeds rows"] | Float[HostOrDevice, "data_seeds rows dim_u"]
    s: Float[HostOrDevice, "data_seeds rows dim_s"] | None = None
    unlabelled: Float[HostOrDevice, "data_seeds others dim_x"] | None = None


Batches: TypeAlias = Batch | tuple[Batch, ...]
"""What a step takes: a batch, or one of each session."""

AllTrainData: TypeAlias = TrainData | tuple[TrainData, ...]
"""What runs are trained on: one table, or one for each session."""


@runtime_checkable
class Known(Protocol):
    """What the maker of a data set knows of how its rows came about, and what follows from it."""

    @property
    def is_noisy(self) -> bool:
        """Whether x has noise, so that the sources cannot be known from it exactly."""
        ...

    def at(self, rows: Int[np.ndarray, " rows"]) -> "Known":
        """The same of some rows."""
        ...

    def seen(self, x: Any, observed: Any) -> "Known":
        """The same, with these observations and their law."""
        ...

    def posterior_means(
        self, given_u: bool, seed: int = 0
    ) -> tuple[Float[np.ndarray, "rows dim_s"], Float[np.ndarray, " rows"]]:
        """Best estimate of the sources given x, with u or without, and what it rests on."""
        ...


@runtime_checkable
class RowReader(Protocol):
    """Rows of x wherever they lie, read some at a time.

    Attributes:
      shape: rows and columns.
      dtype: of what is read, in native byte order.
      unit: rows that are stored together, of which none can be read without the others.
    """

    shape: tuple[int, int]
    dtype: np.dtype
    unit: int

    def read(self, start: int, stop: int) -> Real[np.ndarray, "some dim_x"]:
        """The rows from `start` on to `stop`, which is left out."""
        ...


@dataclasses.dataclass(frozen=True)
class Whole:
    """A table of which a `Dataset` holds some rows.

    Attributes:
      x: reads its observations.
      u: of all rows.
      s: true sources of all rows, or None.
      side: columns of all rows, by name.
      drawn: numbers of the rows that the data set holds, ascending.
      sha256: of x of all rows.
    """

    x: RowReader
    if TYPE_CHECKING:
        u: Auxiliary
    else:
        u: Any
    s: Float[np.ndarray, "all_rows dim_s"] | None
    side: Mapping[str, np.ndarray]
    drawn: Int[np.ndarray, " rows"]
    sha256: str


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A table in host memory.

    Attributes:
      name: the benchmark's name, or the file's path.
      x: observations `[rows, dim_x]` as they were given, whole numbers or floats.
      u: the auxiliary variable, its kind and its values. A plain array becomes one: floats are
        quantities, whole numbers and text `[rows]` are categories.
      s: true sources, floats `[rows, dim_s]`; None where they are not known.
      image_shape: (height, width) where a row of x is an image, else None.
      groups: int32 code of the recording, session or subject that each row belongs to, `[rows]`;
        None where all rows are of one.
      time: when each row was taken, float64 `[rows]`; None where rows stand in the order of time.
      side: every named column beside x and u, one value per row, as the user has it.
      notes: how the table was read where that was not plain, one sentence each.
      independent: whether rows are known to be drawn independently of each other given u.
      columns: names of the columns of x; none where they have none.
      clean: what x would be without noise, `[rows, dim_x]`, of counts their expected values; None
        where x has no noise or that is not known.
      truth: of a benchmark, how every row came about.
      credit: of a recording of others, its licence and whom to cite, one sentence.
      coded_as: u of all tables that are coded alike, this one among them; None where it is alone.
      whole: the table that these rows were drawn from and training reads block by block; None where
        these are all.
      unlabelled: observations of further rows, whose u is missing, `[others, dim_x]`; None where
        there are none.
      left_out: the sentence of `notes` on them.
    """

    name: str
    x: Real[np.ndarray, "rows dim_x"]
    if TYPE_CHECKING:
        u: Auxiliary
    else:
        u: Any  # what it is made from is no Auxiliary yet
    s: Float[np.ndarray, "rows dim_s"] | None = None
    image_shape: tuple[int, int] | None = None
    groups: Int[np.ndarray, " rows"] | None = None
    time: Float[np.ndarray, " rows"] | None = None
    side: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    independent: bool = False
    columns: tuple[str, ...] = ()
    clean: Float[np.ndarray, "rows dim_x"] | None = None
    truth: Known | None = None
    credit: str = ""
    coded_as: Auxiliary | None = None
    whole: Whole | None = None
    unlabelled: Real[np.ndarray, "others dim_x"] | None = None
    left_out: str = ""

    def __post_init__(self) -> None:
        """Takes a plain array for u."""
        object.__setattr__(self, "u", Auxiliary.given(self.u))
