"""What to do next, by the reason why identification is not supported: in words, and as a command.

A reason's code has one rule here. Codes of runs are those of `evaluation.verdict.judgement`; those
of all runs together are of `dependent` and `first_page`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ivaegan_jax.data import is_synthetic
from ivaegan_jax.evaluation import Finding, Result, Score
from ivaegan_jax.report import recorded
from ivaegan_jax.report.made_by import MadeBy

LONGER = 4
"""Times the steps that a training is to have where its runs disagree."""

ENOUGH_RUNS = 5
"""Model seeds with which two latents that are right differ from rotations."""

ENOUGH = 20
"""Data seeds wanted before a comparison is called a claim."""


class Step(NamedTuple):
    """What to do, and the command that does it; empty where no command is known."""

    text: str
    command: str = ""


class Case(NamedTuple):
    """One model of one run directory.

    Attributes:
      label: the model.
      made_by: what the directory was made by.
      numbers: medians over runs of what verdicts rest on, by metric.
    """

    label: str
    made_by: MadeBy
    numbers: Mapping[str, float]

    @property
    def dim_z(self) -> int:
        """Latents that were requested."""
        return int(self.made_by.config.get("sizes", {}).get("dim_z", 2))

    @property
    def allowed(self) -> int:
        """Latents that the values of u allow."""
        active = max(1, round(self.numbers.get("active_units", self.dim_z)))
        each = max(1, round((self.numbers.get("levels_needed", 1) - 1) / active))
        return int(self.numbers.get("levels", 1) - 1) // each


def case_of(results: Sequence[Result], label: str, made_by: MadeBy) -> Case:
    """One model with what its runs' verdicts rest on."""
    metrics = {r.metric for r in results if isinstance(r, Finding) and r.label == label}
    found = {m: [r.value for r in recorded.select(results, Finding, label, m)] for m in metrics}
    units = recorded.select(results, Score, label, "active_units")
    found["active_units"] = [each.value for each in units]
    return Case(label, made_by, {m: float(np.median(v)) for m, v in found.items() if v})


def step_for(code: str, case: Case) -> Step:
    """The step after a reason; the doctor where there is no rule, as for a later version's code."""
    return RULES.get(code, ASK)(case, code)


Rule = Callable[[Case, str], Step]


def _train(text: str, **flags: Any) -> Rule:
    """Train the same with other flags; `__` stands for a dot."""
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return lambda case, code: _again(text, case, code, named)


def _again(text: str, case: Case, code: str, flags: Mapping[str, Any]) -> Step:
    command = case.made_by.again(case.label, flags, code)
    settings = " ".join(f"--{name}={value}" for name, value in flags.items())
    return Step(text if command else f"{text} ({settings})", command)


def _doctor(text: str) -> Rule:
    return lambda case, _: Step(text, case.made_by.doctor(case.label))


def _fewer(text: str, dim_of: Callable[[Case], int], otherwise: Rule) -> Rule:
    """Train with as many latents as `dim_of` says, where that is fewer and any."""

    def step(case: Case, code: str) -> Step:
        dim = dim_of(case)
        if not 1 <= dim < case.dim_z:
            return otherwise(case, code)
        flags = {"config.model.dim_z": dim}
        return _again(text.format(dim=dim, plural="s"[: dim > 1]), case, code, flags)

    return step


def _slower(case: Case, code: str) -> Step:
    part, rates = "hyperparameters", {}
    for name, default in (("vae_rate", 0.01), ("generator_rate", 0.003), ("gan_rate", 0.003)):
        rates[f"config.{part}.{name}"] = f"{case.made_by.setting(part, name, default) / 3:.2g}"
    return _again("Train with a third of the learning rates.", case, code, rates)


def _longer(case: Case, code: str) -> Step:
    flags = {"steps": LONGER * int(case.made_by.config.get("steps", 5000))}
    return _again(f"Train {LONGER} times as long.", case, code, flags)


def _more_seeds(case: Case, code: str) -> Step:
    number = max(5, 2 * len(case.made_by.config.get("seeds", ())))
    return _again(f"Train {number} model seeds.", case, code, {"seeds": number})


def _agreeing(case: Case, code: str) -> Step:
    """More runs, where two latents of few runs agree by chance nearly as well as by truth."""
    few = len(case.made_by.config.get("seeds", ())) < ENOUGH_RUNS
    return (_more_seeds if case.dim_z == 2 and few else _longer)(case, code)


def _more_data(case: Case, code: str) -> Step:
    """Draws of a benchmark are new data; re-splits of a table are not, so runs have to do."""
    config = case.made_by.config
    if not is_synthetic(config.get("data", "")):
        return _more_seeds(case, code)
    if len(config.get("data_seeds", ())) >= ENOUGH:
        return _longer(case, code)
    return _again(f"Train on {ENOUGH} data seeds.", case, code, {"data_seeds": ENOUGH})


def _shifted(case: Case, code: str) -> Step:
    """The control with shifted u, which rows that are read in blocks cannot have."""
    text = "Train the control whose u was shifted in time"
    if not case.made_by.config.get("stream"):
        return _again(f"{text}.", case, code, {"controls": "auto"})
    text += ", on rows that fit in memory: fewer of them where these do not (--rows)."
    if "block_rows" in case.made_by.command:
        flags = {"controls": "auto", "config.train.block_rows": 0}
        return _again(text, case, code, flags)
    return Step(text)


ASK = _doctor("Let the doctor say what the data allow: values of u, rows, and latents.")
FEWER = "Train with {dim} latent{plural}."

RULES: Mapping[str, Rule] = {
    "diverged": _slower,
    "collapsed": _train("Let the weight of the KL rise slowly.",
                        config__hyperparameters__kl_ramp=0.3),
    "repeating": _train("Let the encoder see x alone.", config__model__posterior="x"),
    "levels": _fewer("Train with {dim} latent{plural}, as many as the values of u allow.",
                     lambda case: case.allowed, ASK),
    "means": _train("Let u move the variances as well.", config__model__modulation="both"),
    "rows": _train("Hold out rows of every value of u.", split="random"),
    "rank": _fewer("Train with {dim} latent{plural}, as many as u moves independently.",
                   lambda case: int(case.numbers.get("natural_rank_quadratic", 0)), ASK),
    "power": _fewer("Take more rows, merge values of u, or train with {dim} latent{plural}.",
                    lambda case: case.dim_z // 2, ASK),
    "prior": lambda case, code: Step("Train a model whose prior depends on u.", case.made_by.again(
        "ivae_gan", {}, code)),
    "information": ASK,
    "flat": _fewer(FEWER, lambda case: case.dim_z - 1, _longer),
    "vanished": _fewer(FEWER, lambda case: round(case.numbers.get("active_units", 0)), ASK),
    "some_repeating": _train("Let the encoder see x alone.", config__model__posterior="x"),
    "unproved": _train("Take the prior of which identifiability is proved.",
                       config__model__prior_family="gaussian", config__model__modulation="both"),
    "untestable": ASK,
    "unrelated": _doctor("Take a u that does more than x does by itself; the doctor tests it."),
    "no_shifted": _shifted,
    "few_runs": _more_seeds,
    "few_seeds": _more_seeds,
    "not_beaten": ASK,
    "disagreement": _agreeing,
    "no_controls": _train("Train its negative controls beside it.", controls="all"),
    "done": lambda case, _: Step(
        "Write the latents of the table.", case.made_by.encode(case.label)
    ),
    "open": _more_data,
    "missed": _longer,
}  # fmt: skip
"""By code of a reason."""
