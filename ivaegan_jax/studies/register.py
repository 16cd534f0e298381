"""Decorators by which a file, program or package of its own brings pieces by a name.

    from ivaegan_jax import register

    @register.adversarial_loss("margin")
    class Margin:
        def critic(logit_real, logit_fake): ...
        def generator(logit_real, logit_fake): ...

`register.KIND(NAME, PIECE)` does the same without a decorator. A name that there is already is
refused. The functions of a class are called on the class itself, so that they have no `self`.

Kinds:
  adversarial_loss: `critic` and `generator`, each `(logit_real, logit_fake) -> mean loss`; see
    `AdversarialLoss`.
  prior_family: `log_prob` and `sample`, and perhaps more of `PriorFamily`, such as `shapes`, how
    many numbers of each latent are learned. Without a `theory` nothing counts as proved of it.
  likelihood: `nll`, `mean` and `information`; see `Likelihood`.
  encoder: a Flax module with fields `config` and `dims` and `__call__(x, u) -> (mu, log_var)`, each
    `[batch, dim_z]`; u has no columns where the encoder does not see it.
  generator: a Flax module with the same fields and `__call__(z) -> x_logit`, `[batch, dim_x]`.
  loss_term: a function of one forward pass, `Pass -> mean loss`; its weight is
    `config.hyperparameters.own_weight`, which all terms from outside share.
  preset: a row of the table of models, `Preset`.
  data_set: a function `(data_seed, **options) -> Dataset`; with `synthetic=False` one without a
    data seed, whose data seeds only split its rows anew.
  file_format: `read(path) -> columns by name`, a data frame or a mapping, and perhaps
    `write(path, frame)`, for files of `endings=".feather"` or several of them.
  metric: a function of one run on held-out rows, `HeldOutRun -> number`, or None where there is
    none.
  report_section: a function `(results: pandas.DataFrame) -> pandas.DataFrame`, or None where there
    is nothing to show; results are those of one data set, as `read_results` has them. The name, its
    underscores spaces, is the title.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ivaegan_jax.data import DATASETS, FORMATS
from ivaegan_jax.evaluation import METRICS
from ivaegan_jax.models import (
    ADVERSARIAL_LOSSES,
    ENCODERS,
    GENERATORS,
    LIKELIHOODS,
    PRESETS,
    PRIOR_FAMILIES,
    TERMS,
)
from ivaegan_jax.types import Registry, a_function

if TYPE_CHECKING:
    import pandas as pd

Section: TypeAlias = "Callable[[pd.DataFrame], pd.DataFrame | None]"
"""From the results of one data set to a table, or None where there is nothing to show."""

SECTIONS = Registry[Section]("report section", a_function, {})
"""Sections of the report, all from outside the package; `report` draws them."""

adversarial_loss = ADVERSARIAL_LOSSES.register
prior_family = PRIOR_FAMILIES.register
likelihood = LIKELIHOODS.register
encoder = ENCODERS.register
generator = GENERATORS.register
loss_term = TERMS.register
preset = PRESETS.register
data_set = DATASETS.register
metric = METRICS.register
file_format = FORMATS.register
report_section = SECTIONS.register
