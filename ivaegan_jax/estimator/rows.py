"""Rows on their way to a fitted model, and the run that sees them."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Shaped
from sklearn.utils.validation import check_is_fitted

from ivaegan_jax.data import as_dataset
from ivaegan_jax.estimator.arguments import one_of
from ivaegan_jax.estimator.record import Record
from ivaegan_jax.estimator.tables import by_session, said_of
from ivaegan_jax.estimator.wording import spoken_in_python
from ivaegan_jax.files import read_npz
from ivaegan_jax.studies import Fitted, encode, of_seed, open_model
from ivaegan_jax.training import programs_numerics
from ivaegan_jax.types import Auxiliary, Dataset, InputError

Seeds: TypeAlias = Literal["chosen", "all"] | int
"""Which runs: the chosen one, all, or one by its seed."""

Kinds: TypeAlias = str | Sequence[str] | Mapping[str, str] | None
"""Kinds of the columns of u, see `data.as_dataset`; None where they speak for themselves."""

DATA = "data"
"""What results call the table in memory."""

Encoded: TypeAlias = tuple[
    Float[np.ndarray, "seeds rows dim_z"], Float[np.ndarray, "seeds rows dim_z"]
]


class Rows:
    """What a fit left, opened, and the rows that go into it.

    Attributes:
      u_kinds: of the columns of u, a parameter of the estimator.
      sessions_: an estimator for each session; none where one table was fitted.
    """

    u_kinds: Kinds
    sessions_: Sequence[Any] = ()
    _record: Record
    _fitted: Fitted
    _arrays: dict[str, np.ndarray]

    def _open(self, record: Record) -> None:
        """Takes a finished fit."""
        with record.unpacked() as workdir:
            [folder] = workdir.path.glob("models/*")
            self._fitted = open_model(folder)
            self._arrays = read_npz(workdir.arrays(self._fitted.label))
        self._record = record

    def _run(self, seeds: Seeds) -> Fitted:
        check_is_fitted(self)
        if self.sessions_:
            raise InputError(
                f"this model has {len(self.sessions_)} sessions: sessions_[0] is the first one's "
                "own estimator, which has this method"
            )
        chosen = self._fitted.chosen
        assert chosen is not None
        if isinstance(seeds, np.integer):
            seeds = int(seeds)
        one_of(seeds, "seeds", ["chosen", "all", *map(int, self._fitted.seeds)])
        if seeds == "all":
            return self._fitted
        return of_seed(self._fitted, chosen.seed if seeds == "chosen" else int(seeds))

    @property
    def part_(self) -> Shaped[np.ndarray, " rows"]:
        """Of every row that was fitted and has a u: `train`, `valid`, `test`, or `none` in gaps."""
        return self._run("chosen").part

    def _held_out(self) -> dict[str, np.ndarray]:
        """Some held-out rows of the chosen run: latents `z`, `u`, and sources `s` where known.

        With them what u is called, see `Preprocessing.own_words`.
        """
        [seed] = self._run("chosen").seeds
        place = list(self._fitted.seeds).index(seed)
        names = [name for name in ("u", "s", "u_scale") if name in self._arrays]
        words = {n: self._arrays[n] for n in ("u_name", "u_levels") if n in self._arrays}
        return {"z": self._arrays["z"][place]} | {n: self._arrays[n][0] for n in names} | words

    def _table(self, x: Any, u: Any, name: str = DATA, **beside: Any) -> Dataset:
        """Rows to train on."""
        kinds = () if self.u_kinds is None else self.u_kinds
        return as_dataset(x, u, name=name, u_kinds=kinds, **beside)

    def _tables(self, x: Any, u: Any, **beside: Any) -> list[Dataset]:
        """Rows of several sessions to train on."""
        count = len(x)
        own = {name: by_session(each, count, name) for name, each in beside.items()}
        found = []
        for i, (rows, of_rows) in enumerate(zip(x, by_session(u, count, "u"), strict=True)):
            with said_of(i + 1):
                given = {name: each[i] for name, each in own.items()}
                found.append(self._table(rows, of_rows, f"session {i + 1}", **given))
        return found

    def _new_rows(self, x: Any, u: Any) -> Dataset:
        """Rows for the model that was trained."""
        known = self._fitted.preprocessing.columns or self._fitted.preprocessing.dim_given
        return self._table(x, u, new_rows_of=known)

    def _new_u(self, u: Any) -> Auxiliary:
        """Values of u without an x."""
        u = u if isinstance(u, Auxiliary) or np.ndim(u) else np.atleast_1d(u)
        none = np.zeros((len(u), self._fitted.preprocessing.dim_given))
        return self._table(none, u, new_rows_of=self._fitted.preprocessing.dim_given).u

    def _encoded(self, x: Any, u: Any, seeds: Seeds) -> Encoded:
        run = self._run(seeds)
        with spoken_in_python(), programs_numerics():
            return encode(run, self._new_rows(x, u))


def by_keyword(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method that scikit-learn wrapped, which takes its first argument by position alone."""

    @wraps(method)
    def called(self: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, x, *args, **kwargs)

    return called
