"""What a fit found, in words, frames and figures."""

import html
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ivaegan_jax import report
from ivaegan_jax.estimator.arguments import colours
from ivaegan_jax.estimator.rows import Rows
from ivaegan_jax.estimator.wording import class_name, in_python
from ivaegan_jax.evaluation import Agreement
from ivaegan_jax.files import cannot_write
from ivaegan_jax.studies import load_results, preset_name, read_results


class VerdictInWords(NamedTuple):
    """Whether the latents are identified, without the truth: the first page of the report.

    Attributes:
      model: the estimator.
      verdict: `identification supported`, `not identified` or `cannot be told yet`.
      sentences: what it rests on.
      reasons: the weightiest reasons.
      steps: what to do next.
    """

    model: str
    verdict: str
    sentences: Sequence[str]
    reasons: Sequence[str]
    steps: Sequence[str] = ()

    def __str__(self) -> str:
        """For a terminal."""
        reasons = [f"- {reason}" for reason in self.reasons]
        reasons += [f"Next: {step}" for step in self.steps]
        return "\n".join([f"{self.model}: {self.verdict}", *self.sentences, *reasons])

    def __repr__(self) -> str:
        """As it prints."""
        return str(self)

    def _repr_html_(self) -> str:
        """For a notebook."""
        sentences = "".join(f"<p>{html.escape(each)}</p>" for each in self.sentences)
        items = [*self.reasons, *(f"Next: {step}" for step in self.steps)]
        reasons = "".join(f"<li>{html.escape(each)}</li>" for each in items)
        title = html.escape(f"{self.model}: {self.verdict}")
        return f"<div><strong>{title}</strong>{sentences}<ul>{reasons}</ul></div>"


VERDICTS = ("not identified", "cannot be told yet", "identification supported")
"""From the weakest on."""


def verdict_of_all(verdicts: Sequence[VerdictInWords], agreement: float) -> VerdictInWords:
    """The weakest of the sessions' verdicts, and what all of them rest on.

    Args:
      verdicts: of each session.
      agreement: mean MCC between two runs on the rows of all sessions at once.
    """
    order = {words: i for i, words in enumerate(VERDICTS)}
    weakest = min(verdicts, key=lambda each: order.get(each.verdict, -1))
    sentences = [f"Session {i}: {each.verdict}." for i, each in enumerate(verdicts, start=1)]
    if np.isfinite(agreement):
        sentences.append(
            f"On the rows of all sessions at once, runs agree with an MCC of {agreement:.2f}."
        )
    reasons = [
        f"session {i}: {reason}"
        for i, each in enumerate(verdicts, start=1)
        if each.verdict == weakest.verdict
        for reason in each.reasons
    ]
    return VerdictInWords(weakest.model, weakest.verdict, sentences, reasons, weakest.steps)


class Shown(Rows):
    """What a fit found."""

    @property
    def results_(self) -> pd.DataFrame:
        """All results of the study, one per line, as `read_results` gives them.

        Of several sessions those of each, with a column `session`; it is 0 in what all of them
        together say.
        """
        check_is_fitted(self)
        if self.sessions_:
            found = [each.results_ for each in self.sessions_]
            with self._record.unpacked() as workdir:
                found = [read_results(workdir.path), *found]
            return pd.concat([f.assign(session=i) for i, f in enumerate(found)], ignore_index=True)
        with self._record.unpacked() as workdir:
            return read_results(workdir.path)

    @property
    def history_(self) -> pd.DataFrame:
        """The log of the training: a line per run and chunk of steps, terms in columns."""
        check_is_fitted(self)
        return pd.DataFrame.from_records(self._logged())

    @property
    def agreement_(self) -> float:
        """Mean MCC between the latents of two runs on test rows; NaN where there is one run.

        Of several sessions on the rows of all of them at once.
        """
        check_is_fitted(self)
        with self._record.unpacked() as workdir:
            found = load_results(workdir.metrics)
        wanted = (self._label, "agreement_mcc", "test")
        pairs = [each for each in found if isinstance(each, Agreement)]
        values = [e.value for e in pairs if (e.label, e.metric, e.split) == wanted]
        return float(np.mean(values)) if values else float("nan")

    @property
    def verdict_(self) -> VerdictInWords:
        """Whether the latents are identified, and why; of several sessions the weakest verdict."""
        check_is_fitted(self)
        if self.sessions_:
            return verdict_of_all([each.verdict_ for each in self.sessions_], self.agreement_)
        with self._record.unpacked() as workdir:
            study = report.read_study(workdir.path)
        found = report.first_page(study.results, study.made_by)
        [own] = [each for each in found if each.label == self._fitted.label]
        name = class_name(preset_name(own.label))
        words = (
            [f"{own.status.sentence[:1].upper()}{own.status.sentence[1:]}.", *own.sentences],
            [reason.text for reason in own.reasons],
            [step.text for step in own.steps],
        )
        return VerdictInWords(name, own.verdict, *([*map(in_python, each)] for each in words))

    def plot(self) -> report.Figure:
        """Held-out latents of the chosen run: against the true sources, or coloured by u.

        Returns:
          The figure, which notebooks show.
        """
        arrays, label = self._held_out(), self._fitted.label
        words = {n: arrays.pop(n) for n in ("u_name", "u_levels") if n in arrays}
        shown = {label: {name: each[None] for name, each in arrays.items()} | words}
        if "s" in arrays:
            panels = report.latents_vs_truth(shown, report.looks([label]))
        else:
            panels = report.latents_by_u(shown)
        return report.joined(panels, 6) if panels else self.plot_latents()

    def plot_history(self) -> report.Figure:
        """Every logged term against the step: median and quartiles over runs.

        Returns:
          The figure, which notebooks show.
        """
        check_is_fitted(self)
        rows = self._logged()
        looks = report.looks(row["label"] for row in rows)
        return report.joined(report.learning_curves(rows, looks), 4)

    def plot_latents(self, x: Any = None, u: Any = None, *, color: Any = None) -> report.Figure:
        """Latents of the chosen run against each other, two by two.

        Args:
          x: rows; None takes held-out rows of the fit.
          u: of x, where the encoder reads it.
          color: a number or a name for every row, or the name of a column of x; None takes u of
            held-out rows.

        Returns:
          The figure, which notebooks show.
        """
        held_out = self._held_out()
        z = held_out["z"] if x is None else self._encoded(x, u, "chosen")[0][0]
        if color is None and x is None:
            color, levels = held_out["u"], held_out.get("u_levels")
            color = color if levels is None else levels[color]
        return report.scatter_matrix(z, None if color is None else colours(color, x, len(z)))

    def report(self, path: str | Path) -> Path:
        """Writes the report of the study.

        Args:
          path: an `.html` file, which holds everything; or a folder, for tables and figures too.

        Returns:
          The page.
        """
        self._run("chosen")
        path = Path(path).expanduser()
        with self._record.unpacked() as workdir:
            if path.suffix != ".html":
                return report.write_report([workdir.path], path)
            page = report.write_report([workdir.path])
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return Path(shutil.copyfile(page, path))
            except OSError as error:
                raise cannot_write(path, error) from error

    @property
    def _label(self) -> str:
        first = self.sessions_[0] if self.sessions_ else self
        return first._fitted.label

    def _logged(self) -> list[dict[str, Any]]:
        with self._record.unpacked() as workdir:
            return workdir.logged()
