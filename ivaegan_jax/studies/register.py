"""Decorators by which a program, file or package of its own brings pieces by a name.

    from ivaegan_jax import register

    @register.adversarial_loss("margin")
    class Margin:
        def critic(logit_real, logit_fake): ...
        def generator(logit_real, logit_fake): ...

`register.KIND(name, piece)` does the same without a decorator. A name that there is already is
refused. Functions of pairs and families are called on the class, so that they have no `self`.
"""

from ivaegan_jax.data import DATASETS
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

adversarial_loss = ADVERSARIAL_LOSSES.register
"""`critic` and `generator`, each `(logit_real, logit_fake) -> mean loss`: see `AdversarialLoss`."""

prior_family = PRIOR_FAMILIES.register
"""`log_prob` and `sample`, and perhaps more of `PriorFamily`; without a `theory` nothing is said to
be proved of it."""

likelihood = LIKELIHOODS.register
"""`nll`, `mean` and `information`: see `Likelihood`."""

encoder = ENCODERS.register
"""A Flax module with fields `config` and `dims` and `__call__(x, u) -> (mu, log_var)`."""

generator = GENERATORS.register
"""A Flax module with fields `config` and `dims` and `__call__(z) -> x_logit`."""

loss_term = TERMS.register
"""A function of one forward pass, `Pass -> mean loss`; `own_weight` of `Hypers` is its weight."""

preset = PRESETS.register
"""A row of the table of models, `Preset`."""

data_set = DATASETS.register
"""A function that returns a `Dataset`, of a data seed; `synthetic=False` for one that takes none
and whose data seeds only split its rows anew."""

metric = METRICS.register
"""A function of one run on held-out rows, `HeldOutRun -> number`, or None where there is none."""
