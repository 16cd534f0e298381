"""What people see: how a study goes on, then tables, figures and one HTML page from recorded rows.

Belongs here: how results are shown, and in `progress` what a terminal or a notebook shows while
they are computed. Does not: computing them, flags, starting or stopping a study; a report can be
made anywhere.
"""

from ivaegan_jax.report.bands import Checked, bands_json, check_bands
from ivaegan_jax.report.details import conventions, per_seed
from ivaegan_jax.report.figures.curves import learning_curves
from ivaegan_jax.report.figures.latents import latents_by_u, latents_vs_truth
from ivaegan_jax.report.figures.picture import joined
from ivaegan_jax.report.figures.scatter import scatter_matrix
from ivaegan_jax.report.figures.style import Figure, looks
from ivaegan_jax.report.first_page import first_page
from ivaegan_jax.report.inputs import Arm, Results, read_arms, read_study
from ivaegan_jax.report.judged import write_judged
from ivaegan_jax.report.latents import DIM_Z, latents_table, recommend, recommended
from ivaegan_jax.report.progress.before import lines_before
from ivaegan_jax.report.progress.console import ConsoleReporter
from ivaegan_jax.report.progress.stages import stages_of
from ivaegan_jax.report.render import Table, to_json, to_lines, to_markdown, to_text
from ivaegan_jax.report.study import Studied, main_table, write_study
from ivaegan_jax.report.sweep import recommendation, sweep_of, sweep_table
from ivaegan_jax.report.tables import summary
from ivaegan_jax.report.together import together
from ivaegan_jax.report.wording import last_lines
from ivaegan_jax.report.write import write_report

__all__ = [
    "DIM_Z",
    "Arm",
    "Checked",
    "ConsoleReporter",
    "Figure",
    "Results",
    "Studied",
    "Table",
    "bands_json",
    "check_bands",
    "conventions",
    "first_page",
    "joined",
    "last_lines",
    "latents_by_u",
    "latents_table",
    "latents_vs_truth",
    "learning_curves",
    "lines_before",
    "looks",
    "main_table",
    "per_seed",
    "read_arms",
    "read_study",
    "recommend",
    "recommendation",
    "recommended",
    "scatter_matrix",
    "stages_of",
    "summary",
    "sweep_of",
    "sweep_table",
    "to_json",
    "to_lines",
    "to_markdown",
    "to_text",
    "together",
    "write_judged",
    "write_report",
    "write_study",
]
