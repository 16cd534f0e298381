"""Says before training, within half a minute, whether data and model can identify latents at all.

  ivaegan doctor --data=my_table.npz
  ivaegan doctor --data=b1 --preset=ivae_gan --seeds=10 --steps=30000
  ivaegan doctor --data=my_table.npz --json
  ivaegan doctor --data=monday.csv,friday.csv --u=condition

It looks at x and u (levels, counts, scales, outliers), at what the theory needs, at whether x
carries u and in how many ways u moves it, and at the memory and time that training takes. Of
several files with commas between them it looks at one after the other. The
exit status is 1 where anything blocks, else 0; 2 where the command itself cannot be meant.
"""

import json
import textwrap
from collections.abc import Sequence

from absl import flags

from ivaegan_jax.cli import _flags, _study
from ivaegan_jax.doctor import Finding, blocks, examine
from ivaegan_jax.files import printable_lines
from ivaegan_jax.studies import Experiment, tables_of

HEADINGS = {"fine": "Fine", "warn": "Worth a look", "blocks": "Blocks training"}
"""In the order in which they are printed: what matters most stands last, above the prompt."""


def define_flags() -> None:
    """Defines the program's flags."""
    flags.DEFINE_string("preset", "ivae_gan", "The model: a row of ivaegan_jax/models/presets.py.")
    flags.DEFINE_boolean("json", False, "One JSON object with all numbers, for programs.")
    flags.DEFINE_boolean("timed", True, "Compile and time the training: most of the waiting.")
    _flags.define_experiment_flags(data="b1", steps=12_500)


def main() -> int:
    """Prints what the examination found."""
    experiment = _study.experiment_from_flags([flags.FLAGS.preset])
    shown, found = as_json if flags.FLAGS.json else as_text, False
    for name in tables_of(experiment.data):
        own = experiment._replace(data=name)
        findings = list(examine(own, flags.FLAGS.timed))
        print(shown(own, findings), flush=True)
        found |= blocks(findings)
    return int(found)


def as_json(experiment: Experiment, findings: Sequence[Finding]) -> str:
    """One object: data and model, whether anything blocks, and every finding."""
    made = {"data": experiment.data, "preset": experiment.presets[0], "blocks": blocks(findings)}
    found = [finding._asdict() for finding in findings]
    return json.dumps(made | {"findings": found}, indent=2, allow_nan=False)


def as_text(experiment: Experiment, findings: Sequence[Finding]) -> str:
    """The findings under headings, and the verdict in one line."""
    paragraphs = []
    for severity, heading in HEADINGS.items():
        if chosen := [finding for finding in findings if finding.severity == severity]:
            paragraphs.append("\n".join([f"{heading}:", *map(as_lines, chosen)]))
    count = sum(finding.severity == "blocks" for finding in findings)
    verdict = f"blocked by {count} of {len(findings)} findings" if count else "nothing blocks"
    looked_at = f"{experiment.data} (data seed {experiment.data_seeds[0]})"
    paragraphs.append(f"{looked_at}, {experiment.presets[0]}: {verdict}")
    return printable_lines("\n\n".join(paragraphs))


def as_lines(finding: Finding) -> str:
    """`- name: sentence`, and the advice on lines of its own."""
    parts = [(f"- {finding.name}: ", finding.sentence), ("  What to do: ", finding.advice)]
    return "\n".join(
        textwrap.fill(text, 100, initial_indent=lead, subsequent_indent="    ",
                      break_long_words=False, break_on_hyphens=False)
        for lead, text in parts if text
    )  # fmt: skip
