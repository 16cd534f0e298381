"""The estimator: fit, transform and verdict with the habits of scikit-learn."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ivaegan_jax.estimator.fitting import Call, train, train_together
from ivaegan_jax.estimator.generating import Generating
from ivaegan_jax.estimator.hooks import Hooks
from ivaegan_jax.estimator.parameters import AUTO, experiment_of
from ivaegan_jax.estimator.record import Record, as_json, read_record, records_of_sessions
from ivaegan_jax.estimator.rows import Kinds, Seeds, by_keyword
from ivaegan_jax.estimator.shown import Shown
from ivaegan_jax.estimator.tables import are_sessions, by_session, chosen_session, said_of
from ivaegan_jax.estimator.wording import class_name, in_python, spoken_in_python
from ivaegan_jax.files import making_sense_of
from ivaegan_jax.models import PRESETS
from ivaegan_jax.types import InputError

Self = TypeVar("Self", bound="Estimator")


class Estimator(Shown, Generating, Hooks):
    """A model of x given u, trained from several seeds; one class for each row of the table.

    Several runs are trained at once, as `ivaegan train` trains them and with the same numbers.
    Without the truth one of them is chosen, and `verdict_` says whether its latents are identified.

    Args:
      n_latents: None takes as many as u allows and is seen to move, which `notes_` says.
      n_seeds: runs that differ in their seed; that they agree is half of the evidence.
      steps: updates of every run.
      random_state: decides seeds and held-out rows; equal numbers give equal latents.
      u_kinds: kinds of the columns of u: categorical, continuous, circular(PERIOD), ordered(...);
        one, one for each column, or by name. None where values speak for themselves; whole numbers
        and text are categories. Columns of a frame that are u by name may have theirs there, as in
        `fit(frame, "position:circular")`.
      split: which rows are held out, as `--split` takes it; `auto` is what the rows need.
      unlabelled: what becomes of rows whose u is missing: `drop` leaves them out, `train` trains
        with them what needs no u, such as the reconstruction.
      controls: negative controls trained beside the model: `auto` (a u shifted in time, where rows
        depend on each other), `none`, `all`, or names of them.
      config: other settings by name, such as
        `{"model.width": 50, "hyperparameters.vae_rate": 0.002}`: those of `ivaegan train --help`.
      workdir: a folder that keeps everything, where a fit that was stopped goes on; None keeps
        nothing on disk.
      verbose: whether a terminal or a notebook shows a bar.

    Attributes:
      n_latents_: latents that were trained.
      seeds_: of the runs.
      chosen_seed_: of the run that `transform` uses.
      notes_: what there is to say of the table, the latents and the split.
      part_: of every row that was fitted, whether it was held out: `train`, `valid`, `test`.
      n_features_in_, feature_names_in_: columns of x, of one table.
      sessions_: of several tables an estimator for each, with all methods; else none.
    """

    preset: ClassVar[str] = "ivae_gan"

    def __init__(
        self,
        n_latents: int | None = None,
        *,
        n_seeds: int = 5,
        steps: int = 12_500,
        random_state: int | np.random.RandomState | None = 0,
        u_kinds: Kinds = None,
        split: str = AUTO,
        unlabelled: str = "drop",
        controls: str | Sequence[str] = AUTO,
        config: Mapping[str, Any] | None = None,
        workdir: str | Path | None = None,
        verbose: bool = True,
    ):
        """Keeps the parameters; `fit` checks them."""
        self.n_latents = n_latents
        self.n_seeds = n_seeds
        self.steps = steps
        self.random_state = random_state
        self.u_kinds = u_kinds
        self.split = split
        self.unlabelled = unlabelled
        self.controls = controls
        self.config = config
        self.workdir = workdir
        self.verbose = verbose

    def fit(
        self: Self,
        x: Any,
        u: Any = None,
        *,
        groups: Any = None,
        time: Any = None,
        s: Any = None,
        image_shape: Sequence[int] | None = None,
    ) -> Self:
        """Trains, scores and judges all runs.

        Args:
          x: observations `[rows, columns]`: an array, a frame, a sparse matrix, an AnnData. A list
            of these are sessions, each with columns of its own: they have an encoder, a generator
            and a critic each and share the prior of one u, so that latents are the same in all.
          u: the auxiliary variable of every row (segment, class, condition, position, ...), names
            of columns of the frame x, which are no columns of x then, or an `Auxiliary`. Rows
            whose u is missing are left out, unless `unlabelled` says otherwise; `notes_` counts
            them. Of sessions a list, as are groups, time and s; or names of columns that all have.
          groups: the recording, session or subject of every row, or a name.
          time: when every row was taken, or a name; without it rows stand in the order of time.
          s: true sources `[rows, sources]` where they are known, to score latents by.
          image_shape: (height, width) where rows are pictures of pixels in rows; x may then be
            `[rows, height, width]`, or have colours behind that. What comes back has columns.

        Returns:
          The estimator itself.

        Raises:
          InputError: for data or parameters that cannot work.
        """
        with spoken_in_python():
            parameters = self.get_params(deep=False)
            experiment = experiment_of(self.preset, parameters)
            beside = {"groups": groups, "time": time, "s": s}
            call = Call(
                command=f"{' '.join(repr(self).split())}.fit(x, u)",
                workdir=self.workdir,
                controls=self.controls == AUTO,
                progress=bool(self.verbose),
                about={"preset": self.preset, "parameters": as_json(parameters)},
            )
            if are_sessions(x):
                if image_shape is not None:
                    raise InputError("sessions are tables; leave out image_shape")
                record = train_together(experiment, self._tables(x, u, **beside), call)
            else:
                beside["image_shape"] = image_shape
                record = train(experiment, self._table(x, u, **beside), call)
        self._take(record)
        return self

    def fit_transform(self, x: Any, u: Any = None, **fit_params: Any) -> Any:
        """Fits, and encodes the same rows, those held out among them.

        Args:
          x: as `fit` takes it.
          u: as `fit` takes it.
          fit_params: the other arguments of `fit`.

        Returns:
          What `transform` returns of x.
        """
        self.fit(x, u, **fit_params)
        [*own] = self.sessions_ or [self]
        return self.transform(x, u if own[0]._fitted.needs_u else None)

    def transform(
        self, x: Any, u: Any = None, *, seeds: Seeds = "chosen", session: int | None = None
    ) -> Any:
        """Posterior means of rows, old or new.

        Args:
          x: rows with the columns of the training rows; of several sessions a list with rows of
            each, or those of one.
          u: of the same rows, where the encoder reads it (`IVAE`); others take none.
          seeds: `chosen`, the run that was chosen without the truth; a seed; or `all`.
          session: whose rows these are, counted from 1, where there are several and x is no list.

        Returns:
          `[rows, latents]`; of all seeds `[seeds, rows, latents]`; of a list a list of these.
        """
        check_is_fitted(self)
        if self.sessions_:
            return self._of_sessions(x, u, seeds, session)
        if session is not None:
            raise InputError("this model was fitted to one table; leave out session")
        z = self._encoded(x, u, seeds)[0]
        if seeds == "all" and self._frames():
            raise InputError('seeds="all" gives three axes: set_output(transform="default") first')
        return z if seeds == "all" else z[0]

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Writes all of the fit to one file, which `load` reads without the data.

        It holds no pickle: JSON and arrays in a zip.

        Args:
          path: of the file.
          overwrite: whether a file is replaced that holds no saved estimator.

        Returns:
          The path, without `~`.

        Raises:
          InputError: where there is one and it is not to be replaced, or it cannot be written.
        """
        check_is_fitted(self)
        path = Path(path).expanduser()
        self._record.write(path, overwrite)
        return path

    @staticmethod
    def load(path: str | Path) -> "Estimator":
        """What `save` of any estimator wrote.

        Args:
          path: the file.

        Returns:
          A fitted estimator of the class that wrote it.

        Raises:
          InputError: where the file is none, or damaged, or of a later version.
        """
        path = Path(path).expanduser()
        record = read_record(path)
        with making_sense_of(path):
            made = estimator_of(record.about["preset"])(**record.about["parameters"])
            made._take(record)
        return made

    def _take(self, record: Record) -> None:
        """Becomes what a finished fit left."""
        self.sessions_ = tuple(self._session(own) for own in records_of_sessions(record))
        if self.sessions_:
            self._record = record
            for name in ("n_latents_", "seeds_", "chosen_seed_"):
                setattr(self, name, getattr(self.sessions_[0], name))
            for name in ("n_features_in_", "feature_names_in_", "_fitted", "_arrays"):
                vars(self).pop(name, None)
            self.notes_ = tuple(map(in_python, record.about["notes"]))
            return
        self._open(record)
        self.n_latents_ = self._fitted.dims.dim_z
        self.n_features_in_ = self._fitted.preprocessing.dim_given
        self.seeds_ = tuple(int(seed) for seed in self._fitted.seeds)
        self.chosen_seed_ = int(self._run("chosen").seeds[0])
        self.notes_ = tuple(map(in_python, record.about["notes"]))
        vars(self).pop("feature_names_in_", None)
        if columns := self._fitted.preprocessing.columns:
            self.feature_names_in_ = np.array(columns, object)

    def _session(self, record: Record) -> "Estimator":
        """The estimator of one session, with the same parameters."""
        own = type(self)(**self.get_params(deep=False))
        own._take(record)
        return own

    def _of_sessions(self, x: Any, u: Any, seeds: Seeds, session: int | None) -> Any:
        count = len(self.sessions_)
        if session is not None or not are_sessions(x):
            place = chosen_session(session, count)
            with said_of(place + 1):
                return self.sessions_[place].transform(x, u, seeds=seeds)
        if len(x) != count:
            raise InputError(f"this model has {count} sessions and x is a list of {len(x)}")
        if self._frames():
            raise InputError(
                'sessions give a list: set_output(transform="default") first, or name one session'
            )
        rows = zip(x, by_session(u, count, "u"), strict=True)
        return [self._of_sessions(own, of, seeds, i) for i, (own, of) in enumerate(rows, start=1)]


for name in ("transform", "fit_transform"):
    setattr(Estimator, name, by_keyword(getattr(Estimator, name)))


@cache
def estimator_of(preset: str) -> type[Estimator]:
    """The class of a row of the table of models, one that was registered among them.

    Args:
      preset: the row's name.

    Returns:
      A class of estimators, the same one at every call.

    Raises:
      InputError: for a row that there is not.

    Examples:
      >>> from ivaegan_jax import IVAEGAN, estimator_of
      >>> estimator_of("ivae_gan") is IVAEGAN
      True
    """
    if preset not in PRESETS:
        raise InputError(f"unknown model {preset!r}; there are {', '.join(PRESETS)}")
    name = class_name(preset)
    doc = f"The model `{preset}`.\n\n    {Estimator.__doc__}"
    return type(
        name,
        (Estimator,),
        {"preset": preset, "__doc__": doc, "__module__": f"{__package__}.models"},
    )
