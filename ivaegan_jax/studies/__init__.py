"""What a study is to do, its run directory, running it, and opening it again.

Belongs here: experiments, labels, jobs, groups and parts of runs, manifests, named studies.
Does not: flags, terminals, pages.
"""

from ivaegan_jax.studies import register
from ivaegan_jax.studies.bands import Band
from ivaegan_jax.studies.config import Config
from ivaegan_jax.studies.experiment import Experiment, validate
from ivaegan_jax.studies.fitted import Fitted, encode, of_seed, open_model
from ivaegan_jax.studies.former import name_of_today, value_of_today
from ivaegan_jax.studies.generated import (
    coded_u,
    decode,
    draw,
    learned_noise,
    log_likelihood,
)
from ivaegan_jax.studies.jobs import Job
from ivaegan_jax.studies.labels import (
    CONTROL,
    Value,
    control_of,
    listed,
    make_label,
    model_of,
    parse,
    preset_name,
    read_value,
    setting,
    spelt,
    with_controls,
)
from ivaegan_jax.studies.latents import Latents, most_latents, with_latents
from ivaegan_jax.studies.manifest import describe_machine, merge
from ivaegan_jax.studies.named import (
    Arm,
    NamedStudy,
    Quick,
    config_of,
    data_label,
    experiment_of,
    first_line,
    load_study,
    study_names,
)
from ivaegan_jax.studies.needs import may_be_categories
from ivaegan_jax.studies.pieces import load_of_study
from ivaegan_jax.studies.plan import Plan
from ivaegan_jax.studies.plugins import load, load_installed
from ivaegan_jax.studies.recording import recorded
from ivaegan_jax.studies.register import SECTIONS
from ivaegan_jax.studies.restored import restore
from ivaegan_jax.studies.results import as_frame, load_results, load_whole_results, read_results
from ivaegan_jax.studies.running import Running
from ivaegan_jax.studies.seeds import parse_numbers, parse_seeds
from ivaegan_jax.studies.sessions import Sessions, folders_of_sessions
from ivaegan_jax.studies.several import study_of
from ivaegan_jax.studies.sources import load_named, load_raw, tables_of
from ivaegan_jax.studies.study import Study
from ivaegan_jax.studies.workdir import Workdir

__all__ = [
    "CONTROL",
    "SECTIONS",
    "Arm",
    "Band",
    "Config",
    "Experiment",
    "Fitted",
    "Job",
    "Latents",
    "NamedStudy",
    "Plan",
    "Quick",
    "Running",
    "Sessions",
    "Study",
    "Value",
    "Workdir",
    "as_frame",
    "coded_u",
    "config_of",
    "control_of",
    "data_label",
    "decode",
    "describe_machine",
    "draw",
    "encode",
    "experiment_of",
    "first_line",
    "folders_of_sessions",
    "learned_noise",
    "listed",
    "load",
    "load_installed",
    "load_named",
    "load_of_study",
    "load_raw",
    "load_results",
    "load_study",
    "load_whole_results",
    "log_likelihood",
    "make_label",
    "may_be_categories",
    "merge",
    "model_of",
    "most_latents",
    "name_of_today",
    "of_seed",
    "open_model",
    "parse",
    "parse_numbers",
    "parse_seeds",
    "preset_name",
    "read_results",
    "read_value",
    "recorded",
    "register",
    "restore",
    "setting",
    "spelt",
    "study_names",
    "study_of",
    "tables_of",
    "validate",
    "value_of_today",
    "with_controls",
    "with_latents",
]
