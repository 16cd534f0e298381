"""Sessions together or apart: one model with a shared prior against a model for each session alone.

  python -m experiments.sessions --out=results/sessions
  python -m experiments.sessions --quick

Three sessions of the data set `sessions` (6, 8 and 10 columns of four sources), with equally many
rows or with few in the second and the third. Together: one `ivae_gan` for all. Apart: one for each
session, as they are and with latents brought into the order and the signs of the first session's
by how they follow u, which needs no truth either. Ceiling: encoders trained with the true sources.
All are scored on the test rows of the run that is chosen without the truth.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from absl import flags

from ivaegan_jax import Estimator, estimator_of, load_dataset, report
from ivaegan_jax.cli import _flags, _program
from ivaegan_jax.files import append_rows, read_rows, write_json, write_text
from ivaegan_jax.metrics import align_profiles, mcc, mcc_across, profiles
from ivaegan_jax.studies import parse_numbers
from ivaegan_jax.studies.manifest import describe_machine, guarantee
from ivaegan_jax.types import Dataset

ROWS = {"equal": (500, 500, 500), "few": (500, 50, 50)}
"""Rows per segment of each session."""

LATENTS = 4
SCORES = {"own": "MCC, each session", "pooled": "MCC, all rows at once", "across": "MCC across"}
COLUMNS = {"rows": "rows", "method": "method", "n": "data seeds", **SCORES}

NOTES = (
    "Means over data seeds and their standard deviation in brackets, on test rows. each session: "
    "latents matched with sources session by session. all rows at once: one matching for all. "
    "across: order and signs of one session, scored on another.",
    "rows: per segment and session, of 20 segments. aligned: latents of sessions 2 and 3 in the "
    "order, with the signs and at the scale of session 1, by how each follows u on training rows.",
)


class Latents(NamedTuple):
    """What a model says of one session: posterior means of all rows, and which are test rows."""

    z: np.ndarray
    test: np.ndarray


def define_flags() -> None:
    """Defines the program's flags."""
    _flags.define_common_flags()
    flags.DEFINE_string("data_seeds", "6-9", "Draws of the sessions: a list as 6-9.")
    flags.DEFINE_list("rows", list(ROWS), f"Which numbers of rows: {', '.join(ROWS)}.")
    flags.DEFINE_integer("steps", 12_500, "Updates of every run.", lower_bound=1)
    flags.DEFINE_integer("seeds", 2, "Runs of every model.", lower_bound=1)
    flags.DEFINE_boolean("quick", False, "One data seed and few steps, to see that it works.")
    flags.DEFINE_string("out", "", "Where table and manifest are kept, results/sessions.")
    flags.DEFINE_string("workdir", "runs/sessions", "Where what was scored is kept after a stop.")


def main() -> None:
    """Trains and scores all that is left and prints the table."""
    values, began = flags.FLAGS, time.time()
    made_by = {"command": _flags.command_line(), **describe_machine()}
    seeds = [6] if values.quick else parse_numbers("data_seeds", values.data_seeds)
    settings = {"n_seeds": values.seeds, "steps": 100 if values.quick else values.steps}
    kept = Path(values.workdir) / "_".join(f"{name}_{n}" for name, n in settings.items())
    found = read_rows(kept / "scores.jsonl")
    for data_seed in seeds:
        for rows in values.rows:
            if not any(f["data_seed"] == data_seed and f["rows"] == rows for f in found):
                own = list(scores_of(rows, data_seed, settings))
                kept.mkdir(parents=True, exist_ok=True)
                append_rows(kept / "scores.jsonl", own)
                found += own
                print(f"{rows}, data seed {data_seed}: scored", flush=True)
    chosen = [f for f in found if f["data_seed"] in seeds and f["rows"] in values.rows]
    table = table_of(chosen)
    print(f"\n{report.to_text(table)}")
    if values.out:
        how = {"reproducibility": guarantee(), "wall_time_s": time.time() - began}
        folder = Path(values.out)
        title = "# Sessions together or apart"
        write_text(folder / "summary.md", f"{title}\n\n{report.to_markdown(table)}")
        write_text(folder / "summary.json", report.to_lines(chosen) + "\n")
        write_json(folder / "manifest.json", made_by | how)


def scores_of(rows: str, data_seed: int, settings: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The scores of all methods on one draw of three sessions."""
    tables = [
        load_dataset("sessions", data_seed, {"session": i, "per_segment": each})
        for i, each in enumerate(ROWS[rows], start=1)
    ]

    def make(preset: str) -> Estimator:
        return estimator_of(preset)(
            LATENTS, random_state=data_seed, controls="none", verbose=False, **settings
        )

    x, u, s = ([getattr(t, name) for t in tables] for name in ("x", "u", "s"))
    together = make("ivae_gan").fit(x, u, s=s).sessions_
    ceiling = make("supervised").fit(x, u, s=s).sessions_
    apart = [make("ivae_gan").fit(t.x, t.u, s=t.s) for t in tables]
    found = {
        "together": latents_of(together, tables),
        "apart": latents_of(apart, tables),
        "apart, aligned": aligned(latents_of(apart, tables), tables),
        "supervised": latents_of(ceiling, tables),
    }
    about = {"rows": rows, "data_seed": data_seed}
    return [about | {"method": m} | scored(each, tables) for m, each in found.items()]


def latents_of(models: Sequence[Estimator], tables: Sequence[Dataset]) -> list[Latents]:
    """Posterior means of every session by its own model."""
    return [
        Latents(model.transform(table.x), model.part_ == "test")
        for model, table in zip(models, tables, strict=True)
    ]


def aligned(latents: Sequence[Latents], tables: Sequence[Dataset]) -> list[Latents]:
    """Latents of all sessions in the order, the signs and the scale of the first session's."""
    fit = [(own.z[~own.test], t.u.codes[~own.test]) for own, t in zip(latents, tables, strict=True)]
    first, *others = profiles(*zip(*fit, strict=True))
    mean, std = fit[0][0].mean(axis=0), fit[0][0].std(axis=0)
    found = [latents[0]]
    for own, (z, _), profile in zip(latents[1:], fit[1:], others, strict=True):
        pairs = align_profiles(first, profile)
        unit = (own.z - z.mean(axis=0)) / z.std(axis=0)
        found.append(own._replace(z=unit[:, pairs.latent] * pairs.sign * std + mean))
    return found


def scored(latents: Sequence[Latents], tables: Sequence[Dataset]) -> dict[str, float]:
    """MCC of test rows: of each session, of all at once, and across sessions."""
    z = [own.z[own.test] for own in latents]
    both = zip(latents, tables, strict=True)
    s = [table.s[own.test] for own, table in both if table.s is not None]
    return {
        "own": float(np.mean([mcc(*each) for each in zip(z, s, strict=True)])),
        "pooled": mcc(np.concatenate(z), np.concatenate(s)),
        "across": mcc_across(z, s),
    }


def table_of(found: Sequence[dict[str, Any]]) -> report.Table:
    """A line for each number of rows and method, means over data seeds."""
    records = []
    for rows, method in dict.fromkeys((f["rows"], f["method"]) for f in found):
        own = [f for f in found if (f["rows"], f["method"]) == (rows, method)]
        shown = ", ".join(map(str, ROWS[rows]))
        record: dict[str, Any] = {"rows": shown, "method": method, "n": len(own)}
        for name in SCORES:
            values = [f[name] for f in own]
            spread = f" ({np.std(values, ddof=1):.3f})" if len(values) > 1 else ""
            record[name] = f"{np.mean(values):.3f}{spread}"
        records.append(record)
    return report.Table("Sessions together or apart", COLUMNS, records, notes=NOTES)


if __name__ == "__main__":
    _program.launch(main, define_flags)
